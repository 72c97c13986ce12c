import { omitNulls, omitUndefined } from '../collections.ts';
import { serialId } from '../simulation/ids.ts';
import { loadAgents } from './agents.ts';
import { createJob } from './launch.ts';
import { addVersion, rightSize, setDefaultVersion } from './launch-template.ts';
import { configuredActions, withAction, withoutAction } from './post-launch.ts';
import type { ListedAgent, Purpose, Settings, SourceServer, Tags, TemplateVersion } from './records.ts';
import {
  initiateReplication,
  pauseReplication,
  resumeReplication,
  resyncReplication,
  stopReplication,
} from './replication.ts';
import {
  ensureServer,
  type GroupKind,
  type MgnSimulationContext,
  moveMember,
  type TemplateKind,
  updateCounts,
  type NewTransfer,
  startTransfer,
} from './account.ts';
import { configuredLaunch, configuredReplication, encryptionKeyOf } from './settings.ts';
import { setTags } from './tags.ts';

/** The actions on one server. */
export type ServerAction =
  'start' | 'stop' | 'pause' | 'resume' | 'retry' | 'disconnect' | 'finalize' | 'archive' | 'delete';

interface TemplateId {
  readonly kind: TemplateKind;
  readonly id: string;
}

/** What has post-launch actions: a source server, or a launch configuration template. */
export interface ActionHolder {
  readonly kind: 'server' | 'template';
  readonly id: string;
}

interface GroupId {
  readonly kind: GroupKind;
  readonly id: string;
}

