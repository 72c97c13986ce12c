import { byKeys } from '../../core/lists.ts';
import {
  diskDuplicate,
  nameSpaces,
  targetLockNotLocal,
  targetUnknown,
  vmDuplicate,
  waveDuplicate,
  waveEmpty,
} from './waves.ts';
import {
  guestUnknown,
  guestUnsupported,
  linuxAws,
  windowsByol,
  windowsClientAws,
} from './operating-system.ts';
import type { Rule } from './rule.ts';
import { phaseUnsupported, SERVICE_RULES, targetKeyUnsupported, vmNotFindable } from './unsupported.ts';

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
