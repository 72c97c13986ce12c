import type { DesiredVm, Settings } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';
import { displayInstant, type Instant } from '../../core/time.ts';

/** Whether a VM was to replicate once, and has. */
export function isDone(vm: DesiredVm, { state, settings }: ObservedJob): boolean {
  return state === 'completed' && isOneTime(settings) && isOneTime(vm.settings);
}

/** What to expect of the first replication of a job that is created: nothing to say of a time still to come. */
export function seedEffects(settings: Settings, now: Instant): readonly string[] {
  const seed = settings['seedReplicationTime'];
  if (seed === undefined) return ['starts when applied'];
  const time = Date.parse(String(seed));
  return time <= now ? [`seed time ${displayInstant(time)} has passed: starts now`] : [];
}

function isOneTime(settings: Settings): boolean {
  return settings['runOnce'] === true;
}
