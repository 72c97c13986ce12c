import type { Settings } from '../core/desired.ts';
import { type Instant, spellInstant } from '../core/instant.ts';

/** Whether a job replicates once and is then done. */
export function isOneTime(settings: Settings): boolean {
  return settings['runOnce'] === true;
}

/** What to expect of the first replication of a job that is created: nothing to say of a time still to come. */
export function seedEffects(settings: Settings, now: Instant): readonly string[] {
  const seed = settings['seedReplicationTime'];
  if (seed === undefined) return ['starts when applied'];
  const time = Date.parse(String(seed));
  return time <= now ? [`seed time ${spellInstant(time)} has passed: starts now`] : [];
}
