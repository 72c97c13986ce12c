import { insertSorted } from '../collections.ts';
import type { Inventory, Machine } from '../simulation/account.ts';
import type {
  AwaitedAgent,
  Connector,
  Group,
  Job,
  SourceServer,
  Tags,
  Template,
  Transfer,
} from './records.ts';
import { createMgnAccount, type MgnAccount, moveMember, updateCounts } from './account.ts';

/** The header of MGN in a state file. */
export interface StoredMgn {
  readonly initializedAt: number;
  readonly count: number;
  readonly jobCount: number;
  readonly clientTags: readonly (readonly [string, Tags])[];
  readonly templates: { readonly launch: readonly Template[]; readonly replication: readonly Template[] };
  readonly groups: { readonly application: readonly Group[]; readonly wave: readonly Group[] };
  /** Absent if there is none. */
  readonly deletedClients?: readonly string[];
  readonly connectors?: readonly Connector[];
  readonly transfers?: readonly Transfer[];
  /** Absent in a state of a version without agents. */
  readonly awaitedAgents?: readonly (readonly [string, AwaitedAgent])[];
}

/** A server or job in a state file. It has its VM only if the inventory does not. */
export type StoredMgnRecord =
  | { readonly mgnServer: Omit<SourceServer, 'machine'> & { readonly machine: Machine | string } }
  | { readonly mgnJob: Job };

export function storedMgn(mgn: MgnAccount): StoredMgn {
  const {
    initializedAt,
    count,
    jobCount,
    templates,
    groups,
    awaitedAgents,
    deletedClients,
    connectors,
    transfers,
  } = mgn;
  return {
    initializedAt,
    count,
    jobCount,
    clientTags: [...mgn.clientTags],
    templates: {
      launch: [...templates.launch.values()],
      replication: [...templates.replication.values()],
    },
    groups: { application: [...groups.application.values()], wave: [...groups.wave.values()] },
    ...(deletedClients.size === 0 ? {} : { deletedClients: [...deletedClients] }),
    ...(connectors.size === 0 ? {} : { connectors: [...connectors.values()] }),
    ...(transfers.size === 0 ? {} : { transfers: [...transfers.values()] }),
    ...(awaitedAgents.size === 0 ? {} : { awaitedAgents: [...awaitedAgents] }),
  };
}

export function* mgnRecords(mgn: MgnAccount, inventory: Inventory): Generator<StoredMgnRecord> {
  for (const server of mgn.servers.values()) {
    const { machine } = server;
    const same = inventory.get(machine.serverId) === machine;
    yield { mgnServer: { ...server, machine: same ? machine.serverId : machine } };
  }
  for (const mgnJob of mgn.jobs.values()) yield { mgnJob };
}

export function readMgn(stored: StoredMgn): MgnAccount {
  const mgn = createMgnAccount(stored.initializedAt);
  mgn.count = stored.count;
  mgn.jobCount = stored.jobCount;
  for (const [id, tags] of stored.clientTags) mgn.clientTags.set(id, tags);
  for (const [id, awaited] of stored.awaitedAgents ?? []) mgn.awaitedAgents.set(id, awaited);
  for (const id of stored.deletedClients ?? []) mgn.deletedClients.add(id);
  for (const connector of stored.connectors ?? []) mgn.connectors.set(connector.id, connector);
  for (const transfer of stored.transfers ?? []) mgn.transfers.set(transfer.id, transfer);
  for (const kind of ['launch', 'replication'] as const) {
    for (const template of stored.templates[kind]) mgn.templates[kind].set(template.id, template);
  }
  for (const kind of ['application', 'wave'] as const) {
    for (const group of stored.groups[kind]) {
      mgn.groups[kind].set(group.id, group);
      moveMember(mgn, group.id, undefined, group.waveId);
    }
  }
  return mgn;
}

/**
 * Adds a record of a state file to MGN.
 * @throws Error if a server has no VM
 */
export function addMgnRecord(mgn: MgnAccount, record: StoredMgnRecord, inventory: Inventory): void {
  if ('mgnJob' in record) {
    mgn.jobs.set(record.mgnJob.number, record.mgnJob);
    mgn.jobsById.set(record.mgnJob.id, record.mgnJob);
    return;
  }
  const { machine: stored, ...rest } = record.mgnServer;
  const machine = typeof stored === 'string' ? inventory.get(stored) : stored;
  if (machine === undefined) throw new Error(`source server ${rest.id} has no VM`);
  const server: SourceServer = { ...rest, machine };
  mgn.servers.set(server.id, server);
  insertSorted(mgn.serverIds, server.id);
  moveMember(mgn, server.id, undefined, server.applicationId);
  updateCounts(mgn, server);
}
