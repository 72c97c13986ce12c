import type { VmReference } from '../core/desired.ts';
import type { ObservedServer } from '../core/observed.ts';
import { byKeys } from '../core/order.ts';
import type { Servers } from './servers.ts';
import { namesOf, vmKey } from './servers.ts';

/** What the reference of a manifest comes to in an account. */
export type Resolution =
  | { readonly kind: 'found'; readonly server: ObservedServer }
  /** `near`: those that may be meant. */
  | { readonly kind: 'unknown'; readonly near: readonly ObservedServer[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly ObservedServer[] }
  | { readonly kind: 'mismatch'; readonly server: ObservedServer; readonly disagrees: Identifier };

export type Identifier = 'vmManagerId' | 'vmId' | 'vmWareUuid' | 'path' | 'name';

/**
 * Finds the server that a manifest means: by serverId, or else vmManagerId with vmId, or else VMware's UUID, or else
 * path, or else name.
 * Whatever else the manifest says of the VM must then hold of that server, as far as the account knows it.
 */
export function resolve(reference: VmReference, servers: Servers): Resolution {
  const found = lookUp(reference, servers);
  const agreeing = found.filter((server) => disagreement(reference, server) === undefined);
  const [server, ...more] = agreeing;
  if (server !== undefined) {
    return more.length === 0 ? { kind: 'found', server } : { kind: 'ambiguous', candidates: agreeing };
  }
  const [first] = found.toSorted(byServerId);
  const disagrees = first === undefined ? undefined : disagreement(reference, first);
  return first === undefined || disagrees === undefined
    ? { kind: 'unknown', near: servers.near(reference.name ?? reference.path) }
    : { kind: 'mismatch', server: first, disagrees };
}

/** Every server that any one identifier fits: what a reference that cannot be resolved might have meant. */
export function suspects(reference: VmReference, servers: Servers): readonly ObservedServer[] {
  return [
    ...only(servers.byId(reference.serverId)),
    ...servers.byVm(vmKey(reference)),
    ...servers.byUuid(reference.vmWareUuid),
    ...servers.byPath(reference.path),
    ...servers.byName(reference.name),
  ];
}

function lookUp(reference: VmReference, servers: Servers): readonly ObservedServer[] {
  const key = vmKey(reference);
  if (reference.serverId !== undefined) return only(servers.byId(reference.serverId));
  if (key !== undefined) return servers.byVm(key);
  if (reference.vmWareUuid !== undefined) return servers.byUuid(reference.vmWareUuid);
  if (reference.path !== undefined) return servers.byPath(reference.path);
  return servers.byName(reference.name);
}

function only<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

const byServerId = byKeys<ObservedServer>(({ serverId }) => serverId);

/** The first identifier of a reference that does not hold of a server; what the account does not know, holds. */
function disagreement(reference: VmReference, server: ObservedServer): Identifier | undefined {
  const differs = (identifier: Identifier, spell = (text: string) => text): boolean => {
    const wanted = reference[identifier];
    const actual = server[identifier];
    return wanted !== undefined && actual !== undefined && spell(wanted) !== spell(actual);
  };
  const lower = (id: string): string => id.toLowerCase();
  if (differs('vmManagerId', lower)) return 'vmManagerId';
  if (differs('vmId')) return 'vmId';
  if (differs('vmWareUuid', lower)) return 'vmWareUuid';
  if (differs('path')) return 'path';
  const names = namesOf(server);
  const { name } = reference;
  return name === undefined || names.length === 0 || names.includes(name) ? undefined : 'name';
}
