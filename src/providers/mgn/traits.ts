import { type Concern, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { mgnSettings } from './settings.ts';
import { mgnPhases } from './phases.ts';
import { progress } from './progress.ts';
import { factsOf } from './steps/sequence.ts';

const RELEASE_EFFECTS = [
  'goes on replicating, as nobody’s: out of its application, without landfall’s tags',
  '`prune: disconnect` on the target would end its replication',
] as const;
const FINISHED_EFFECTS = ['stays as it is: out of its application, without landfall’s tags'] as const;
const DISCONNECT_EFFECTS = [
  'replication ends for good, and what it has stored in AWS is deleted',
  'instances that were launched stay',
] as const;

/** What planning has to know of AWS MGN. Loads no SDK: not every plan calls an API. */
export const mgnTraits: ProviderTraits = {
  fields: mgnSettings,
  phases: mgnPhases,
  inventory: {
    name: 'list of source servers',
    remedy:
      'mend it in the manifest, or see that the vCenter client of its vCenter runs and has found the VM',
  },
  replace: {
    refusal: 'a replication of AWS MGN is not replaced: all that git says of it changes in place',
    remedy: 'run without --replace; to begin anew, stop the replication in the console and apply again',
  },
  // Domain, MGN: agentless flow; what becomes of a server is the target's `prune`.
  effects: (action, { prune }, { state }) => {
    if (action === 'replace') return [];
    if (state === 'completed') return FINISHED_EFFECTS;
    return prune === 'disconnect' ? DISCONNECT_EFFECTS : RELEASE_EFFECTS;
  },
  replicatesOn: ({ prune }) => prune !== 'disconnect',
  startEffects: () => ['starts replicating when applied'],
  // Cut over or archived: the service changes nothing about it any more.
  isDone: (_vm, { state }) => state === 'completed',
  jobConcerns,
  progress,
  accountConcerns: () => [],
};

/** What a reviewer must know of the state that a source server's replication is in. */
function jobConcerns(vm: DesiredVm, job: ObservedJob): readonly Concern[] {
  const { id, state, statusMessage } = job;
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  switch (state) {
    case 'failing':
      return [
        raiseForVm('job.stalled', vm, {
          message: `the replication of ${vm.address} (${id}) has stalled${words}`,
          remedy:
            'mend the cause; the service goes on by itself, or with "Retry data replication" in the console',
        }),
      ];
    case 'paused':
      // What is stopped is started again by its next step, and the plan shows that.
      return factsOf(job).replication === 'STOPPED'
        ? []
        : [
            raiseForVm('job.paused', vm, {
              message: `the replication of ${vm.address} (${id}) is paused${words}`,
              remedy: 'resume it in the console: what is paused was paused by somebody',
            }),
          ];
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `${vm.address} (${id}) is disconnected, and was never cut over${words}`,
          remedy:
            'delete the source server, so that the service discovers the VM anew, or take the VM out of the manifests',
        }),
      ];
    case 'completed':
    case 'pending':
    case 'active':
    case 'unknown':
      return [];
  }
}
