import { insertSorted } from '../collections.ts';
import type { Inventory, Machine, SharedAccount } from '../simulation/account.ts';
import { serialId } from '../simulation/ids.ts';
import { EventQueue, SlotQueue } from '../simulation/queues.ts';
import { mgnInventoryOf, type VcenterClient } from './inventory.ts';
import type {
  AwaitedAgent,
  Connector,
  Group,
  Job,
  Settings,
  SourceServer,
  Tags,
  Template,
  Transfer,
} from './records.ts';

/** The state of MGN, from its initialisation on. Templates, groups and jobs are in the order of their creation. */
export interface MgnAccount {
  readonly initializedAt: number;
  /** The number of templates, groups and connectors that were ever created. */
  count: number;
  jobCount: number;
  readonly templates: Readonly<Record<TemplateKind, Map<string, Template>>>;
  readonly groups: Readonly<Record<GroupKind, Map<string, Group>>>;
  /** Tags of vCenter clients; the inventory gives their other members. */
  readonly clientTags: Map<string, Tags>;
  /** The ids of vCenter clients that were deleted. */
  readonly deletedClients: Set<string>;
  readonly connectors: Map<string, Connector>;
  /** Imports and exports, in the order of their creation. */
  readonly transfers: Map<string, Transfer>;
  readonly jobs: Map<number, Job>;
  readonly jobsById: Map<string, Job>;
  /** The servers that an operation has changed. */
  readonly servers: Map<string, SourceServer>;
  /** Their ids, in order. */
  readonly serverIds: string[];
  /** The ids of the members of a group: servers of an application, or applications of a wave. */
  readonly members: Map<string, Set<string>>;
  /** The job that processes a server. */
  readonly activeJobByServer: Map<string, Job>;
  readonly activeJobs: Set<Job>;
  /** Servers that replicate. */
  readonly replicating: Set<string>;
  /** Agents that are installed later, by the ids of the servers that they create. */
  readonly awaitedAgents: Map<string, AwaitedAgent>;
  /** The ids of servers that wait for their agent, by the keys of the machines. */
  readonly awaitingAgent: Map<string, string>;
}

export type TemplateKind = 'launch' | 'replication';
export type GroupKind = 'application' | 'wave';

export function createMgnAccount(now: number): MgnAccount {
  return {
    initializedAt: now,
    count: 0,
    jobCount: 0,
    templates: { launch: new Map(), replication: new Map() },
    groups: { application: new Map(), wave: new Map() },
    clientTags: new Map(),
    deletedClients: new Set(),
    connectors: new Map(),
    transfers: new Map(),
    jobs: new Map(),
    jobsById: new Map(),
    servers: new Map(),
    serverIds: [],
    members: new Map(),
    activeJobByServer: new Map(),
    activeJobs: new Set(),
    replicating: new Set(),
    awaitedAgents: new Map(),
    awaitingAgent: new Map(),
  };
}

/** Returns the vCenter clients that were not deleted, in the order of their ids. */
export function clientsOf(inventory: Inventory, { deletedClients }: MgnAccount): readonly VcenterClient[] {
  const { clients } = mgnInventoryOf(inventory);
  return deletedClients.size === 0 ? clients : clients.filter(({ id }) => !deletedClients.has(id));
}

/** Counts the servers that are not archived, also those whose replication has never started (FAQ of MGN). */
export function activeServerCount(inventory: Inventory, { servers }: MgnAccount): number {
  const discovered = mgnInventoryOf(inventory);
  let count = discovered.ids.length;
  for (const { id, archived, deleted } of servers.values()) {
    const isActive = !archived && deleted !== true;
    count += Number(isActive) - Number(discovered.get(id) !== undefined);
  }
  return count;
}

/** Finds a server by its id. Returns nothing if it does not exist or was deleted. */
export function findServer(inventory: Inventory, mgn: MgnAccount, id: string): SourceServer | undefined {
  const known = mgn.servers.get(id);
  if (known !== undefined) return known.deleted === true ? undefined : known;
  const machine = mgnInventoryOf(inventory).get(id);
  return machine === undefined ? undefined : newDiscoveredServer(mgn, id, machine);
}

/** Returns the record of a server; creates it if no operation has changed the server before. */
export function ensureServer(inventory: Inventory, mgn: MgnAccount, id: string): SourceServer {
  const known = mgn.servers.get(id);
  if (known !== undefined) return known;
  const machine = mgnInventoryOf(inventory).get(id);
  if (machine === undefined) throw new RangeError(`there is no source server ${id}`);
  const server = newDiscoveredServer(mgn, id, machine);
  mgn.servers.set(id, server);
  insertSorted(mgn.serverIds, id);
  return server;
}

/** Creates the record of a server that no operation has changed. */
function newDiscoveredServer(mgn: MgnAccount, id: string, machine: Machine): SourceServer {
  return {
    id,
    machine,
    addedAt: mgn.initializedAt,
    state: 'DISCOVERED',
    type: 'SNAPSHOT_SHIPPING',
    archived: false,
    tags: { Name: machine.name },
    lastTest: {},
    lastCutover: {},
  };
}

