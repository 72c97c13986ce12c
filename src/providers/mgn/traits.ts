import { type Concern, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import { fullName } from '../../core/names.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { mgnSettings } from './settings.ts';
import { mgnPhases } from './phases.ts';
import { stageOf } from './stage.ts';
import { disconnectedWords, factsOf, type Mgn, type MgnJob } from './steps/sequence.ts';

const RELEASE_EFFECTS = [
  'continues to replicate without an owner: it leaves its application and loses landfall’s tags',
  '`prune: disconnect` on the target would end its replication',
] as const;
const FINISHED_EFFECTS = ['stays as it is; it leaves its application and loses landfall’s tags'] as const;
const DISCONNECT_EFFECTS = [
  'replication ends permanently, and the data that it stored in AWS is deleted',
  'instances that were launched stay',
] as const;

/** What planning must know of AWS MGN. */
export const mgnTraits: ProviderTraits<Mgn> = {
  fields: mgnSettings,
  phases: mgnPhases,
  stageOf,
  connectorProblem: ({ awaitsAgent }) =>
    awaitsAgent === true ? 'waits for its agent, which a person must install on it' : undefined,
  inventory: {
    name: 'list of source servers',
    remedy:
      'fix it in the manifest, or check that the vCenter client of its vCenter is running and has found the VM',
  },
  replace: {
    refusal: 'a replication of AWS MGN cannot be replaced: all of its settings change in place',
    remedy: 'run without --replace; to start over, stop the replication in the console and apply again',
  },
  // Domain, MGN: agentless flow; the target's `prune` decides what happens to a server.
  effects: (action, { prune }, { state }) => {
    if (action === 'replace') return [];
    if (state === 'completed') return FINISHED_EFFECTS;
    return prune === 'disconnect' ? DISCONNECT_EFFECTS : RELEASE_EFFECTS;
  },
  replicatesOn: ({ prune }) => prune !== 'disconnect',
  disconnects: ({ prune }, { state }) => prune === 'disconnect' && state !== 'completed',
  startEffects: () => ['starts replicating when applied'],
  // Cut over or archived: the service changes nothing about it any more.
  isDone: (_vm, { state }) => state === 'completed',
  jobConcerns,
  accountConcerns: () => [],
};

/** Raises what a reviewer must know of the state of a source server's replication. */
function jobConcerns(vm: DesiredVm, job: MgnJob): readonly Concern[] {
  const { id, state, statusMessage } = job;
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  switch (state) {
    case 'failing':
      return [
        raiseForVm('job.stalled', vm, {
          message: `the replication of ${fullName(vm)} (${id}) has stalled${words}`,
          remedy:
            'fix the cause; the service then continues by itself, or after "Retry data replication" in the console',
        }),
      ];
    case 'paused':
      // What is stopped is started again by its next step, and the plan shows that.
      return factsOf(job).lifecycle === 'STOPPED'
        ? []
        : [
            raiseForVm('job.paused', vm, {
              message: `the replication of ${fullName(vm)} (${id}) is paused${words}`,
              remedy: 'resume it in the console: somebody has paused it',
            }),
          ];
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `${fullName(vm)} (${id}) was ${disconnectedWords(factsOf(job))}${words}`,
          remedy:
            'remove the VM from the manifests, or delete the source server, so that the service discovers the VM again; before that, check that no instance of it is in use',
        }),
      ];
    case 'completed':
    case 'pending':
    case 'active':
    case 'unknown':
      return [];
  }
}
