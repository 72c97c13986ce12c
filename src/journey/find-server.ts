import type { ReplicationKind, VmReference } from '../core/desired.ts';
import { byKeys, byText } from '../core/lists.ts';
import { toServerId } from '../core/names.ts';
import type { ObservedServer } from '../core/observed.ts';
import { serverNames, type Servers, vmKey } from './servers.ts';

/** The result of looking a reference of a manifest up in an account. */
export type Resolution =
  | { readonly kind: 'found'; readonly server: ObservedServer }
  /** `similar`: servers that may be meant. */
  | { readonly kind: 'unknown'; readonly similar: readonly ObservedServer[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly ObservedServer[] }
  | { readonly kind: 'mismatch'; readonly server: ObservedServer; readonly mismatched: Identifier };

export type Identifier = 'vmManagerId' | 'vmId' | 'vmWareUuid' | 'path' | 'name' | 'replication';

/**
 * Finds the server that a manifest means: by serverId, or else vmManagerId with vmId, or else VMware's UUID, or else
 * path, or else name.
 * Whatever else the manifest says of the VM must then hold of that server, as far as the account knows it.
 * @param replication of which kind the server must be; absent: of either
 */
export function resolve(reference: VmReference, servers: Servers, replication?: ReplicationKind): Resolution {
  const all = serversOfReference(reference, servers);
  const [only] = all;
  if (only !== undefined && all.length === 1 && replication === undefined) {
    const mismatched = mismatchedIdentifier(reference, only);
    return mismatched === undefined
      ? { kind: 'found', server: only }
      : { kind: 'mismatch', server: only, mismatched };
  }
  const found = replication === undefined ? all : ofKind(replication, reference, all, servers);
  const [other] = all.toSorted(byServerId);
  if (found.length === 0 && other !== undefined) {
    // Beside the agentless server of a VM, its agent may report another one at any time.
    const isAwaited = replication === 'agent' && reference.serverId === undefined;
    return isAwaited
      ? { kind: 'unknown', similar: [] }
      : { kind: 'mismatch', server: other, mismatched: 'replication' };
  }
  const agreeing = found.filter((server) => mismatchedIdentifier(reference, server) === undefined);
  const [server, ...more] = agreeing;
  if (server !== undefined) {
    return more.length === 0 ? { kind: 'found', server } : { kind: 'ambiguous', candidates: agreeing };
  }
  const [first] = found.toSorted(byServerId);
  const disagrees = first === undefined ? undefined : mismatchedIdentifier(reference, first);
  return first === undefined || disagrees === undefined
    ? { kind: 'unknown', similar: servers.bySimilarName(reference.name ?? reference.path) }
    : { kind: 'mismatch', server: first, mismatched: disagrees };
}

/**
 * Returns those of some servers that are of a kind. One with an agent has no path in a vCenter, and may have no UUID of
 * it: it is found by the UUID of its agentless server, and by its name.
 */
function ofKind(
  kind: ReplicationKind,
  reference: VmReference,
  found: readonly ObservedServer[],
  servers: Servers,
): readonly ObservedServer[] {
  const fits = ({ hasAgent }: ObservedServer): boolean => (hasAgent === true) === (kind === 'agent');
  const direct = found.filter(fits);
  if (direct.length > 0 || reference.serverId !== undefined || kind === 'agentless') return direct;
  const byUuid = found.flatMap(({ vmWareUuid }) => servers.byUuid(vmWareUuid)).filter(fits);
  return byUuid.length > 0 ? [...new Set(byUuid)] : servers.byName(reference.name).filter(fits);
}

/** Every server that any one identifier fits: what a reference that cannot be resolved might have meant. */
export function possibleServers(reference: VmReference, servers: Servers): readonly ObservedServer[] {
  return [
    ...asList(servers.byId(reference.serverId)),
    ...servers.byVm(vmKey(reference)),
    ...servers.byUuid(reference.vmWareUuid),
    ...servers.byPath(reference.path),
    ...servers.byName(reference.name),
  ];
}

function serversOfReference(reference: VmReference, servers: Servers): readonly ObservedServer[] {
  const key = vmKey(reference);
  if (reference.serverId !== undefined) return asList(servers.byId(reference.serverId));
  if (key !== undefined) return servers.byVm(key);
  if (reference.vmWareUuid !== undefined) return servers.byUuid(reference.vmWareUuid);
  if (reference.path !== undefined) return servers.byPath(reference.path);
  return servers.byName(reference.name);
}

function asList<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

const byServerId = byKeys<ObservedServer>(({ serverId }) => serverId);

/** The first identifier of a reference that does not hold of a server; what the account does not know, holds. */
function mismatchedIdentifier(reference: VmReference, server: ObservedServer): Identifier | undefined {
  const differs = (
    identifier: Exclude<Identifier, 'replication'>,
    spell = (text: string) => text,
  ): boolean => {
    const wanted = reference[identifier];
    const actual = server[identifier];
    return wanted !== undefined && actual !== undefined && spell(wanted) !== spell(actual);
  };
  const lower = (id: string): string => id.toLowerCase();
  if (differs('vmManagerId', lower)) return 'vmManagerId';
  if (differs('vmId')) return 'vmId';
  if (differs('vmWareUuid', lower)) return 'vmWareUuid';
  if (differs('path')) return 'path';
  const { name } = reference;
  if (name === server.name) return undefined;
  const names = serverNames(server);
  return name === undefined || names.length === 0 || names.includes(name) ? undefined : 'name';
}

/** Makes the server of a VM that no agent has reported yet, from what the manifest says of it. */
export function awaitedServer(
  { name, path, vmWareUuid }: VmReference,
  similar: readonly ObservedServer[],
): ObservedServer {
  return {
    serverId: toServerId(''),
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
    ...(vmWareUuid !== undefined && { vmWareUuid }),
    hasAgent: true,
    awaitsAgent: true,
    notReported: [...new Set(similar.flatMap((server) => server.name ?? []))].toSorted(byText),
  };
}