/** The members of each command. */
interface CommandMembers extends Record<ServerAction, { readonly id: string }> {
  initialize: object;
  'create-template': { readonly kind: TemplateKind; readonly settings: Settings; readonly tags: Tags };
  'update-template': TemplateId & { readonly settings: Settings };
  'delete-template': TemplateId;
  'create-group': {
    readonly kind: GroupKind;
    readonly name: string;
    readonly description?: string;
    readonly tags: Tags;
  };
  'update-group': GroupId & {
    readonly change: { readonly name?: string; readonly description?: string; readonly archived?: boolean };
  };
  'delete-group': GroupId;
  assign: { readonly ids: readonly string[]; readonly to?: string };
  tags: { readonly type: string; readonly id: string; readonly tags: Tags };
  configure: TemplateId & { readonly settings: Settings };
  'template-version': Pick<TemplateVersion, 'data' | 'description' | 'token' | 'request'> & {
    readonly id: string;
  };
  'template-default': { readonly id: string; readonly version: number };
  'life-cycle': { readonly id: string; readonly state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER' | 'CUTOVER' };
  'replication-type': { readonly id: string; readonly type: SourceServer['type'] };
  job: { readonly purpose: Purpose; readonly ids: readonly string[]; readonly tags: Tags };
  'delete-job': { readonly number: number };
  'put-action': { readonly holder: ActionHolder; readonly action: Settings };
  'remove-action': { readonly holder: ActionHolder; readonly actionID: string };
  agents: { readonly agents: readonly ListedAgent[] };
  'create-connector': { readonly settings: Settings; readonly tags: Tags };
  'update-connector': { readonly id: string; readonly settings: Settings };
  'delete-connector': { readonly id: string };
  'delete-client': { readonly id: string };
  transfer: NewTransfer;
  'connector-action': { readonly id: string; readonly action: Settings };
}

type CommandName = keyof CommandMembers;

/** An accepted change: it contains everything that it needs, and executing it cannot fail. */
export type MgnCommand = { [K in CommandName]: { readonly do: K } & CommandMembers[K] }[CommandName];

const ID_PREFIXES = { launch: 'lct-', replication: 'rct-', application: 'app-', wave: 'wave-' } as const;

/** Executes a command at the current time. */
export function executeMgnCommand(simulation: MgnSimulationContext, command: MgnCommand): void {
  const execute = COMMANDS[command.do] as (simulation: MgnSimulationContext, command: MgnCommand) => void;
  execute(simulation, command);
}

const COMMANDS: {
  readonly [K in CommandName]: (simulation: MgnSimulationContext, command: CommandMembers[K]) => void;
} = {
  // The account of MGN is created before its first command.
  initialize: () => undefined,
  'create-template': ({ mgn }, { kind, settings, tags }) => {
    const number = ++mgn.count;
    const id = serialId(ID_PREFIXES[kind], number);
    mgn.templates[kind].set(id, { number, id, settings, tags });
  },
  'update-template': ({ mgn }, { kind, id, settings }) => {
    const template = requireFound(mgn.templates[kind].get(id));
    template.settings = omitNulls({ ...template.settings, ...settings });
  },
  'delete-template': ({ mgn }, { kind, id }) => {
    mgn.templates[kind].delete(id);
  },
  'create-group': ({ mgn, now }, { kind, name, description, tags }) => {
    const number = ++mgn.count;
    const id = serialId(ID_PREFIXES[kind], number);
    const group = { number, id, name, tags, archived: false, createdAt: now, modifiedAt: now };
    mgn.groups[kind].set(id, { ...group, ...omitUndefined({ description }) });
  },
  'update-group': ({ mgn, now }, { kind, id, change }) => {
    Object.assign(requireFound(mgn.groups[kind].get(id)), change, { modifiedAt: now });
  },
  'delete-group': ({ mgn }, { kind, id }) => {
    mgn.groups[kind].delete(id);
  },
  assign: (simulation, { ids, to }) => {
    for (const id of ids) assign(simulation, id, to);
  },
  tags: ({ account, mgn }, { type, id, tags }) => {
    setTags(account, mgn, type, id, tags);
  },
  configure,
  'template-version': ({ account, mgn, now }, { id, ...version }) => {
    addVersion(ensureServer(account.inventory, mgn, id), { createdAt: now, ...version });
  },
  'template-default': ({ account, mgn }, { id, version }) => {
    setDefaultVersion(ensureServer(account.inventory, mgn, id), version);
  },
  'life-cycle': changeLifeCycle,
  'replication-type': ({ account, mgn }, { id, type }) => {
    const server = ensureServer(account.inventory, mgn, id);
    server.type = type;
    server.state = type === 'AGENT_BASED' ? 'PENDING_INSTALLATION' : 'DISCOVERED';
    updateCounts(mgn, server);
  },
  job: (simulation, { purpose, ids, tags }) => {
    createJob(simulation, purpose, ids, tags);
  },
  'delete-job': ({ mgn }, { number }) => {
    mgn.jobsById.delete(requireFound(mgn.jobs.get(number)).id);
    mgn.jobs.delete(number);
  },
  'put-action': (simulation, { holder, action }) => {
    changeActions(simulation, holder, (actions) => withAction(actions, action));
  },
  'remove-action': (simulation, { holder, actionID }) => {
    changeActions(simulation, holder, (actions) => withoutAction(actions, actionID));
  },
  agents: (simulation, { agents }) => {
    loadAgents(simulation, agents);
  },
  'create-connector': ({ mgn }, { settings, tags }) => {
    const number = ++mgn.count;
    const id = serialId('connector-', number);
    mgn.connectors.set(id, { number, id, settings, tags });
  },
  'update-connector': ({ mgn }, { id, settings }) => {
    const connector = requireFound(mgn.connectors.get(id));
    connector.settings = { ...connector.settings, ...settings };
  },
  'delete-connector': ({ mgn }, { id }) => {
    mgn.connectors.delete(id);
  },
  'delete-client': ({ mgn }, { id }) => {
    mgn.deletedClients.add(id);
    mgn.clientTags.delete(id);
  },
  'connector-action': ({ account, mgn }, { id, action }) => {
    ensureServer(account.inventory, mgn, id).connectorAction = action;
  },
  transfer: startTransfer,
  start: onServer((simulation, server) => {
    server.launchSettings ??= configuredLaunch(simulation.mgn, server);
    server.replicationSettings ??= configuredReplication(simulation.mgn, server);
    server.actions ??= configuredActions(simulation.mgn, server);
    initiateReplication(simulation, server);
  }),
  retry: onServer(initiateReplication),
  stop: onServer((simulation, server) => {
    server.state = 'STOPPED';
    stopReplication(simulation, server, 'STOPPED');
  }),
  pause: onServer(pauseReplication),
  resume: onServer(resumeReplication),
  disconnect: onServer((simulation, server) => {
    server.state = 'DISCONNECTED';
    stopReplication(simulation, server, 'DISCONNECTED');
  }),
  finalize: onServer((simulation, server) => {
    server.state = 'CUTOVER';
    server.lastCutover.finalizedAt = simulation.now;
    stopReplication(simulation, server, 'DISCONNECTED');
  }),
  archive: onServer(({ mgn }, server) => {
    server.archived = true;
    updateCounts(mgn, server);
  }),
  delete: onServer(({ mgn }, server) => {
    server.deleted = true;
    moveMember(mgn, server.id, server.applicationId, undefined);
    delete server.applicationId;
    updateCounts(mgn, server);
  }),
};

/** Makes a command of an action on the record of a server. */
function onServer(
  act: (simulation: MgnSimulationContext, server: SourceServer) => void,
): (simulation: MgnSimulationContext, command: { readonly id: string }) => void {
  return (simulation, { id }) => {
    act(simulation, ensureServer(simulation.account.inventory, simulation.mgn, id));
  };
}

/** Moves a server into an application, or an application into a wave; without `to`, removes it from its group. */
function assign(simulation: MgnSimulationContext, id: string, to: string | undefined): void {
  const { mgn, account, now } = simulation;
  const application = mgn.groups.application.get(id);
  if (application !== undefined) {
    moveMember(mgn, id, application.waveId, to);
    delete application.waveId;
    if (to !== undefined) application.waveId = to;
    application.modifiedAt = now;
    return;
  }
  const server = ensureServer(account.inventory, mgn, id);
  moveMember(mgn, id, server.applicationId, to);
  delete server.applicationId;
  if (to !== undefined) server.applicationId = to;
}

function configure(
  simulation: MgnSimulationContext,
  { kind, id, settings }: CommandMembers['configure'],
): void {
  const { mgn, account } = simulation;
  const server = ensureServer(account.inventory, mgn, id);
  if (kind === 'launch') {
    server.launchSettings = omitNulls({ ...configuredLaunch(mgn, server), ...settings });
    rightSize(mgn, server, simulation.now);
    return;
  }
  const before = configuredReplication(mgn, server);
  server.replicationSettings = omitNulls({ ...before, ...settings });
  const running =
    server.replication !== undefined && !['STOPPED', 'DISCONNECTED'].includes(server.replication.state);
  if (running && encryptionKeyOf(before) !== encryptionKeyOf(server.replicationSettings))
    resyncReplication(simulation, server);
}

function changeActions(
  { account, mgn }: MgnSimulationContext,
  { kind, id }: ActionHolder,
  change: (actions: readonly Settings[]) => readonly Settings[],
): void {
  if (kind === 'server') {
    const server = ensureServer(account.inventory, mgn, id);
    server.actions = change(configuredActions(mgn, server));
    return;
  }
  const template = requireFound(mgn.templates.launch.get(id));
  template.actions = change(template.actions ?? []);
}

function changeLifeCycle(
  simulation: MgnSimulationContext,
  { id, state }: CommandMembers['life-cycle'],
): void {
  const server = ensureServer(simulation.account.inventory, simulation.mgn, id);
  const { now } = simulation;
  if (state === 'CUTOVER') server.lastCutover.finalizedAt = now;
  else if (server.state === 'CUTTING_OVER') server.lastCutover.revertedAt = now;
  else if (state === 'READY_FOR_TEST' && server.state !== state) server.lastTest.revertedAt = now;
  server.state = state;
}

function requireFound<T>(found: T | undefined): T {
  if (found === undefined) throw new RangeError('the command names an object that does not exist');
  return found;
}
