import { descriptionMarker, descriptionTooLong } from './description.ts';
import { diskDuplicate, vmDuplicate, waveDuplicate } from './duplicates.ts';
import { encryptionAlwaysOn, kmsKeyNotArn, kmsKeyUnused } from './encryption.ts';
import {
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
} from './operating-system.ts';
import type { Rule } from './rule.ts';
import { exactlyOneSchedule, seedFar } from './schedule.ts';
import {
  phaseUnsupported,
  settingNotOnMgn,
  settingNotOnSms,
  targetNotOnSms,
  vmNotFindable,
} from './unsupported.ts';
import { appTwoWaves, targetLockNotLocal, targetUnknown, waveEmpty } from './waves-and-targets.ts';

/** Every rule beyond the schema, by id. */
export const RULES: readonly Rule[] = [
  appTwoWaves,
  descriptionMarker,
  descriptionTooLong,
  diskDuplicate,
  encryptionAlwaysOn,
  kmsKeyNotArn,
  kmsKeyUnused,
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
  phaseUnsupported,
  exactlyOneSchedule,
  seedFar,
  settingNotOnMgn,
  settingNotOnSms,
  targetLockNotLocal,
  targetNotOnSms,
  targetUnknown,
  vmDuplicate,
  vmNotFindable,
  waveDuplicate,
  waveEmpty,
];
