import { appTwoWaves } from './apps.ts';
import { descriptionMarker, descriptionTooLong } from './description.ts';
import { diskDuplicate } from './disks.ts';
import { wavesDuplicate, vmsDuplicate } from './duplicates.ts';
import { waveEmpty } from './empty.ts';
import { alwaysOn, keyArn, keyUnused } from './encryption.ts';
import { guestUnknown, guestUnsupported } from './guest.ts';
import { linuxAws, windowsByol, windowsClientAws } from './licence.ts';
import { lockNotLocal } from './lock.ts';
import { notFindable, notOnMgn, notOnSms, phaseNotThere, targetNotOnSms } from './other-service.ts';
import type { Rule } from './rule.ts';
import { exactlyOneSchedule, seedFar } from './schedule.ts';
import { targetUnknown } from './target.ts';

/** Every rule beyond the schema, by id. */
export const RULES: readonly Rule[] = [
  appTwoWaves,
  descriptionMarker,
  descriptionTooLong,
  diskDuplicate,
  alwaysOn,
  keyArn,
  keyUnused,
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
  phaseNotThere,
  exactlyOneSchedule,
  seedFar,
  notOnMgn,
  notOnSms,
  lockNotLocal,
  targetNotOnSms,
  targetUnknown,
  vmsDuplicate,
  notFindable,
  wavesDuplicate,
  waveEmpty,
];
