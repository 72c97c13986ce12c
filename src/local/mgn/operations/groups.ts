import type { Group, Tags } from '../records.ts';
import { memberCount } from '../world.ts';
import type { GroupKind } from '../world.ts';
import { GROUP_TYPES, groupOf, serversOf } from './desk.ts';
import type { GroupInput, MgnDesk } from './desk.ts';
import { conflict, overQuota } from './errors.ts';
import { listed, numberedAfter } from './paging.ts';
import type { PageInput } from './paging.ts';
import { checkTags } from './tags.ts';
import { wireGroup } from './wire-group.ts';

/** A server in one of these, or one that is archived, does not keep its application from being archived. */
const SETTLED = new Set(['CUTOVER', 'DISCONNECTED']);

export function createGroup(
  kind: GroupKind,
  desk: MgnDesk,
  input: { readonly name: string; readonly description?: string; readonly tags?: Tags },
): object {
  const { name, description, tags = {} } = input;
  checkTags(tags);
  checkName(kind, desk, name);
  checkRoom(kind, desk);
  desk.commit({
    do: 'create-group',
    kind,
    name,
    tags,
    ...(description === undefined ? {} : { description }),
  });
  const [made] = [...desk.mgn.groups[kind].values()].slice(-1);
  return made === undefined ? {} : wireGroup(kind, desk, made);
}

export function updateGroup(
  kind: GroupKind,
  desk: MgnDesk,
  input: GroupInput & { readonly name?: string; readonly description?: string },
): object {
  const group = groupOf(kind, desk, input);
  const { name, description } = input;
  if (name !== undefined && name !== group.name) checkName(kind, desk, name);
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  desk.commit({ do: 'update-group', kind, id: group.id, change });
  return wireGroup(kind, desk, group);
}

export function deleteGroup(kind: GroupKind, desk: MgnDesk, input: GroupInput): object {
  const { id, waveId } = groupOf(kind, desk, input);
  const holds = kind === 'wave' ? 'applications' : 'source servers';
  if (memberCount(desk.mgn, id) > 0)
    throw conflict(`${GROUP_TYPES[kind]} ${id} has ${holds}.`, GROUP_TYPES[kind], [id]);
  if (waveId !== undefined)
    throw conflict(`Application ${id} is in wave ${waveId}.`, GROUP_TYPES[kind], [id]);
  desk.commit({ do: 'delete-group', kind, id });
  return {};
}

export function archiveGroup(kind: GroupKind, desk: MgnDesk, input: GroupInput): object {
  const group = groupOf(kind, desk, input);
  const open = serversOf(kind, desk, group).filter(({ archived, state }) => !archived && !SETTLED.has(state));
  if (open.length > 0) {
    throw conflict(
      `${GROUP_TYPES[kind]} ${group.id} has source servers that are not archived, cut over or disconnected.`,
      'SourceServer',
      open.map(({ id }) => id),
    );
  }
  if (!group.archived) desk.commit({ do: 'update-group', kind, id: group.id, change: { archived: true } });
  return wireGroup(kind, desk, group);
}

export function unarchiveGroup(kind: GroupKind, desk: MgnDesk, input: GroupInput): object {
  const group = groupOf(kind, desk, input);
  if (group.archived) {
    checkRoom(kind, desk);
    desk.commit({ do: 'update-group', kind, id: group.id, change: { archived: false } });
  }
  return wireGroup(kind, desk, group);
}

export function listGroups(
  kind: GroupKind,
  desk: MgnDesk,
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
  const list = { operation: GROUP_TYPES[kind], ...numberedAfter(desk.mgn.groups[kind].values(), fits) };
  return listed(desk, list, input, (group) => wireGroup(kind, desk, group));
}

function checkName(kind: GroupKind, { mgn }: MgnDesk, name: string): void {
  for (const { id, name: taken } of mgn.groups[kind].values()) {
    if (taken === name)
      throw conflict(`${GROUP_TYPES[kind]} ${id} has the name ${name}.`, GROUP_TYPES[kind], [id]);
  }
}

function checkRoom(kind: GroupKind, { mgn, quotas }: MgnDesk): void {
  const limit = kind === 'wave' ? quotas.activeWaves : quotas.activeApplications;
  let active = 0;
  for (const { archived } of mgn.groups[kind].values()) if (!archived) active += 1;
  if (active >= limit) throw overQuota(`active ${kind}s`, limit);
}
