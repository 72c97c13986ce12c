import type { ProviderTraits } from '../../core/provider.ts';
import { jobConcerns } from './job-concerns.ts';
import { mgnPhases } from './phases.ts';
import { progress } from './progress.ts';

/** What planning has to know of AWS MGN. Loads no SDK: not every plan calls an API. */
export const mgnTraits: ProviderTraits = {
  fields: [],
  phases: mgnPhases,
  inventory: {
    name: 'list of source servers',
    remedy:
      'mend it in the manifest, or see that the vCenter client of its vCenter runs and has found the VM',
  },
  effects: () => [],
  startEffects: () => ['starts replicating when applied'],
  // Cut over or archived: the service changes nothing about it any more.
  isDone: (_vm, { state }) => state === 'completed',
  jobConcerns,
  progress,
  accountConcerns: () => [],
};
