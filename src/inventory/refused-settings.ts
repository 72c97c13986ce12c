import { type ConcernId, CONCERNS } from '../core/concern-ids.ts';
import type { DesiredVm, Settings } from '../core/desired.ts';
import { addToGroup } from '../core/lists.ts';
import { toAddress } from '../core/names.ts';
import type { RuleVm, RuleWave, ServiceDefinition } from '../core/service.ts';
import { quote } from '../core/text.ts';
import { displayName } from '../manifest/model.ts';
import { parseGuest } from '../manifest/os/parse.ts';
import { manifestValidators } from '../manifest/schema/validators.ts';
import { blockOf, mergeSettings } from '../manifest/settings.ts';
import type { InventoryVm } from './inventory.ts';
import { settingsAsValue, unitOf } from './write-wave.ts';

/** Where VMs are imported to. */
interface Destination {
  readonly service: ServiceDefinition;
  /** The settings that the import gives to all VMs. */
  readonly defaults: Settings;
  /** The VMs of the existing waves of the target. */
  readonly known: readonly DesiredVm[];
}

/** Why `validate` would refuse a setting, or all settings of a disk, a tag or a document. */
interface Refusal {
  readonly id: ConcernId;
  readonly message: string;
}

/**
 * Removes the settings of the service that `validate` would refuse, by the schema or by a rule, and writes them as
 * comments: an account or a CSV may have values that no manifest can have. A disk, a tag or a document is removed as a
 * whole. The order of the VMs decides which of two with the same address keeps it.
 */
export function removeRefusedSettings<Vm extends InventoryVm>(
  vms: readonly Vm[],
  destination: Destination,
): readonly Vm[] {
  if (!vms.some(({ settings }) => Object.keys(settings).some(isChecked))) return vms;
  const valid = vms.map((vm) => withoutUnits(vm, refusedBySchema(vm.settings)));
  const refusals = refusedByRules(valid, destination);
  return valid.map((vm, index) => withoutUnits(vm, refusals.get(index) ?? new Map<string, Refusal>()));
}

const isChecked = (name: string): boolean => blockOf(name) !== undefined;

function refusedBySchema(settings: Settings): ReadonlyMap<string, Refusal> {
  const units = new Map<string, string[]>();
  for (const name of Object.keys(settings)) if (isChecked(name)) addToGroup(units, unitOf(name), name);
  const validate = manifestValidators.get('Wave#/$defs/jobSettings');
  const refused = new Map<string, Refusal>();
  for (const [unit, names] of units) {
    const own = Object.fromEntries(names.map((name) => [name, settings[name] ?? '']));
    if (validate(settingsAsValue(own))) continue;
    const [error] = validate.errors ?? [];
    const hint =
      error?.keyword === 'pattern'
        ? (error.parentSchema?.['patternErrorMessage'] as string | undefined)
        : undefined;
    const message = `${unit} cannot be ${quote(error?.data ?? own[unit])}: ${hint ?? error?.message ?? 'a manifest does not allow it'}`;
    refused.set(unit, { id: 'schema.value', message });
  }
  return refused;
}

/** Finds what the rules of the service refuse, by the position of its VM. */
function refusedByRules(
  vms: readonly InventoryVm[],
  { service, defaults, known }: Destination,
): ReadonlyMap<number, ReadonlyMap<string, Refusal>> {
  const members: RuleVm[] = [];
  const wave: RuleWave = {
    ...{ name: 'import', target: undefined, place: { file: '', line: 1, column: 1 } },
    ...{ ofWave: {}, defaults: {}, isDefaultUncertain: () => false, vms: members },
  };
  const isUncertain = (): boolean => false;
  for (const { address, settings } of known)
    members.push({ wave, address, own: settings, settings, isUncertain });
  for (const { settings: own, os = '', reference } of vms) {
    const settings = mergeSettings(defaults, own);
    const address = toAddress(displayName(reference) ?? '');
    members.push({ wave, address, own, settings, isUncertain, guest: parseGuest(os) });
  }
  const context = { project: '', defaultTarget: undefined, targets: [], now: 0 };
  const positions = new Map(members.map((vm, index) => [vm, index - known.length]));
  const refused = new Map<number, Map<string, Refusal>>();
  for (const { id, check } of service.rules) {
    if (CONCERNS[id].severity === 'warning') continue;
    for (const finding of check([wave], context)) {
      if (!('setting' in finding) || !isChecked(finding.setting)) continue;
      const position = positions.get(finding.vm) ?? -1;
      const ofVm = refused.get(position) ?? new Map<string, Refusal>();
      ofVm.set(unitOf(finding.setting), { id, message: finding.message });
      refused.set(position, ofVm);
    }
  }
  return refused;
}

function withoutUnits<Vm extends InventoryVm>(vm: Vm, refused: ReadonlyMap<string, Refusal>): Vm {
  if (refused.size === 0) return vm;
  const entries = Object.entries(vm.settings);
  const isRefused = ([name]: readonly [string, unknown]): boolean => refused.has(unitOf(name));
  return {
    ...vm,
    settings: Object.fromEntries(entries.filter((entry) => !isRefused(entry))),
    comments: [...vm.comments, ...entries.filter(isRefused).map(([name, value]) => `${name}: ${value}`)],
    concerns: [...vm.concerns, ...refused.values()],
  };
}
