import { insertSorted } from '../collections.ts';
import { digestId } from '../simulation/ids.ts';
import type { Machine } from '../simulation/account.ts';
import { agentKeysOf, type MgnAccount, type MgnSimulationContext, updateCounts } from './account.ts';
import { configuredActions } from './post-launch.ts';
import type { AwaitedAgent, ListedAgent, SourceServer } from './records.ts';
import { initiateReplication } from './replication.ts';
import { configuredLaunch, configuredReplication } from './settings.ts';

/** Lists imported servers, and installs the agents or keeps them for later. */
export function loadAgents(simulation: MgnSimulationContext, agents: readonly ListedAgent[]): void {
  const { mgn, now } = simulation;
  for (const { machine, after, imported } of agents) {
    const id = agentServerId(machine, 0);
    mgn.awaitedAgents.delete(id);
    if (after === 0) {
      installAgent(simulation, machine);
      continue;
    }
    if (imported && serverOfAgent(mgn, machine) === undefined) addServer(simulation, machine);
    if (after === undefined) continue;
    const awaited = { machine, at: now + after };
    mgn.awaitedAgents.set(id, awaited);
    addAgentEvent(simulation, id, awaited);
  }
}

export function addAgentEvent({ events }: MgnSimulationContext, id: string, { at }: AwaitedAgent): void {
  events.add({ at, kind: 'agent', server: id });
}

/** Installs an agent when its time has come. */
export function installAwaitedAgent(simulation: MgnSimulationContext, id: string, at: number): void {
  const awaited = simulation.mgn.awaitedAgents.get(id);
  if (awaited?.at !== at) return;
  simulation.mgn.awaitedAgents.delete(id);
  installAgent(simulation, awaited.machine);
}

/**
 * Installs the agent on a server, for the first time or again. The server replicates by itself from then on. An agent
 * that replicates already is not disturbed; a stalled one starts its initiation again.
 */
function installAgent(simulation: MgnSimulationContext, machine: Machine): void {
  const { mgn } = simulation;
  const server = serverOfAgent(mgn, machine) ?? addServer(simulation, machine);
  const { replication } = server;
  const runs = replication !== undefined && !['STOPPED', 'DISCONNECTED'].includes(replication.state);
  if (runs && replication.state !== 'STALLED') return;
  server.machine = { ...server.machine, ...reported(machine) };
  if (!runs) server.state = 'NOT_READY';
  server.launchSettings ??= configuredLaunch(mgn, server);
  server.actions ??= configuredActions(mgn, server);
  server.replicationSettings ??= configuredReplication(mgn, server);
  initiateReplication(simulation, server);
}

/** Returns what an agent reports of its server. */
function reported(machine: Machine): Partial<Machine> {
  return Object.fromEntries(Object.entries(machine).filter(([, value]) => value !== ''));
}

/** Finds the server that an agent belongs to: one that waits for its agent, or the one that it was installed on before. */
function serverOfAgent(mgn: MgnAccount, machine: Machine): SourceServer | undefined {
  for (const key of agentKeysOf(machine)) {
    const server = mgn.servers.get(mgn.awaitingAgent.get(key) ?? '');
    if (server !== undefined) return server;
  }
  return mgn.servers.get(freeAgentServerId(mgn, machine));
}

/** Returns the id of the server of an agent. A server that was archived or deleted is not used again. */
function freeAgentServerId(mgn: MgnAccount, machine: Machine): string {
  for (let attempt = 0; ; attempt += 1) {
    const id = agentServerId(machine, attempt);
    const server = mgn.servers.get(id);
    if (server === undefined || (!server.archived && server.deleted !== true)) return id;
  }
}

const agentServerId = ({ name, uuid, instanceId, userProvidedId }: Machine, attempt: number) =>
  digestId(
    's-',
    userProvidedId === undefined
      ? ['agent', name.toLowerCase(), uuid ?? '', instanceId ?? '', attempt].join('\n')
      : ['imported', userProvidedId, attempt].join('\n'),
  );

/** Adds a server that waits for its agent. */
export function addServer({ mgn, now }: MgnSimulationContext, machine: Machine): SourceServer {
  const id = freeAgentServerId(mgn, machine);
  const server: SourceServer = {
    id,
    machine,
    addedAt: now,
    state: 'PENDING_INSTALLATION',
    type: 'AGENT_BASED',
    archived: false,
    tags: { Name: machine.name },
    lastTest: {},
    lastCutover: {},
  };
  mgn.servers.set(id, server);
  insertSorted(mgn.serverIds, id);
  updateCounts(mgn, server);
  return server;
}
