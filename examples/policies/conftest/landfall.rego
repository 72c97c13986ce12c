# The four policies of landfall.yaml for conftest (https://www.conftest.dev) and Open Policy Agent 1.0 or later, or 0.59 with
# `import rego.v1`. `input` is what `landfall plan --format json` prints; docs/reference/plan.md describes it.
#
#   landfall plan --write json=plan.json
#   conftest test plan.json --policy conftest
package main

import rego.v1

# METADATA
# description: No cut-over on a Friday in Los Angeles.
deny contains msg if {
	some change in input.changes
	will_be_made(change)
	change.step_name == "start-cutover"
	time.weekday([time.parse_rfc3339_ns(input.timestamp), "America/Los_Angeles"]) == "Friday"
	msg := sprintf("%s: no cut-over on a Friday", [change.address])
}

# METADATA
# description: Windows servers use licences of AWS.
deny contains msg if {
	some change in input.changes
	will_be_made(change)
	contains(lower(object.get(change, "os", "")), "windows")
	change.settings.after.licenseType == "BYOL"
	msg := sprintf("%s: set licenseType: AWS", [change.address])
}

# METADATA
# description: At most 20 VMs are finalized in a night, those of earlier runs of the night included.
deny contains msg if {
	now := time.parse_rfc3339_ns(input.timestamp)
	finalizing := [change.address |
		some change in input.changes
		change.step_name == "finalize"
		change.action == "advance"
		count(object.get(change, "blocked_by", [])) == 0
	]
	finalized := [change.address |
		some change in input.changes
		change.stage == "finalized"
		time.parse_rfc3339_ns(change.since) > now - ((12 * 3600) * 1000000000)
	]
	many := count(finalizing) + count(finalized)
	many > 20
	msg := sprintf("%d VMs are finalized in a night: at most 20", [many])
}

# METADATA
# description: Every production wave has an owner and a change number.
deny contains msg if {
	some wave in input.waves
	wave.target == "production"
	not has_owner_and_change(wave)
	msg := sprintf("%s: set spec.owner and a label change: CHG…", [wave.name])
}

has_owner_and_change(wave) if {
	wave.owner != ""
	startswith(wave.labels.change, "CHG")
}

# A plan lists VMs that do not change or that wait, too.
will_be_made(change) if not change.action in {"no-op", "defer"}
