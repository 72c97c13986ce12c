import type { ConcernId } from '../../core/concern-ids.ts';
import type { Explanation } from './explanation.ts';

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
