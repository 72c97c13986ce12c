import type { ConcernId } from '../../core/concern-ids.ts';
import type { Explanation } from './explanation.ts';

const GUARDS_DECISION = 'docs/decisions/0007-guards-refuse-the-whole-run.md';

/** Concerns about changes that are held back or refused, lest a mistake becomes large. */
export const GUARD_CONCERNS = {
  'delete.unresolved': {
    means:
      'Jobs are in no manifest any more, and at the same time some VM cannot be matched to a server for certain.',
    why: 'The job that would go may be that VM’s: after a renaming, landfall would delete its history.',
    fix: [
      'First mend the VMs that the message names: see `vm.unknown`, `vm.ambiguous` and `vm.same-server`.',
      'The next plan deletes what is still in no manifest.',
    ],
    source: 'a rule of landfall: no delete while it is not certain whose job it is',
    example: { language: 'sh', right: 'landfall explain vm.unknown' },
  },
  'replace.not-possible': {
    means: 'The job of this VM would be replaced, and the service of its target has no such thing.',
    why: 'On AWS MGN a VM has one source server, which cannot be deleted and made anew like a job: every setting changes in place.',
    fix: [
      'Take `--replace` off the command line: settings that differ are changed in place.',
      'To replicate from the beginning, take the VM out of the wave with `prune: disconnect` on the target, apply, and put it back once the service has discovered it anew.',
    ],
    source: 'AWS MGN API Reference: no call replaces a source server',
    example: { language: 'sh', right: 'landfall apply' },
  },
  'protect.refused': {
    means: 'A job would be deleted or replaced, and its VM or wave says `protect: true`.',
    why: 'Somebody has said that this job must stay: its history cannot be had back.',
    fix: [
      'Undo what asks for it: put the VM back, or the setting that forces a replacement.',
      'If it is meant, take `protect` off in a commit of its own, apply, and put it back. For a VM that is already out of the manifest, only the wave can say so.',
    ],
    source: 'docs/decisions/0008-a-wave-protects-removed-vms.md',
    example: {
      language: 'yaml',
      right: '- name: db-01\n  protect: false # for the replacement of 1 December',
    },
  },
  'guard.max-deletes': {
    means:
      'The run would delete or replace a larger part of the target’s managed jobs than `guards.maxDeletes` allows: 30 % unless the target says otherwise.',
    why: 'A glob that fits nothing, or a renamed folder, looks like a wish to delete everything. Of the whole run on this target, nothing is carried out. Targets with fewer than ten managed jobs are not guarded.',
    fix: [
      'Read the list of deletes in the plan. Is a wave missing that should be there?',
      'If all of it is meant, say so for this run: `--force=deletes`.',
      'If such runs are usual here, raise `guards.maxDeletes` of the target.',
    ],
    source: GUARDS_DECISION,
    example: { language: 'sh', right: 'landfall plan --verbose\nlandfall apply --force=deletes' },
  },
  'guard.max-updates': {
    means:
      'The run would update a larger part of the target’s managed jobs than `guards.maxUpdates` allows: 30 % unless the target says otherwise.',
    why: 'An edit of the defaults that meant one wave can change hundreds of schedules. Of the whole run on this target, nothing is carried out. Targets with fewer than ten managed jobs are not guarded.',
    fix: [
      'Read the list of updates in the plan. Are they what the edit meant?',
      'Go wave by wave with `--wave`, as long as each stays below the limit.',
      'If all of it is meant, say so for this run: `--force=updates`.',
    ],
    source: GUARDS_DECISION,
    example: { language: 'sh', right: 'landfall plan --wave sdsc-01\nlandfall apply --force=updates' },
  },
  'guard.allow-empty': {
    means: 'No manifest has a VM for this target any more, and all of its jobs would be deleted.',
    why: 'That is the end of a migration, or a pipeline that checked out the wrong folder.',
    fix: [
      'See that the wave files are there, and that `waves` and `target` in them say what you think.',
      'If the migration is over, run with `--allow-empty`. AMIs stay.',
    ],
    source: GUARDS_DECISION,
    example: { language: 'sh', right: 'landfall plan --allow-empty' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;

/** Concerns about a wave's way from replicating to finalized. */
export const PHASE_CONCERNS = {
  'phase.unconfirmed': {
    means: 'The plan takes a step that cannot be undone, and nobody has confirmed it for this wave.',
    why: 'Finalizing ends replication for good: on SMS the jobs are deleted, on MGN the servers are disconnected. There is no way back to the source but to begin anew.',
    fix: [
      'Look at the cut-over instances or AMIs, and let their owners say that they are good.',
      'Run plan or apply again with `--confirm-finalize WAVE`, beside the approval.',
    ],
    source: 'a rule of landfall: docs/lifecycle.md',
    example: { language: 'sh', right: 'landfall apply --wave sdsc-01 --confirm-finalize sdsc-01' },
  },
  'phase.not-back': {
    means:
      'The manifest names a phase that comes before the one the VM is in, and there is no way back to it.',
    why: 'A server that is finalized no longer replicates: nothing that landfall could do takes it back.',
    fix: [
      'Set the wave’s phase to the one it is in, or a later one.',
      'To migrate the VM again, let the service discover it anew, and put it into a wave of its own.',
    ],
    source: 'AWS MGN user guide: lifecycle states',
    example: { language: 'yaml', wrong: 'phase: test', right: 'phase: finalize' },
  },
  'phase.disconnected': {
    means: 'The VM’s source server is disconnected from AWS MGN, and was never cut over.',
    why: 'A disconnected server replicates no longer and keeps none of its data: there is nothing to launch.',
    fix: [
      'To migrate it all the same, have the vCenter client discover it anew: delete the source server in the console, and plan again once the VM turns up.',
      'If it is not to move, take it out of the wave.',
    ],
    source: 'AWS MGN user guide: lifecycle states',
    example: {
      language: 'sh',
      right: 'aws mgn delete-source-server --source-server-id s-4e856027c1d2e3f40\nlandfall plan',
    },
  },
  'phase.never-replicated': {
    means:
      'The wave is to be finalized, and this VM has no replication job and, as far as the account remembers, never had one.',
    why: 'Finalizing deletes jobs. Creating one now would start a migration that the phase says is over; doing nothing would call a VM done that has never moved.',
    fix: [
      'Move the VM to a wave that is still in the phase replicate.',
      'Or take it out of the wave, if it is not to move at all.',
    ],
    source: 'a rule of landfall: docs/lifecycle.md',
    example: { language: 'yaml', wrong: 'phase: finalize', right: 'phase: replicate' },
  },
  'phase.run-failed': {
    means: 'The on-demand run that was to be the last one of this VM has failed or was missed.',
    why: 'The AMI of the run before does not hold what has changed since.',
    fix: [
      'Read why with `landfall runs VM`.',
      'Mend that, and apply again: the run is started anew, two in 24 hours at most.',
    ],
    source: 'AWS SMS: on-demand runs',
    example: { language: 'sh', right: 'landfall runs awsscrum-lnx1' },
  },
  'phase.launch-failed': {
    means: 'AWS has tried to launch a test or cut-over instance of this VM, and the launch has failed.',
    why: 'The VM stays in the phase before until a launch works.',
    fix: [
      'Read the message: licence and tenancy, subnet and boot mode are the usual reasons.',
      'Mend the launch settings in the manifest, and apply again: the launch is tried anew.',
    ],
    source: 'AWS MGN user guide: launch errors',
    example: { language: 'yaml', wrong: 'licenseType: AWS', right: 'licenseType: BYOL' },
  },
} as const satisfies Partial<Record<ConcernId, Explanation>>;
