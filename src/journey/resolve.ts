import type { DesiredVm, VmReference } from '../core/desired.ts';
import { addToGroup, byKeys } from '../core/lists.ts';
import type { ObservedServer } from '../core/observed.ts';
import { serverNames, type Servers, vmKey } from './servers.ts';

/** What all VMs of a target come to. Each VM is in `found`, in `problems` or in `rivals`. */
export interface ResolvedVms {
  readonly found: ReadonlyMap<DesiredVm, ObservedServer>;
  readonly problems: ReadonlyMap<DesiredVm, Exclude<Resolution, { kind: 'found' }>>;
  /** VMs that are one server between them: the server they share. */
  readonly sharedServers: ReadonlyMap<DesiredVm, ObservedServer>;
  /** The VMs that stand on a server, by the server's id: more than one where they are rivals. */
  readonly byServer: ReadonlyMap<string, readonly DesiredVm[]>;
  /** The VMs with a problem that might have meant a server, by the server's id. */
  readonly possibleVms: ReadonlyMap<string, readonly DesiredVm[]>;
}

/** Resolves every VM of a target; `vms` are sorted, and so are the lists of the result. */
export function resolveAll(vms: readonly DesiredVm[], servers: Servers): ResolvedVms {
  const found = new Map<DesiredVm, ObservedServer>();
  const problems = new Map<DesiredVm, Exclude<Resolution, { kind: 'found' }>>();
  const rivals = new Map<DesiredVm, ObservedServer>();
  const byServer = new Map<string, DesiredVm[]>();
  const suspected = new Map<string, DesiredVm[]>();

  for (const vm of vms) {
    const resolution = resolve(vm.reference, servers);
    if (resolution.kind === 'found') {
      found.set(vm, resolution.server);
      addToGroup(byServer, resolution.server.serverId, vm);
    } else {
      problems.set(vm, resolution);
      for (const { serverId } of possibleServers(vm.reference, servers)) addToGroup(suspected, serverId, vm);
    }
  }
  for (const [vm, server] of found) {
    if (byServer.get(server.serverId)?.length === 1) continue;
    found.delete(vm);
    rivals.set(vm, server);
  }
  return { found, problems, sharedServers: rivals, byServer, possibleVms: suspected };
}

/** What the reference of a manifest comes to in an account. */
type Resolution =
  | { readonly kind: 'found'; readonly server: ObservedServer }
  /** `near`: those that may be meant. */
  | { readonly kind: 'unknown'; readonly similar: readonly ObservedServer[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly ObservedServer[] }
  | { readonly kind: 'mismatch'; readonly server: ObservedServer; readonly mismatched: Identifier };

export type Identifier = 'vmManagerId' | 'vmId' | 'vmWareUuid' | 'path' | 'name';

/**
 * Finds the server that a manifest means: by serverId, or else vmManagerId with vmId, or else VMware's UUID, or else
 * path, or else name.
 * Whatever else the manifest says of the VM must then hold of that server, as far as the account knows it.
 */
export function resolve(reference: VmReference, servers: Servers): Resolution {
  const found = serversOfReference(reference, servers);
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

/** Every server that any one identifier fits: what a reference that cannot be resolved might have meant. */
function possibleServers(reference: VmReference, servers: Servers): readonly ObservedServer[] {
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
  const names = serverNames(server);
  const { name } = reference;
  return name === undefined || names.length === 0 || names.includes(name) ? undefined : 'name';
}
