import { byKeys } from '../../core/lists.ts';
import { diskDuplicate, vmDuplicate, waveDuplicate } from './duplicates.ts';
import { nameSpaces } from './names.ts';
import {
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
} from './operating-system.ts';
import type { Rule } from './rule.ts';
import { SERVICE_RULES } from './service-rules.ts';
import { phaseUnsupported, targetKeyUnsupported, vmNotFindable } from './unsupported.ts';
import { targetLockNotLocal, targetUnknown, waveEmpty } from './waves-and-targets.ts';

/** Every rule beyond the schema, by id. */
export const RULES: readonly Rule[] = [
  diskDuplicate,
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
  nameSpaces,
  phaseUnsupported,
  targetLockNotLocal,
  targetKeyUnsupported,
  targetUnknown,
  vmDuplicate,
  vmNotFindable,
  waveDuplicate,
  waveEmpty,
  ...SERVICE_RULES,
].sort(byKeys(({ id }) => id));
