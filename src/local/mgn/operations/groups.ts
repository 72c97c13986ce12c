import { omitUndefined } from '../../collections.ts';
import type { Group, SourceServer, Tags } from '../records.ts';
import { type GroupKind, memberCount } from '../account.ts';
import {
  arnOf,
  GROUP_TYPES,
  type GroupInput,
  groupOf,
  isoTime,
  type MgnOperationContext,
  serversOf,
} from './context.ts';
import { conflict, quotaExceeded } from './errors.ts';
import { listPage, pageByNumber, type PageInput } from './page.ts';
import { checkTags } from './tags.ts';

/** The states in which a server does not prevent archiving its application; an archived server does not either. */
const FINISHED_STATES = new Set(['CUTOVER', 'DISCONNECTED']);

export function createGroup(
  kind: GroupKind,
  context: MgnOperationContext,
  input: { readonly name: string; readonly description?: string; readonly tags?: Tags },
): object {
  const { name, description, tags = {} } = input;
  checkTags(tags);
  checkName(kind, context, name);
  checkGroupQuota(kind, context);
  context.commit(omitUndefined({ do: 'create-group' as const, kind, name, tags, description }));
  const [made] = [...context.mgn.groups[kind].values()].slice(-1);
  return made === undefined ? {} : wireGroup(kind, context, made);
}

export function updateGroup(
  kind: GroupKind,
  context: MgnOperationContext,
  input: GroupInput & { readonly name?: string; readonly description?: string },
): object {
  const group = groupOf(kind, context, input);
  const { name, description } = input;
  if (name !== undefined && name !== group.name) checkName(kind, context, name);
  const change = omitUndefined({ name, description });
  context.commit({ do: 'update-group', kind, id: group.id, change });
  return wireGroup(kind, context, group);
}

export function deleteGroup(kind: GroupKind, context: MgnOperationContext, input: GroupInput): object {
  const { id, waveId } = groupOf(kind, context, input);
  const holds = kind === 'wave' ? 'applications' : 'source servers';
  if (memberCount(context.mgn, id) > 0)
    throw conflict(`${GROUP_TYPES[kind]} ${id} has ${holds}.`, GROUP_TYPES[kind], [id]);
  if (waveId !== undefined)
    throw conflict(`Application ${id} is in wave ${waveId}.`, GROUP_TYPES[kind], [id]);
  context.commit({ do: 'delete-group', kind, id });
  return {};
}

export function archiveGroup(kind: GroupKind, context: MgnOperationContext, input: GroupInput): object {
  const group = groupOf(kind, context, input);
  const open = serversOf(kind, context, group).filter(
    ({ archived, state }) => !archived && !FINISHED_STATES.has(state),
  );
  if (open.length > 0) {
    throw conflict(
      `${GROUP_TYPES[kind]} ${group.id} has source servers that are not archived, cut over or disconnected.`,
      'SourceServer',
      open.map(({ id }) => id),
    );
  }
  if (!group.archived) context.commit({ do: 'update-group', kind, id: group.id, change: { archived: true } });
  return wireGroup(kind, context, group);
}

export function unarchiveGroup(kind: GroupKind, context: MgnOperationContext, input: GroupInput): object {
  const group = groupOf(kind, context, input);
  if (group.archived) {
    checkGroupQuota(kind, context);
    context.commit({ do: 'update-group', kind, id: group.id, change: { archived: false } });
  }
  return wireGroup(kind, context, group);
}

export function listGroups(
  kind: GroupKind,
  context: MgnOperationContext,
  input: PageInput & {
    readonly filters?: {
      readonly applicationIDs?: readonly string[];
      readonly waveIDs?: readonly string[];
      readonly isArchived?: boolean;
    };
  },
): object {
  const { applicationIDs = [], waveIDs = [], isArchived } = input.filters ?? {};
  const ids = new Set(kind === 'wave' ? waveIDs : applicationIDs);
  const waves = new Set(kind === 'wave' ? [] : waveIDs);
  const fits = ({ id, archived, waveId = '' }: Group) =>
    (ids.size === 0 || ids.has(id)) &&
    (waves.size === 0 || waves.has(waveId)) &&
    (isArchived === undefined || isArchived === archived);
  const list = { operation: GROUP_TYPES[kind], ...pageByNumber(context.mgn.groups[kind].values(), fits) };
  return listPage(context, list, input, (group) => wireGroup(kind, context, group));
}

function checkName(kind: GroupKind, { mgn }: MgnOperationContext, name: string): void {
  for (const { id, name: taken } of mgn.groups[kind].values()) {
    if (taken === name)
      throw conflict(`${GROUP_TYPES[kind]} ${id} has the name ${name}.`, GROUP_TYPES[kind], [id]);
  }
}

function checkGroupQuota(kind: GroupKind, { mgn, quotas }: MgnOperationContext): void {
  const limit = kind === 'wave' ? quotas.activeWaves : quotas.activeApplications;
  let active = 0;
  for (const { archived } of mgn.groups[kind].values()) if (!archived) active += 1;
  if (active >= limit) throw quotaExceeded(`active ${kind}s`, limit);
}

function wireGroup(kind: GroupKind, context: MgnOperationContext, group: Group): object {
  const { id, name, description, archived, createdAt, modifiedAt, tags, waveId } = group;
  const servers = serversOf(kind, context, group);
  const status = {
    lastUpdateDateTime: isoTime(context.account.now),
    healthStatus: healthOf(servers),
    progressStatus: progressOf(servers),
  };
  return {
    [`${kind}ID`]: id,
    arn: arnOf(context, kind, id),
    name,
    description,
    isArchived: archived,
    creationDateTime: isoTime(createdAt),
    lastModifiedDateTime: isoTime(modifiedAt),
    tags,
    ...(kind === 'wave'
      ? {
          waveAggregatedStatus: {
            ...status,
            replicationStartedDateTime: isoTime(startOf(servers)),
            totalApplications: memberCount(context.mgn, id),
          },
        }
      : { waveID: waveId, applicationAggregatedStatus: { ...status, totalSourceServers: servers.length } }),
  };
}

function healthOf(servers: readonly SourceServer[]): string {
  const states = new Set(servers.map(({ replication }) => replication?.state));
  return states.has('STALLED') ? 'ERROR' : states.has('PAUSED') ? 'LAGGING' : 'HEALTHY';
}

function progressOf(servers: readonly SourceServer[]): string {
  if (servers.every(({ state }) => state === 'DISCOVERED' || state === 'PENDING_INSTALLATION'))
    return 'NOT_STARTED';
  return servers.every(({ state }) => state === 'CUTOVER') ? 'COMPLETED' : 'IN_PROGRESS';
}

/** Returns when the first of the servers began to replicate. */
function startOf(servers: readonly SourceServer[]): number | undefined {
  const times = servers.flatMap(({ replication }) => replication?.initiatedAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
