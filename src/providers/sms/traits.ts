import type { DesiredVm, Settings } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';
import type { ProviderTraits } from '../../core/provider.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { accountConcerns, jobConcerns } from './concerns.ts';
import { smsSettings } from './settings.ts';
import { smsPhases } from './phases.ts';

/** What planning must know of AWS SMS. */
export const smsTraits: ProviderTraits = {
  fields: smsSettings,
  phases: smsPhases,
  inventory: {
    name: 'server catalogue',
    remedy: 'fix it in the manifest, or run `landfall catalog import` if the VM is new in its vCenter',
  },
  // Domain, operations: a deleted job's artefacts go, its AMIs stay.
  effects: (action) =>
    action === 'delete' ? ['AMIs stay'] : ["the job's history ends; AMIs already made stay"],
  startEffects: firstRunEffects,
  isDone,
  jobConcerns,
  accountConcerns,
};

/** Whether a VM was to replicate once, and has. */
function isDone(vm: DesiredVm, { state, settings }: ObservedJob): boolean {
  return state === 'completed' && isRunOnce(settings) && isRunOnce(vm.settings);
}

/** What to expect of the first replication of a job that is created: nothing to say of a time still to come. */
function firstRunEffects(settings: Settings, now: Instant): readonly string[] {
  const seed = settings['seedReplicationTime'];
  if (seed === undefined) return ['starts when applied'];
  const time = Date.parse(String(seed));
  return time <= now ? [`seed time ${displayInstant(time)} has passed: starts now`] : [];
}

function isRunOnce(settings: Settings): boolean {
  return settings['runOnce'] === true;
}
