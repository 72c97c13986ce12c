import { isScalar } from 'yaml';
import type { ServiceDefinition } from '../../core/service.ts';
import type { Entry } from './spans.ts';

/** Says why the new service of a wave does not have a setting; undefined: it does. */
export function settingRemovalReason({ key, value }: Entry, to: ServiceDefinition): string | undefined {
  const scalar = isScalar(value) ? value.value : null;
  return to.conversion?.removal(key, isSettingValue(scalar) ? scalar : null);
}

function isSettingValue(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Identifiers that a service creates. */
const VCENTER_IDS = ['vmManagerId', 'vmId'];

/**
 * Says why the new service of a wave does not use an identifier of a VM. The identifier stays if no other one identifies
 * the VM: then a person must add one.
 * @param entries all entries of the VM
 * @param isNameShared whether another VM of the wave has the same name
 */
export function identifierRemovalReason(
  entry: Entry,
  entries: readonly Entry[],
  isNameShared: (name: string) => boolean,
  { title, identifiers, conversion }: ServiceDefinition,
): string | undefined {
  const { key, value } = entry;
  const isForeignId =
    key === 'serverId'
      ? conversion?.isServerId(isScalar(value) ? String(value.value) : '') === false
      : VCENTER_IDS.includes(key) && !identifiers.supported.some((each) => each === key);
  if (!isForeignId) return undefined;
  const others = entries.filter(
    (other) => other.key !== 'serverId' && identifiers.supported.some((each) => each === other.key),
  );
  const [only] = others;
  const name = only?.key === 'name' && isScalar(only.value) ? String(only.value.value) : undefined;
  if (only === undefined || (others.length === 1 && name !== undefined && isNameShared(name)))
    return undefined;
  return key === 'serverId'
    ? `${title} gives servers ids of its own`
    : `${title} does not know the ids of vCenter`;
}
