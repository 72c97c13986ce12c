import { isScalar } from 'yaml';
import { SMS_ONLY } from '../../manifest/settings.ts';
import type { Entry } from './spans.ts';

/** Whether an id is as MGN gives it; SMS gives shorter ones (domain: MGN, wire). */
export function isMgnServerId(id: string): boolean {
  return /^s-[0-9a-zA-Z]{17}$/.test(id);
}

/** Ways to find a VM that both services know. */
const SHARED_IDENTIFIERS = ['name', 'path', 'vmWareUuid'];

/** Why a setting of a wave of SMS has no place in one of MGN; undefined: it has. */
export function settingRemovalReason({ key, value }: Entry): string | undefined {
  const smsOnly = Object.entries(SMS_ONLY).find(([setting]) => setting === key);
  if (smsOnly !== undefined) return `MGN ${smsOnly[1].instead}`;
  if (key === 'encrypted' && isScalar(value) && value.value === false) return 'MGN encrypts always';
  return undefined;
}

/**
 * Why an identifier of a VM has no place on MGN. It stays where nothing else tells the VM: then a person must say more.
 * @param entries all that is said of the VM
 * @param isNameShared whether another VM of the wave has the same name
 */
export function identifierRemovalReason(
  entry: Entry,
  entries: readonly Entry[],
  isNameShared: (name: string) => boolean,
): string | undefined {
  const { key, value } = entry;
  const text = isScalar(value) ? String(value.value) : '';
  const isSmsId = key === 'vmManagerId' || key === 'vmId' || (key === 'serverId' && !isMgnServerId(text));
  if (!isSmsId) return undefined;
  const others = entries.filter((other) => SHARED_IDENTIFIERS.includes(other.key));
  const [only] = others;
  const name = only?.key === 'name' && isScalar(only.value) ? String(only.value.value) : undefined;
  if (only === undefined || (others.length === 1 && name !== undefined && isNameShared(name)))
    return undefined;
  return key === 'serverId' ? 'MGN gives servers ids of its own' : 'MGN does not know the ids of vCenter';
}
