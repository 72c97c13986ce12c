import type { ProviderTraits } from '../../core/provider.ts';
import { mgnFields } from './fields.ts';
import { jobConcerns } from './job-concerns.ts';
import { mgnPhases } from './phases.ts';
import { progress } from './progress.ts';

const RELEASED = [
  'goes on replicating, as nobody’s: out of its application, without landfall’s tags',
  '`prune: disconnect` on the target would end its replication',
] as const;
const FINISHED = ['stays as it is: out of its application, without landfall’s tags'] as const;
const DISCONNECTED = [
  'replication ends for good, and what it has stored in AWS is deleted',
  'instances that were launched stay',
] as const;

/** What planning has to know of AWS MGN. Loads no SDK: not every plan calls an API. */
export const mgnTraits: ProviderTraits = {
  fields: mgnFields,
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
    if (state === 'completed') return FINISHED;
    return prune === 'disconnect' ? DISCONNECTED : RELEASED;
  },
  replicatesOn: ({ prune }) => prune !== 'disconnect',
  startEffects: () => ['starts replicating when applied'],
  // Cut over or archived: the service changes nothing about it any more.
  isDone: (_vm, { state }) => state === 'completed',
  jobConcerns,
  progress,
  accountConcerns: () => [],
};
