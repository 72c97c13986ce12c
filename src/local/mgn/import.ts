import { omitUndefined } from '../collections.ts';
import { addServer } from './agents.ts';
import {
  activeServerCount,
  ensureServer,
  findServer,
  type GroupKind,
  memberCount,
  type MgnSimulationContext,
} from './account.ts';
import { executeMgnCommand, type MgnCommand } from './commands.ts';
import { defaultVersionOf, launchTemplateOf, withColumns } from './launch-template.ts';
import type {
  ImportedInventory,
  ImportedResource,
  Settings,
  SourceServer,
  Tags,
  Transfer,
  TransferError,
} from './records.ts';
import { DEFAULT_QUOTAS, type MgnQuotas } from './quotas.ts';
import { configuredLaunch } from './settings.ts';

/** The simulation, and what an import has done so far. */
interface Import {
  readonly simulation: MgnSimulationContext;
  readonly quotas: MgnQuotas;
  /** The ids of waves and applications by their keys in the file. */
  readonly ids: Map<string, string>;
  readonly counts: Record<keyof ImportedInventory, { createdCount: number; modifiedCount: number }>;
  readonly errors: TransferError[];
}

/**
 * Ends an import: creates and changes what its file names. A file with a mistake changes nothing; what the state of the account
 * does not allow is an error of its row only.
 */
export function endImport(simulation: MgnSimulationContext, transfer: Transfer): void {
  const { inventory, quotas = DEFAULT_QUOTAS } = transfer;
  delete transfer.inventory;
  delete transfer.quotas;
  const zero = () => ({ createdCount: 0, modifiedCount: 0 });
  const counts = { waves: zero(), applications: zero(), servers: zero() };
  const run: Import = { simulation, quotas, ids: new Map(), counts, errors: [...transfer.errors] };
  if (inventory !== undefined) {
    const { waves, applications, servers } = inventory;
    run.errors.push(...unknownIds(simulation, inventory));
    if (run.errors.length === 0) {
      for (const one of waves) importGroup(run, 'wave', one);
      for (const one of applications) importGroup(run, 'application', one);
      importServers(run, servers);
    }
  }
  transfer.errors = run.errors;
  transfer.summary = counts;
}

/** A resource that is named by an id must exist (user guide, "Import parameters"). */
function unknownIds(
  { account, mgn }: MgnSimulationContext,
  { waves, applications, servers }: ImportedInventory,
): TransferError[] {
  const check = (all: readonly ImportedResource[], name: string, exists: (id: string) => boolean) =>
    all.flatMap(({ id, row }): TransferError[] =>
      id === undefined || exists(id)
        ? []
        : [{ type: 'VALIDATION_ERROR', row, message: `There is no ${name} ${id}.` }],
    );
  return [
    ...check(waves, 'wave', (id) => mgn.groups.wave.has(id)),
    ...check(applications, 'application', (id) => mgn.groups.application.has(id)),
    ...check(servers, 'source server', (id) => findServer(account.inventory, mgn, id) !== undefined),
  ];
}

const GROUPS = {
  wave: { plural: 'waves', quota: 'activeWaves', arn: 'wave', id: 'waveID' },
  application: {
    plural: 'applications',
    quota: 'activeApplications',
    arn: 'application',
    id: 'applicationID',
  },
} as const;

const keyOf = ({ id, name = '' }: ImportedResource): string => id ?? name;

/** Creates or changes a wave or an application, and puts an application into its wave. */
function importGroup(run: Import, kind: GroupKind, one: ImportedResource): void {
  const { mgn } = run.simulation;
  const { plural, quota } = GROUPS[kind];
  const groups = mgn.groups[kind];
  const { name = '', tags } = one;
  const description = omitUndefined({ description: one.values['description'] });
  let group =
    one.id === undefined ? [...groups.values()].find((other) => other.name === name) : groups.get(one.id);
  const isNew = group === undefined;
  if (group === undefined) {
    const limit = run.quotas[quota];
    if ([...groups.values()].filter(({ archived }) => !archived).length >= limit) {
      refuse(run, one, `the limit of ${limit} active ${plural} is exceeded`);
      return;
    }
    execute(run, { do: 'create-group', kind, name, tags, ...description });
    [group] = [...groups.values()].slice(-1);
  }
  if (group === undefined) return;
  const { id } = group;
  run.ids.set(`${kind} ${keyOf(one)}`, id);
  const change = { ...description, ...(one.id !== undefined && one.name !== undefined ? { name } : {}) };
  const changed = [
    ...(differs(group, change) ? [{ do: 'update-group', kind, id, change } as const] : []),
    ...tagChange(GROUPS[kind].arn, id, group.tags, tags),
    ...memberChange(run, 'wave', one, id, group.waveId, 'applicationsPerWave'),
  ];
  finish(run, plural, isNew, changed);
}

/** Creates servers, which wait for their agents, or changes them. */
function importServers(run: Import, all: readonly ImportedResource[]): void {
  const { simulation, quotas } = run;
  const { account, mgn } = simulation;
  const byName = new Map(
    [...mgn.servers.values()].flatMap(({ id, deleted, archived, machine: { userProvidedId } }) =>
      userProvidedId === undefined || deleted === true || archived ? [] : [[userProvidedId, id] as const],
    ),
  );
  let count = activeServerCount(account.inventory, mgn);
  for (const one of all) {
    const id = one.id ?? byName.get(one.name ?? '');
    if (id === undefined && count >= quotas.nonArchivedServers) {
      refuse(run, one, `the limit of ${quotas.nonArchivedServers} source servers is exceeded`);
      continue;
    }
    if (id === undefined) count += 1;
    const server =
      id === undefined ? addServer(simulation, machineOf(one)) : ensureServer(account.inventory, mgn, id);
    importServer(run, one, server, id === undefined);
  }
}

