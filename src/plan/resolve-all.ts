import type { DesiredVm } from '../core/desired.ts';
import type { ObservedServer } from '../core/observed.ts';
import { append } from './append.ts';
import type { Resolution } from './resolve.ts';
import { resolve, suspects } from './resolve.ts';
import type { Servers } from './servers.ts';

/** What all VMs of a target come to. Each VM is in `found`, in `problems` or in `rivals`. */
export interface Resolved {
  readonly found: ReadonlyMap<DesiredVm, ObservedServer>;
  readonly problems: ReadonlyMap<DesiredVm, Exclude<Resolution, { kind: 'found' }>>;
  /** VMs that are one server between them: the server they share. */
  readonly rivals: ReadonlyMap<DesiredVm, ObservedServer>;
  /** The VMs that stand on a server, by the server's id: more than one where they are rivals. */
  readonly byServer: ReadonlyMap<string, readonly DesiredVm[]>;
  /** The VMs with a problem that might have meant a server, by the server's id. */
  readonly suspected: ReadonlyMap<string, readonly DesiredVm[]>;
}

/** Resolves every VM of a target; `vms` are sorted, and so are the lists of the result. */
export function resolveAll(vms: readonly DesiredVm[], servers: Servers): Resolved {
  const found = new Map<DesiredVm, ObservedServer>();
  const problems = new Map<DesiredVm, Exclude<Resolution, { kind: 'found' }>>();
  const rivals = new Map<DesiredVm, ObservedServer>();
  const byServer = new Map<string, DesiredVm[]>();
  const suspected = new Map<string, DesiredVm[]>();

  for (const vm of vms) {
    const resolution = resolve(vm.reference, servers);
    if (resolution.kind === 'found') {
      found.set(vm, resolution.server);
      append(byServer, resolution.server.serverId, vm);
    } else {
      problems.set(vm, resolution);
      for (const { serverId } of suspects(vm.reference, servers)) append(suspected, serverId, vm);
    }
  }
  for (const [vm, server] of found) {
    if (byServer.get(server.serverId)?.length === 1) continue;
    found.delete(vm);
    rivals.set(vm, server);
  }
  return { found, problems, rivals, byServer, suspected };
}
