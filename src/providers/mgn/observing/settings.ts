import type { Application, SourceServer, Wave } from '@aws-sdk/client-mgn';
import type { Settings } from '../../../core/desired.ts';
import type { ObserveScope, ScopedVm } from '../../../core/observed.ts';
import type { MgnApi } from '../api.ts';
import { readLaunch, readReplication, REPLICATION, TEMPLATE } from '../configurations.ts';
import type { TemplateSettings } from '../launch/templates.ts';
import { ACTIONS, namesActions } from '../launch/post-launch.ts';
import { hasActionsTag, projectOf, readDescription, readDocumentMarks } from '../marker.ts';
import { jobStateOf, readServer } from '../servers.ts';
import { MANAGE_WAVE, WAVE_NAME } from '../settings.ts';
import type { ChangeContext } from '../source-server.ts';

/** The application of a server, and the wave of the application. */
export interface ServerGroup {
  readonly application?: Application;
  readonly wave?: Wave;
}

/** What is known of the servers whose settings are read. */
interface SettingsContext {
  /** All servers of the account: a VM may be two of them, one of them with an agent. */
  readonly all: readonly SourceServer[];
  readonly groupOf: (server: SourceServer) => ServerGroup;
  readonly scope: Pick<ObserveScope, 'vms' | 'known' | 'onRead'>;
}

/**
 * Reads settings of servers, by their ids. Those that the listings have cost no call; of the others only those are read
 * that git names (docs/decisions/0017-mgn-reads-what-git-names.md).
 * @throws LandfallError
 */
export async function readSettings(
  { api, templates }: ChangeContext,
  servers: readonly SourceServer[],
  { all, groupOf, scope: { vms, known, onRead } }: SettingsContext,
): Promise<ReadonlyMap<string, TemplateSettings>> {
  const configurationsOf = findConfigurations(all, vms);
  const actionsOf = findActions(vms);
  const templateIds = new Map<string, string>();
  const wantedOf = new Map(
    servers.map((server) => {
      const isRead = known?.has(server.sourceServerID ?? '') !== true && isChangeable(server);
      return [
        server,
        isRead ? new Set([...configurationsOf(server), ...configurationsOfTags(server)]) : NONE,
      ];
    }),
  );
  const total = [...wantedOf.values()].reduce((sum, wanted) => sum + callsOf(wanted), 0);
  let done = 0;
  const read = servers.map(async (server): Promise<readonly [string, Settings]> => {
    const { sourceServerID = '', tags } = server;
    const description = readDescription(tags);
    const { application: { name: app } = {}, wave: { name: wave } = {} } = groupOf(server);
    const before = known?.get(sourceServerID);
    const wanted = wantedOf.get(server) ?? NONE;
    const configurations = await readConfigurations(api, sourceServerID, wanted, (id) => {
      templateIds.set(sourceServerID, id);
    });
    const actions = wanted.has('actions')
      ? await (
          await import('../launch/actions.ts')
        ).observeActions(api, server, actionsOf(server), projectOf(server))
      : {};
    done += callsOf(wanted);
    if (wanted.size > 0) onRead?.(done, total);
    return [
      sourceServerID,
      {
        ...(before && withoutListed(before)),
        ...(app !== undefined && { app }),
        ...(wave !== undefined && { [WAVE_NAME]: wave }),
        ...(description !== undefined && { description }),
        ...configurations,
        ...actions,
      },
    ];
  });
  const found = await Promise.all(read);
  if (templateIds.size === 0) return new Map(found.map(([id, settings]) => [id, { settings }]));
  const ids = [...templateIds.values()];
  const ofTemplates = await (await templates()).read(ids, { withCreated: vms === 'all' });
  return new Map(
    found.map(([id, settings]) => {
      const template = ofTemplates.get(templateIds.get(id) ?? '');
      return [id, { ...template, settings: { ...settings, ...template?.settings } }];
    }),
  );
}

/** Whether a server's settings can still change: it is not cut over, disconnected or archived. */
function isChangeable(server: SourceServer): boolean {
  const state = jobStateOf(server);
  return state !== 'completed' && state !== 'failed';
}

/** Reads configurations of a server: one call for each, but for templates, which are read together later. */
async function readConfigurations(
  api: MgnApi,
  sourceServerID: string,
  wanted: Configurations,
  onTemplate: (id: string) => void,
): Promise<Settings> {
  const [launch, replication] = await Promise.all([
    wanted.has('launch') ? api.getLaunchConfiguration({ sourceServerID }) : undefined,
    wanted.has('replication') ? api.getReplicationConfiguration({ sourceServerID }) : undefined,
  ]);
  const templateId = launch?.ec2LaunchTemplateID;
  if (wanted.has('template') && templateId !== undefined) onTemplate(templateId);
  return { ...(launch && readLaunch(launch)), ...(replication && readReplication(replication)) };
}