/** Returns what an import says of a server before its agent reports it. */
function machineOf({ name = '', tags, values }: ImportedResource): SourceServer['machine'] {
  const fqdn = values['fqdn-for-action-framework'];
  const os = values['platform']?.toLowerCase();
  return {
    ...{ serverId: '', vmId: '', path: '', managerId: '', managerName: '', gigabytes: 1 },
    name: tags['Name'] ?? fqdn ?? name,
    os: os === undefined ? '' : os === 'windows' ? 'Windows Server' : 'Linux',
    userProvidedId: name,
    ...omitUndefined({ fqdn }),
  };
}

function importServer(run: Import, one: ImportedResource, server: SourceServer, isNew: boolean): void {
  const { mgn } = run.simulation;
  const { id, machine } = server;
  if (server.archived) {
    refuse(run, one, `source server ${id} is archived`, { sourceServerID: id });
    return;
  }
  if (one.name !== undefined && (machine.userProvidedId ?? one.name) !== one.name) {
    refuse(run, one, `the user-provided ID of ${id} cannot change`, { sourceServerID: id });
    return;
  }
  const fqdn = one.values['fqdn-for-action-framework'];
  const facts = omitUndefined({ fqdnForActionFramework: fqdn });
  const isOther = differs(server, facts) || (one.name !== undefined && machine.userProvidedId === undefined);
  Object.assign(server, facts);
  if (one.name !== undefined) server.machine = { ...machine, userProvidedId: one.name };
  const settings = launchSettings(one.launch);
  const { data } = defaultVersionOf(server);
  const template = withColumns(data, one.launch);
  const isTemplateNew = JSON.stringify(template) !== JSON.stringify(data);
  if (one.launch['instance-type'] !== undefined && data['InstanceType'] !== template['InstanceType'])
    settings['targetInstanceTypeRightSizingMethod'] = 'NONE';
  const changes: MgnCommand[] = [
    ...tagChange('source-server', id, server.tags, one.tags),
    ...memberChange(run, 'application', one, id, server.applicationId, 'serversPerApplication'),
  ];
  if (differs(configuredLaunch(mgn, server), settings))
    changes.push({ do: 'configure', kind: 'launch', id, settings });
  if (isTemplateNew) {
    const version = 1 + Math.max(...launchTemplateOf(server).versions.map(({ number }) => number));
    changes.push({ do: 'template-version', id, data: template });
    changes.push({ do: 'template-default', id, version });
  }
  finish(run, 'servers', isNew, changes, isOther);
}

/** Executes the changes of a resource, and counts it. */
function finish(
  run: Import,
  kind: keyof ImportedInventory,
  isNew: boolean,
  changes: readonly MgnCommand[],
  isOther = false,
): void {
  for (const change of changes) execute(run, change);
  if (isNew) run.counts[kind].createdCount += 1;
  else if (isOther || changes.length > 0) run.counts[kind].modifiedCount += 1;
}

function execute({ simulation }: Import, command: MgnCommand): void {
  executeMgnCommand(simulation, command);
}

function refuse({ errors }: Import, { row, name }: ImportedResource, why: string, ids?: Settings): void {
  const message = `${name === undefined ? '' : `${name}: `}${why}.`;
  errors.push({ type: 'PROCESSING_ERROR', row, message, ...omitUndefined({ ids }) });
}

function differs(before: object, given: object): boolean {
  const known = before as Settings;
  return Object.entries(given).some(([name, value]) => JSON.stringify(known[name]) !== JSON.stringify(value));
}

/** Adds and overwrites tags; a file removes none. */
function tagChange(type: string, id: string, before: Tags, given: Tags): MgnCommand[] {
  return differs(before, given) ? [{ do: 'tags', type, id, tags: { ...before, ...given } }] : [];
}

/** Moves a server into its application, or an application into its wave. */
function memberChange(
  run: Import,
  kind: GroupKind,
  { parent, ...one }: ImportedResource,
  id: string,
  before: string | undefined,
  quota: 'serversPerApplication' | 'applicationsPerWave',
): MgnCommand[] {
  const { mgn } = run.simulation;
  const to = parent === undefined ? undefined : run.ids.get(`${kind} ${parent}`);
  if (to === undefined || to === before) return [];
  if (mgn.groups[kind].get(to)?.archived === true) {
    refuse(run, one, `${kind} ${to} is archived`, { [GROUPS[kind].id]: to });
    return [];
  }
  if (memberCount(mgn, to) >= run.quotas[quota]) {
    refuse(run, one, `the limit of ${run.quotas[quota]} members of ${kind} ${to} is exceeded`);
    return [];
  }
  return [{ do: 'assign', ids: [id], to }];
}

/** Returns the launch settings that columns change. */
function launchSettings(launch: Tags): Record<string, unknown> {
  const licensing = launch['placement:operating-system-licensing'];
  const copyTags = launch['transfer-server-tags'];
  return omitUndefined({
    licensing: licensing === undefined ? undefined : { osByol: licensing.toLowerCase() === 'byol' },
    copyTags: copyTags === undefined ? undefined : copyTags.toLowerCase() === 'true',
  });
}
