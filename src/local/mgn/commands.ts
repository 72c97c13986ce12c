import { serialId } from '../simulation/ids.ts';
import { startJob } from './launch.ts';
import type { Live } from './live.ts';
import type { Purpose, Settings, SourceServer, Tags } from './records.ts';
import { halt, initiate, pause, resume, resync } from './replication.ts';
import { configuredLaunch, configuredReplication, keyOf } from './settings.ts';
import { setTags } from './tagged.ts';
import { moveMember, recount, touch } from './world.ts';
import type { GroupKind, TemplateKind } from './world.ts';

/** What can be done with one server. */
export type Deed =
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
  | { readonly do: Deed; readonly id: string }
  | { readonly do: 'life-cycle'; readonly id: string; readonly state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER' }
  | { readonly do: 'replication-type'; readonly id: string; readonly type: SourceServer['type'] }
  | { readonly do: 'job'; readonly purpose: Purpose; readonly ids: readonly string[]; readonly tags: Tags }
  | { readonly do: 'delete-job'; readonly number: number };

const PREFIX = { launch: 'lct-', replication: 'rct-', application: 'app-', wave: 'wave-' } as const;

/** Carries a command out at the present time. The service is initialised. */
export function carryOut(live: Live, command: MgnCommand): void {
  const { mgn, now } = live;
  switch (command.do) {
    case 'initialize':
      return;
    case 'create-template': {
      const { kind, settings, tags } = command;
      const number = ++mgn.count;
      const id = serialId(PREFIX[kind], number);
      mgn.templates[kind].set(id, { number, id, settings, tags });
      return;
    }
    case 'update-template': {
      const template = must(mgn.templates[command.kind].get(command.id));
      template.settings = withoutNulls({ ...template.settings, ...command.settings });
      return;
    }
    case 'delete-template':
      mgn.templates[command.kind].delete(command.id);
      return;
    case 'create-group': {
      const { kind, name, description, tags } = command;
      const number = ++mgn.count;
      const id = serialId(PREFIX[kind], number);
      const group = { number, id, name, tags, archived: false, createdAt: now, modifiedAt: now };
      mgn.groups[kind].set(id, description === undefined ? group : { ...group, description });
      return;
    }
    case 'update-group':
      Object.assign(must(mgn.groups[command.kind].get(command.id)), command.change, { modifiedAt: now });
      return;
    case 'delete-group':
      mgn.groups[command.kind].delete(command.id);
      return;
    case 'assign':
      for (const id of command.ids) assign(live, id, command.to);
      return;
    case 'tags':
      setTags(live.world, mgn, command.type, command.id, command.tags);
      return;
    case 'configure':
      configure(live, command);
      return;
    case 'life-cycle':
      changeLifeCycle(live, command);
      return;
    case 'replication-type': {
      const server = touch(live.world.inventory, mgn, command.id);
      server.type = command.type;
      server.state = command.type === 'AGENT_BASED' ? 'PENDING_INSTALLATION' : 'DISCOVERED';
      recount(mgn, server);
      return;
    }
    case 'job':
      startJob(live, command.purpose, command.ids, command.tags);
      return;
    case 'delete-job':
      mgn.jobsById.delete(must(mgn.jobs.get(command.number)).id);
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
      act(live, touch(live.world.inventory, mgn, command.id), command.do);
  }
}

function act(live: Live, server: SourceServer, deed: Deed): void {
  const { mgn, now } = live;
  switch (deed) {
    case 'start':
      server.launchSettings ??= configuredLaunch(mgn, server);
      server.replicationSettings ??= configuredReplication(mgn, server);
      initiate(live, server);
      return;
    case 'retry':
      initiate(live, server);
      return;
    case 'stop':
      server.state = 'STOPPED';
      halt(live, server, 'STOPPED');
      return;
    case 'pause':
      pause(live, server);
      return;
    case 'resume':
      resume(live, server);
      return;
    case 'disconnect':
      server.state = 'DISCONNECTED';
      halt(live, server, 'DISCONNECTED');
      return;
    case 'finalize':
      server.state = 'CUTOVER';
      server.lastCutover.finalizedAt = now;
      halt(live, server, 'DISCONNECTED');
      return;
    case 'archive':
      server.archived = true;
      break;
    case 'delete':
      server.deleted = true;
      moveMember(mgn, server.id, server.applicationId, undefined);
      delete server.applicationId;
  }
  recount(mgn, server);
}

/** Puts a server into an application or an application into a wave; without `to`, out of the one it is in. */
function assign(live: Live, id: string, to: string | undefined): void {
  const { mgn, world, now } = live;
  const application = mgn.groups.application.get(id);
  if (application !== undefined) {
    moveMember(mgn, id, application.waveId, to);
    delete application.waveId;
    if (to !== undefined) application.waveId = to;
    application.modifiedAt = now;
    return;
  }
  const server = touch(world.inventory, mgn, id);
  moveMember(mgn, id, server.applicationId, to);
  delete server.applicationId;
  if (to !== undefined) server.applicationId = to;
}

function configure(live: Live, { kind, id, settings }: MgnCommand & { do: 'configure' }): void {
  const { mgn, world } = live;
  const server = touch(world.inventory, mgn, id);
  if (kind === 'launch') {
    server.launchSettings = withoutNulls({ ...configuredLaunch(mgn, server), ...settings });
    return;
  }
  const before = configuredReplication(mgn, server);
  server.replicationSettings = withoutNulls({ ...before, ...settings });
  const running =
    server.replication !== undefined && !['STOPPED', 'DISCONNECTED'].includes(server.replication.state);
  if (running && keyOf(before) !== keyOf(server.replicationSettings)) resync(live, server);
}

function changeLifeCycle(live: Live, { id, state }: MgnCommand & { do: 'life-cycle' }): void {
  const server = touch(live.world.inventory, live.mgn, id);
  const { now } = live;
  if (server.state === 'CUTTING_OVER') server.lastCutover.revertedAt = now;
  else if (state === 'READY_FOR_CUTOVER' && server.state === 'TESTING') server.lastTest.finalizedAt = now;
  else if (state === 'READY_FOR_TEST' && server.state !== state) server.lastTest.revertedAt = now;
  server.state = state;
}

/** A member that is null is one to be taken away. */
function withoutNulls(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new RangeError('the command is about something that is not there');
  return found;
}