/** Returns the settings that servers inherit: those of the first template of a kind. */
export function templateSettings(mgn: MgnAccount, kind: TemplateKind): Settings {
  const [first] = mgn.templates[kind].values();
  return first?.settings ?? {};
}

export function memberCount(mgn: MgnAccount, groupId: string): number {
  return mgn.members.get(groupId)?.size ?? 0;
}

/** Moves a member from one group to another; either may be absent. */
export function moveMember(
  mgn: MgnAccount,
  id: string,
  from: string | undefined,
  to: string | undefined,
): void {
  if (from !== undefined) mgn.members.get(from)?.delete(id);
  if (to === undefined) return;
  const members = mgn.members.get(to) ?? new Set();
  mgn.members.set(to, members.add(id));
}

const NOT_REPLICATING = new Set(['STOPPED', 'DISCONNECTED', 'PAUSED']);

/** Updates the counts after a change of a server. */
export function updateCounts(mgn: MgnAccount, server: SourceServer): void {
  const { replication } = server;
  setMembership(
    mgn.replicating,
    server.id,
    replication !== undefined && !NOT_REPLICATING.has(replication.state),
  );
  for (const key of awaitedKeysOf(server.machine)) {
    if (server.state === 'PENDING_INSTALLATION') mgn.awaitingAgent.set(key, server.id);
    else if (mgn.awaitingAgent.get(key) === server.id) mgn.awaitingAgent.delete(key);
  }
}

/**
 * Returns what identifies a machine to the agent on it: the id that the user has given to both, its UUID in vCenter, and
 * its name.
 */
export function agentKeysOf({ uuid, name, userProvidedId: id }: Machine): string[] {
  return [
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(uuid === undefined ? [] : [`uuid ${uuid.toLowerCase()}`]),
    `name ${name.toLowerCase()}`,
  ];
}

/** Returns what an agent is recognised by on a server that waits for it: nothing but the id, if the user has given one. */
function awaitedKeysOf(machine: Machine): string[] {
  const keys = agentKeysOf(machine);
  return machine.userProvidedId === undefined ? keys : keys.slice(0, 1);
}

function setMembership(set: Set<string>, id: string, member: boolean): void {
  if (member) set.add(id);
  else set.delete(id);
}

/** What the rules of replications and jobs use of the simulation. */
export interface MgnSimulationContext {
  readonly account: SharedAccount;
  /** The time of the current event. */
  readonly now: number;
  readonly mgn: MgnAccount;
  readonly events: EventQueue<MgnEvent>;
  /** The servers that wait for one of the slots of shipments. */
  readonly slots: SlotQueue<WaitingServer>;
}

const EVENT_KINDS = ['participant', 'job', 'replication', 'agent', 'transfer'] as const;

export interface MgnEvent {
  readonly at: number;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** The id of the server, or of the import or export; absent for an event of a job. */
  readonly server?: string;
  /** The number of the job; absent for an event of a replication. */
  readonly job?: number;
}

export function createMgnEventQueue(): EventQueue<MgnEvent> {
  return new EventQueue<MgnEvent>(
    EVENT_KINDS,
    ({ job: jobA = 0, server: serverA = '' }, { job = 0, server = '' }) =>
      jobA === job ? serverA < server : jobA < job,
  );
}

/** Milliseconds that an import or an export takes. */
const TRANSFER_DURATION = 30_000;

/** An import or an export that begins now. */
export type NewTransfer = Omit<Transfer, 'number' | 'id' | 'createdAt' | 'endsAt' | 'summary'>;

export function startTransfer(simulation: MgnSimulationContext, task: NewTransfer): void {
  const { mgn, now } = simulation;
  const number = ++mgn.count;
  const id = serialId(`${task.kind}-`, number);
  const transfer = { ...task, number, id, createdAt: now, endsAt: now + TRANSFER_DURATION };
  mgn.transfers.set(id, transfer);
  addTransferEvent(simulation, transfer);
}

/** Adds the event that ends an import or an export. */
export function addTransferEvent({ events }: MgnSimulationContext, { id, endsAt: at }: Transfer): void {
  events.add({ at, kind: 'transfer', server: id });
}

/** Servers whose snapshots are shipped at the same time (domain: MGN rules). */
const MAX_SHIPMENTS = 50;

export interface WaitingServer {
  readonly since: number;
  readonly server: SourceServer;
}

/** Servers ship their snapshots in the order in which they began to wait. */
export function createShipmentSlots(): SlotQueue<WaitingServer> {
  return new SlotQueue<WaitingServer>({
    slots: MAX_SHIPMENTS,
    isEarlier: (a, b) => (a.since === b.since ? a.server.id < b.server.id : a.since < b.since),
    isWaiting: ({ since, server: { replication } }) =>
      replication?.state === 'PENDING_SNAPSHOT_SHIPPING' && replication.since === since,
  });
}
