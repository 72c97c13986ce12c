import { descriptionMarker, descriptionTooLong } from './description.ts';
import { wavesDuplicate, vmsDuplicate } from './duplicates.ts';
import { waveEmpty } from './empty.ts';
import { keyUnused } from './encryption.ts';
import { guestUnknown, guestUnsupported } from './guest.ts';
import { linuxAws, windowsByol, windowsClientAws } from './licence.ts';
import { lockNotLocal } from './lock.ts';
import type { Rule } from './rule.ts';
import { exactlyOneSchedule, seedFar } from './schedule.ts';
import { targetUnknown } from './target.ts';

/** Every rule beyond the schema, by id. */
export const RULES: readonly Rule[] = [
  descriptionMarker,
  descriptionTooLong,
  keyUnused,
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
  exactlyOneSchedule,
  seedFar,
  lockNotLocal,
  targetUnknown,
  vmsDuplicate,
  wavesDuplicate,
  waveEmpty,
];