/** Configurations of a server that are not in the listing of servers. */
type Configurations = ReadonlySet<'launch' | 'replication' | 'template' | 'actions'>;

const NONE: Configurations = new Set();
const LAUNCH_ONLY: Configurations = new Set(['launch']);
const REPLICATION_ONLY: Configurations = new Set(['replication']);
const ACTIONS_ONLY: Configurations = new Set(['actions']);
/** The id of the template is in the launch configuration. */
const WITH_TEMPLATE: Configurations = new Set(['launch', 'template']);
const ALL: Configurations = new Set(['launch', 'replication', 'template']);

/** The number of calls that reading configurations of one server takes. */
function callsOf(wanted: Configurations): number {
  return wanted.size - (wanted.has('template') ? 1 : 0);
}

/** Settings that the listings have. */
const LISTED: ReadonlySet<string> = new Set(['app', 'description', WAVE_NAME]);

/** Settings that no configuration is compared with. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['encrypted', MANAGE_WAVE]);

function withoutListed(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !LISTED.has(name)));
}

/** Returns the configurations that a setting is in. */
function configurationsOfSetting(name: string, value: unknown): Configurations {
  if (LISTED.has(name) || NOT_COMPARED.has(name)) return NONE;
  if (name === 'licenseType' && value === 'Auto') return NONE;
  if (name.startsWith(TEMPLATE)) return WITH_TEMPLATE;
  if (name.startsWith(`${ACTIONS}.`)) return ACTIONS_ONLY;
  return name === 'kmsKeyId' || name.startsWith(REPLICATION) ? REPLICATION_ONLY : LAUNCH_ONLY;
}

function configurationsOfVm({ settings }: ScopedVm): Configurations {
  if (settings === 'all') return ALL;
  return new Set(
    Object.entries(settings).flatMap(([name, value]) => [...configurationsOfSetting(name, value)]),
  );
}

/**
 * Returns a function that tells which configurations of a server VMs name. A VM is found by any of its identifiers, and
 * by another server of the same VM: more of them rather than fewer, since a setting that is not read seems to differ.
 */
function findConfigurations(
  all: readonly SourceServer[],
  vms: ObserveScope['vms'] = [],
): (server: SourceServer) => Configurations {
  if (vms === 'all') return () => ALL;
  const named = new Map<string, Configurations>();
  const add = (text: string, more: Configurations): void => {
    if (more.size > 0) named.set(text, new Set([...(named.get(text) ?? []), ...more]));
  };
  for (const vm of vms) {
    const configurations = configurationsOfVm(vm);
    for (const text of Object.values<string>({ ...vm.reference })) add(simpleName(text), configurations);
  }
  const lookUp = (texts: readonly string[]): Configurations =>
    new Set(texts.flatMap((text) => [...(named.get(text) ?? [])]));
  // A path finds the server without an agent, whose UUID the other one has too.
  const identifiers = new Map(all.map((server) => [server, identifiersOf(server)]));
  for (const [{ sourceProperties }, texts] of identifiers) {
    const uuid = sourceProperties?.identificationHints?.vmWareUuid;
    if (uuid !== undefined && uuid !== '') add(simpleName(uuid), lookUp(texts));
  }
  return (server) => lookUp(identifiers.get(server) ?? identifiersOf(server));
}

/** Returns the configurations in which landfall has written what it removes once git no longer names it. */
function configurationsOfTags(server: SourceServer): Configurations {
  return new Set([
    ...(readDocumentMarks(server).size > 0 ? LAUNCH_ONLY : NONE),
    ...(hasActionsTag(server) ? ACTIONS_ONLY : NONE),
  ]);
}

/** Returns a function that finds what git says of the post-launch actions of a server: actions are found by their ids. */
function findActions(vms: ObserveScope['vms'] = []): (server: SourceServer) => Settings {
  const byName = new Map<string, Settings>();
  for (const { settings, reference } of vms === 'all' ? [] : vms) {
    if (settings === 'all' || !namesActions(settings)) continue;
    for (const text of Object.values<string>({ ...reference }))
      byName.set(simpleName(text), { ...byName.get(simpleName(text)), ...settings });
  }
  return (server) => {
    const found = identifiersOf(server).map((text) => byName.get(text));
    return found.find((settings) => settings !== undefined) ?? {};
  };
}

/** Everything that a manifest may call a server. */
function identifiersOf(server: SourceServer): readonly string[] {
  const { serverId, name, path, vmWareUuid, otherNames = [] } = readServer(server) ?? {};
  return [serverId, name, path, vmWareUuid, ...otherNames].flatMap((text) =>
    text === undefined ? [] : [simpleName(text)],
  );
}

/** Returns a name without its domain, in lower case; a path without changes but for its case. */
function simpleName(text: string): string {
  const lower = text.toLowerCase();
  return lower.startsWith('/') ? lower : lower.replace(/\..*$/, '');
}
