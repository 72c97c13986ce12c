import type { ProviderTraits } from '../../core/provider.ts';
import { accountConcerns } from './account-concerns.ts';
import { smsFields } from './fields.ts';
import { jobConcerns } from './job-concerns.ts';
import { smsPhases } from './phases.ts';
import { isDone, seedEffects } from './schedule.ts';

/** What planning has to know of AWS SMS. Loads no SDK: not every plan calls an API. */
export const smsTraits: ProviderTraits = {
  fields: smsFields,
  phases: smsPhases,
  inventory: {
    name: 'server catalogue',
    remedy: 'mend it in the manifest, or run `landfall catalog import` if the VM is new in its vCenter',
  },
  // Domain, operations: a deleted job's artefacts go, its AMIs stay.
  effects: (action) =>
    action === 'delete' ? ['AMIs stay'] : ["the job's history ends; AMIs already made stay"],
  startEffects: seedEffects,
  isDone,
  jobConcerns,
  accountConcerns,
};
