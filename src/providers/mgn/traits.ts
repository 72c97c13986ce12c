import type { ProviderTraits } from '../../core/provider.ts';
import { mgnPhases } from './phases.ts';

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
  accountConcerns: () => [],
};
