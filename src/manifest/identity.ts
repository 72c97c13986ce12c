import type { VmReference } from '../core/desired.ts';
import { byText, incrementCount } from '../core/lists.ts';
import type { ServiceDefinition } from '../core/service.ts';

/** Returns of a reference what its service finds VMs by. */
export function supportedReference({ identifiers }: ServiceDefinition, reference: VmReference): VmReference {
  const isSupported = (key: string): boolean => identifiers.supported.some((each) => each === key);
  if (Object.keys(reference).every(isSupported)) return reference;
  return Object.fromEntries(Object.entries(reference).filter(([key]) => isSupported(key)));
}

/** Returns one text for each identifier of a reference that identifies a single VM: its ids and its path. */
export function identifierKeys(reference: VmReference): string[] {
  const { serverId, vmManagerId, vmId, vmWareUuid, path } = reference;
  const keys: string[] = [];
  if (serverId !== undefined) keys.push(`serverId ${serverId}`);
  // The plan does not tell vCenters apart by letter case either.
  if (vmManagerId !== undefined && vmId !== undefined) {
    keys.push(`vmId ${JSON.stringify([vmManagerId.toLowerCase(), vmId])}`);
  }
  if (vmWareUuid !== undefined) keys.push(`vmWareUuid ${vmWareUuid.toLowerCase()}`);
  if (path !== undefined) keys.push(`path ${path}`);
  return keys;
}

/** Returns the name of a VM, or the last part of its path. */
export function displayName({ name, path }: VmReference): string | undefined {
  return name ?? path?.slice(path.lastIndexOf('/') + 1);
}

/**
 * Returns what tells a VM from others: its name if no other VM has it, else its path or an id.
 * @param names how many VMs have each name
 */
export function distinctLabel(
  { name, path, serverId, vmId, vmWareUuid }: VmReference,
  names: ReadonlyMap<string, number>,
): string | undefined {
  if (name !== undefined && names.get(name) === 1) return name;
  return path ?? serverId ?? vmId ?? vmWareUuid;
}

/**
 * Returns a text for each VM of a wave that no other VM of the wave has, in the order given: its name; its path
 * where others have the name; an id where it has neither. The texts do not depend on the order.
 */
export function addressesOf(wave: string, vms: readonly VmReference[]): string[] {
  const names = new Map<string, number>();
  for (const { name } of vms) incrementCount(names, name);
  // In most waves each VM has a name of its own.
  if (names.size === vms.length) return vms.map(({ name = '' }) => `${wave}/${name}`);
  const sorted = vms.map((vm, index) => ({
    index,
    key: sortKey(vm),
    text: distinctLabel(vm, names) ?? vm.name ?? '?',
  }));
  sorted.sort((a, b) => byText(a.key, b.key) || a.index - b.index);
  const taken = new Set<string>();
  const copies = new Map<string, number>();
  const addresses: string[] = [];
  for (const { index, text } of sorted) {
    let copy = (copies.get(text) ?? 0) + 1;
    let free = copy === 1 ? text : `${text}~${copy}`;
    while (taken.has(free)) free = `${text}~${++copy}`;
    copies.set(text, copy);
    taken.add(free);
    addresses[index] = `${wave}/${free}`;
  }
  return addresses;
}

function sortKey({ name, path, serverId, vmManagerId, vmId, vmWareUuid }: VmReference): string {
  return JSON.stringify([name, path, serverId, vmManagerId, vmId, vmWareUuid]);
}
