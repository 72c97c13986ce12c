import { serialId } from '../sms/simulation/ids.ts';
import { createJob } from './launch.ts';
import type { Purpose, Settings, SourceServer, Tags } from './records.ts';
import {
  initiateReplication,
  pauseReplication,
  resumeReplication,
  resyncReplication,
  stopReplication,
} from './replication.ts';
import type { MgnSimulationContext } from './schedule.ts';
import { configuredLaunch, configuredReplication, encryptionKeyOf } from './settings.ts';
import { setTags } from './tags.ts';
import { ensureServer, type GroupKind, moveMember, type TemplateKind, updateCounts } from './world.ts';

/** What can be done with one server. */
export type ServerAction =
  'start' | 'stop' | 'pause' | 'resume' | 'retry' | 'disconnect' | 'finalize' | 'archive' | 'delete';

/** A change that was accepted: everything it needs, and nothing that still could be refused. */
export type MgnCommand =
  | { readonly do: 'initialize' }
  | {
      readonly do: 'create-template';
      readonly kind: TemplateKind;
      readonly settings: Settings;
      readonly tags: Tags;
    }
  | {
      readonly do: 'update-template';
      readonly kind: TemplateKind;
      readonly id: string;
      readonly settings: Settings;
    }
  | { readonly do: 'delete-template'; readonly kind: TemplateKind; readonly id: string }
  | {
      readonly do: 'create-group';
      readonly kind: GroupKind;
      readonly name: string;
      readonly description?: string;
      readonly tags: Tags;
    }
  | {
      readonly do: 'update-group';
      readonly kind: GroupKind;
      readonly id: string;
      readonly change: { readonly name?: string; readonly description?: string; readonly archived?: boolean };
    }
  | { readonly do: 'delete-group'; readonly kind: GroupKind; readonly id: string }
  | { readonly do: 'assign'; readonly ids: readonly string[]; readonly to?: string }
  | { readonly do: 'tags'; readonly type: string; readonly id: string; readonly tags: Tags }
  | {
      readonly do: 'configure';
      readonly kind: TemplateKind;
      readonly id: string;
      readonly settings: Settings;
    }
  | { readonly do: ServerAction; readonly id: string }
  | { readonly do: 'life-cycle'; readonly id: string; readonly state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER' }
  | { readonly do: 'replication-type'; readonly id: string; readonly type: SourceServer['type'] }
  | { readonly do: 'job'; readonly purpose: Purpose; readonly ids: readonly string[]; readonly tags: Tags }
  | { readonly do: 'delete-job'; readonly number: number };

const ID_PREFIXES = { launch: 'lct-', replication: 'rct-', application: 'app-', wave: 'wave-' } as const;

/** Carries a command out at the present time. The service is initialised. */
export function executeMgnCommand(simulation: MgnSimulationContext, command: MgnCommand): void {
  const { mgn, now } = simulation;
  switch (command.do) {
    case 'initialize':
      return;
    case 'create-template': {
      const { kind, settings, tags } = command;
      const number = ++mgn.count;
      const id = serialId(ID_PREFIXES[kind], number);
      mgn.templates[kind].set(id, { number, id, settings, tags });
      return;
    }
    case 'update-template': {
      const template = requireFound(mgn.templates[command.kind].get(command.id));
      template.settings = withoutNulls({ ...template.settings, ...command.settings });
      return;
    }
    case 'delete-template':
      mgn.templates[command.kind].delete(command.id);
      return;
    case 'create-group': {
      const { kind, name, description, tags } = command;
      const number = ++mgn.count;
      const id = serialId(ID_PREFIXES[kind], number);
      const group = { number, id, name, tags, archived: false, createdAt: now, modifiedAt: now };
      mgn.groups[kind].set(id, description === undefined ? group : { ...group, description });
      return;
    }
    case 'update-group':
      Object.assign(requireFound(mgn.groups[command.kind].get(command.id)), command.change, {
        modifiedAt: now,
      });
      return;
    case 'delete-group':
      mgn.groups[command.kind].delete(command.id);
      return;
    case 'assign':
      for (const id of command.ids) assign(simulation, id, command.to);
      return;
    case 'tags':
      setTags(simulation.world, mgn, command.type, command.id, command.tags);
      return;
    case 'configure':
      configure(simulation, command);
      return;
    case 'life-cycle':
      changeLifeCycle(simulation, command);
      return;
    case 'replication-type': {
      const server = ensureServer(simulation.world.inventory, mgn, command.id);
      server.type = command.type;
      server.state = command.type === 'AGENT_BASED' ? 'PENDING_INSTALLATION' : 'DISCOVERED';
      updateCounts(mgn, server);
      return;
    }
    case 'job':
      createJob(simulation, command.purpose, command.ids, command.tags);
      return;
    case 'delete-job':
      mgn.jobsById.delete(requireFound(mgn.jobs.get(command.number)).id);
      mgn.jobs.delete(command.number);
      return;
    case 'start':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'retry':
    case 'disconnect':
    case 'finalize':
    case 'archive':
    case 'delete':
      executeServerAction(simulation, ensureServer(simulation.world.inventory, mgn, command.id), command.do);
  }
}

function executeServerAction(
  simulation: MgnSimulationContext,
  server: SourceServer,
  deed: ServerAction,
): void {
  const { mgn, now } = simulation;
  switch (deed) {
    case 'start':
      server.launchSettings ??= configuredLaunch(mgn, server);
      server.replicationSettings ??= configuredReplication(mgn, server);
      initiateReplication(simulation, server);
      return;
    case 'retry':
      initiateReplication(simulation, server);
      return;
    case 'stop':
      server.state = 'STOPPED';
      stopReplication(simulation, server, 'STOPPED');
      return;
    case 'pause':
      pauseReplication(simulation, server);
      return;
    case 'resume':
      resumeReplication(simulation, server);
      return;
    case 'disconnect':
      server.state = 'DISCONNECTED';
      stopReplication(simulation, server, 'DISCONNECTED');
      return;
    case 'finalize':
      server.state = 'CUTOVER';
      server.lastCutover.finalizedAt = now;
      stopReplication(simulation, server, 'DISCONNECTED');
      return;
    case 'archive':
      server.archived = true;
      break;
    case 'delete':
      server.deleted = true;
      moveMember(mgn, server.id, server.applicationId, undefined);
      delete server.applicationId;
  }
  updateCounts(mgn, server);
}

/** Puts a server into an application or an application into a wave; without `to`, out of the one it is in. */
function assign(simulation: MgnSimulationContext, id: string, to: string | undefined): void {
  const { mgn, world, now } = simulation;
  const application = mgn.groups.application.get(id);
  if (application !== undefined) {
    moveMember(mgn, id, application.waveId, to);
    delete application.waveId;
    if (to !== undefined) application.waveId = to;
    application.modifiedAt = now;
    return;
  }
  const server = ensureServer(world.inventory, mgn, id);
  moveMember(mgn, id, server.applicationId, to);
  delete server.applicationId;
  if (to !== undefined) server.applicationId = to;
}

function configure(
  simulation: MgnSimulationContext,
  { kind, id, settings }: MgnCommand & { do: 'configure' },
): void {
  const { mgn, world } = simulation;
  const server = ensureServer(world.inventory, mgn, id);
  if (kind === 'launch') {
    server.launchSettings = withoutNulls({ ...configuredLaunch(mgn, server), ...settings });
    return;
  }
  const before = configuredReplication(mgn, server);
  server.replicationSettings = withoutNulls({ ...before, ...settings });
  const running =
    server.replication !== undefined && !['STOPPED', 'DISCONNECTED'].includes(server.replication.state);
  if (running && encryptionKeyOf(before) !== encryptionKeyOf(server.replicationSettings))
    resyncReplication(simulation, server);
}

function changeLifeCycle(
  simulation: MgnSimulationContext,
  { id, state }: MgnCommand & { do: 'life-cycle' },
): void {
  const server = ensureServer(simulation.world.inventory, simulation.mgn, id);
  const { now } = simulation;
  if (server.state === 'CUTTING_OVER') server.lastCutover.revertedAt = now;
  else if (state === 'READY_FOR_CUTOVER' && server.state === 'TESTING') server.lastTest.finalizedAt = now;
  else if (state === 'READY_FOR_TEST' && server.state !== state) server.lastTest.revertedAt = now;
  server.state = state;
}

/** A member that is null is one to be taken away. */
function withoutNulls(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

function requireFound<T>(found: T | undefined): T {
  if (found === undefined) throw new RangeError('the command is about something that is not there');
  return found;
}
