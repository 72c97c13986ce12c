import type { VmReference } from '../core/desired.ts';
import { byText } from '../core/order.ts';

/**
 * A short text for each VM of a wave that no other VM of the wave has, in the order given: its name; its path
 * where others have the name; an id where it has neither. It does not depend on the order.
 */
export function addressesOf(wave: string, vms: readonly VmReference[]): string[] {
  const names = new Map<string, number>();
  for (const { name } of vms) if (name !== undefined) names.set(name, (names.get(name) ?? 0) + 1);

  const keyed = vms.map((vm, index) => ({ index, key: identityOf(vm), text: textOf(vm, names) }));
  keyed.sort((a, b) => byText(a.key, b.key) || a.index - b.index);
  const taken = new Set<string>();
  const copies = new Map<string, number>();
  const addresses: string[] = [];
  for (const { index, text } of keyed) {
    let copy = (copies.get(text) ?? 0) + 1;
    let free = copy === 1 ? text : `${text}~${copy}`;
    while (taken.has(free)) free = `${text}~${++copy}`;
    copies.set(text, copy);
    taken.add(free);
    addresses[index] = `${wave}/${free}`;
  }
  return addresses;
}

function textOf(
  { name, path, serverId, vmId, vmWareUuid }: VmReference,
  names: ReadonlyMap<string, number>,
): string {
  if (name !== undefined && names.get(name) === 1) return name;
  return path ?? serverId ?? vmId ?? vmWareUuid ?? name ?? '?';
}

function identityOf({ name, path, serverId, vmManagerId, vmId, vmWareUuid }: VmReference): string {
  return JSON.stringify([name, path, serverId, vmManagerId, vmId, vmWareUuid]);
}
