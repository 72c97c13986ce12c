import type { Target, VmReference } from '../core/desired.ts';

/** Ways to find a VM that a service does not know. */
const NOT_KNOWN: Readonly<Record<Target['provider'], readonly string[]>> = {
  sms: ['vmWareUuid'],
  mgn: ['vmManagerId', 'vmId'],
};

/** How a VM is found, without what its service does not know. */
export function knownTo(provider: Target['provider'], reference: VmReference): VmReference {
  return Object.fromEntries(Object.entries(reference).filter(([key]) => !NOT_KNOWN[provider].includes(key)));
}
