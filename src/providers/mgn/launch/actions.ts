import {
  paginateListSourceServerActions,
  paginateListTemplateActions,
  type PutSourceServerActionRequest,
  type SourceServer,
  type SourceServerActionDocument,
  type SsmDocument,
} from '@aws-sdk/client-mgn';
import type { Settings, SettingValue } from '../../../core/desired.ts';
import { LandfallError } from '../../../core/error.ts';
import { quote } from '../../../core/text.ts';
import { isServiceError } from '../../aws/errors.ts';
import { listItems } from '../../aws/paging.ts';
import type { MgnApi } from '../api.ts';
import { ACTIONS_TAG, hasActionsTag } from '../marker.ts';
import { type ChangeContext, serverIdOf, tagServer, untagServer } from '../source-server.ts';
import {
  ACTION_MEMBERS,
  type ActionMember,
  ACTIONS,
  isOwnAction,
  itemsOf,
  ownActionId,
  parameterEntries,
  withParameter,
} from './post-launch.ts';

/** The largest order of an action (API model). */
const MAX_ORDER = 10_000;

type Action = Omit<PutSourceServerActionRequest, 'sourceServerID'>;

/** What actions belong to: a server, or the launch configuration template. */
interface Holder {
  /** In words: `source server s-1`. */
  readonly name: string;
  list(): Promise<readonly SourceServerActionDocument[]>;
  put(action: Action): Promise<unknown>;
  remove(actionID: string): Promise<unknown>;
}

function serverHolder(api: MgnApi, sourceServerID: string): Holder {
  return {
    name: `source server ${sourceServerID}`,
    list: () => listServerActions(api, sourceServerID),
    put: (action) => api.putSourceServerAction({ ...action, sourceServerID }),
    remove: (actionID) => api.removeSourceServerAction({ sourceServerID, actionID }),
  };
}

/** Lists the actions of a server in their order. */
function listServerActions(
  api: MgnApi,
  sourceServerID: string,
): Promise<readonly SourceServerActionDocument[]> {
  return listItems((size) => paginateListSourceServerActions({ client: api, ...size }, { sourceServerID }));
}

/**
 * Reads the actions of a server as settings.
 * @param wanted what git says of them; undefined: nothing
 */
export async function observeActions(
  api: MgnApi,
  { sourceServerID = '' }: SourceServer,
  wanted: Settings = {},
  project = '',
): Promise<Settings> {
  return readActions(await listServerActions(api, sourceServerID), wanted, project);
}

/**
 * Reads the actions of a server as settings. Each has the name that git gives it, by its id, or its own; a second one of
 * the same name has its id in the name.
 * @param wanted the settings in git of the VM
 */
function readActions(
  actions: readonly SourceServerActionDocument[],
  wanted: Settings,
  project: string,
): Settings {
  const names = new Map<string, string>();
  for (const name of itemsOf(Object.keys(wanted), ACTIONS))
    names.set(String(wanted[`${ACTIONS}.${name}.actionID`] ?? ownActionId(project, name)), name);
  const settings: Record<string, SettingValue> = {};
  const taken = new Set(actions.flatMap(({ actionID = '' }) => names.get(actionID) ?? []));
  for (const action of actions) {
    const { actionID = '', actionName = '' } = action;
    const named = names.get(actionID);
    const name = named ?? (taken.has(actionName) ? `${actionName} (${actionID})` : actionName);
    taken.add(name);
    const members = (Object.keys(ACTION_MEMBERS) as ActionMember[]).map((one) => [one, action[one]] as const);
    const renamed =
      named !== undefined && named !== actionName ? ([['actionName', actionName]] as const) : [];
    for (const [member, value] of [...members, ...renamed, ...parameterEntries(action)])
      if (value !== undefined) settings[`${ACTIONS}.${name}.${member}`] = value;
  }
  return settings;
}

/** Returns the input of PutSourceServerAction or PutTemplateAction for an action, beside what it belongs to. */
function writeAction(settings: Settings, actionName: string, actionID: string) {
  const prefix = `${ACTIONS}.${actionName}.`;
  const own = Object.entries(settings).filter(([name]) => name.startsWith(prefix));
  const members: Record<string, unknown> = { active: true };
  let document: SsmDocument = { actionName, ssmDocumentName: undefined };
  for (const [name, value] of own) {
    const [group = '', parameter] = name.slice(prefix.length).split('.');
    if (parameter === undefined) members[group] = value;
    else document = withParameter(document, group === 'parameters', parameter, String(value));
  }
  const { parameters, externalParameters } = document;
  delete members['actionName'];
  return {
    ...members,
    ...{ actionID, actionName },
    documentIdentifier: String(members['documentIdentifier']),
    order: Number(members['order']),
    ...(parameters !== undefined && { parameters }),
    ...(externalParameters !== undefined && { externalParameters }),
  };
}

/** Which actions change, by the names of settings. */
export interface ActionChange {
  readonly changed: Settings;
  /** Names of settings that leave git; an action leaves with its `documentIdentifier`. */
  readonly removed: readonly string[];
  /** All settings after the change. */
  readonly after: Settings;
  readonly project: string;
}

/**
 * Makes the actions of a server say what git says: one call for each action that differs, after those that are removed.
 * A tag tells later runs that the server may have actions of the project.
 * @throws LandfallError SERVICE_ERROR, also if somebody else's action has an order that git asks for
 */
export async function changeActions(
  context: ChangeContext,
  server: SourceServer,
  change: ActionChange,
): Promise<void> {
  const { project, after } = change;
  const names = itemsOf([...Object.keys(change.changed), ...change.removed], ACTIONS);
  if (names.size === 0) return;
  const holder = serverHolder(context.api, serverIdOf(server));
  const mayBeOwn = (name: string): boolean => {
    const id = after[`${ACTIONS}.${name}.actionID`];
    return id === undefined || isOwnAction(project, id);
  };
  const isTagged = hasActionsTag(server);
  if (!isTagged && [...names].some(mayBeOwn)) await tagServer(context, server, ACTIONS_TAG);
  const left = await writeActions(holder, names, change, (name) => ownActionId(project, name));
  if (isTagged && !left.some((id) => isOwnAction(project, id)))
    await untagServer(context, server, Object.keys(ACTIONS_TAG));
}

/** Removes and writes actions. Returns the ids of those that there are then. */
async function writeActions(
  holder: Holder,
  names: ReadonlySet<string>,
  { removed, after }: Pick<ActionChange, 'removed' | 'after'>,
  newId: (name: string) => string,
): Promise<readonly string[]> {
  const current = new Map((await holder.list()).map((one) => [one.actionID ?? '', one]));
  const idOf = (name: string): string => {
    const id = after[`${ACTIONS}.${name}.actionID`];
    if (id !== undefined) return String(id);
    const own = newId(name);
    // An action of that name which nobody has compared yet: a copy of one of the template.
    const same = [...current.values()].find(({ actionName }) => actionName === name);
    return current.has(own) ? own : (same?.actionID ?? own);
  };
  const isRemoved = (name: string): boolean => removed.includes(`${ACTIONS}.${name}.documentIdentifier`);
  for (const name of [...names].filter(isRemoved)) {
    const id = idOf(name);
    await holder.remove(id).catch((error: unknown) => {
      if (!isServiceError(error, 'ResourceNotFoundException')) throw error;
    });
    current.delete(id);
  }
  const open = [...names].filter((name) => !isRemoved(name));
  await putAll(
    holder,
    open.map((name) => writeAction(after, name, idOf(name))),
    new Map([...current].map(([id, { order = 0 }]) => [order, id])),
    current,
  );
  return [...current.keys(), ...open.map(idOf)];
}

/**
 * Writes actions one after the other, each once its order is free: two actions of a server cannot have the same. Where
 * actions exchange their orders, one goes to a free order first.
 */
async function putAll(
  holder: Holder,
  actions: readonly Action[],
  holders: Map<number, string>,
  current: ReadonlyMap<string, SourceServerActionDocument>,
): Promise<void> {
  const open = new Map(actions.map((action) => [action.actionID, action]));
  const wanted = new Set(actions.map(({ order }) => order));
  const put = async (action: Action): Promise<void> => {
    await holder.put(action);
    for (const [order, id] of holders) if (id === action.actionID) holders.delete(order);
    holders.set(action.order ?? 0, action.actionID ?? '');
  };
  while (open.size > 0) {
    const free = [...open.values()].find(({ order = 0, actionID }) => {
      const id = holders.get(order);
      return id === undefined || id === actionID;
    });
    if (free !== undefined) {
      await put(free);
      open.delete(free.actionID);
      continue;
    }
    const blocked = [...open.values()].find(({ order = 0 }) => open.has(holders.get(order)));
    if (blocked === undefined) throw orderTakenError(holder, [...open.values()], holders, current);
    const other = current.get(holders.get(blocked.order ?? 0) ?? '');
    let order = MAX_ORDER;
    while (holders.has(order) || wanted.has(order)) order -= 1;
    const { actionID, actionName, documentIdentifier } = other ?? {};
    await put({ ...other, actionID, actionName, documentIdentifier, order });
  }
}

function orderTakenError(
  { name }: Holder,
  [first]: readonly Action[],
  holders: ReadonlyMap<number, string>,
  current: ReadonlyMap<string, SourceServerActionDocument>,
): LandfallError {
  const { actionName = '', order = 0 } = first ?? {};
  const id = holders.get(order) ?? '';
  return new LandfallError(
    'SERVICE_ERROR',
    `post-launch action ${quote(actionName)} has the order ${order}, which action ${quote(current.get(id)?.actionName ?? id)} of ${name} has`,
    { remedy: 'choose another order in the manifest, or change the other action' },
  );
}

/** Whose actions of a template are: their copies on servers are not the project's own, since no wave names them. */
const ofTemplate = (project: string): string => `template of ${project}`;

/**
 * Makes the actions of the launch configuration template say what a target says. Servers that begin to replicate get a
 * copy of those that fit their operating system.
 * @returns whether it has changed any
 */
export async function changeTemplateActions(
  api: MgnApi,
  launchConfigurationTemplateID: string,
  setup: Settings,
  project: string,
): Promise<boolean> {
  const target = { launchConfigurationTemplateID };
  const list = await listItems((size) => paginateListTemplateActions({ client: api, ...size }, target));
  const idOf = (name: string): string =>
    String(setup[`${ACTIONS}.${name}.actionID`] ?? ownActionId(ofTemplate(project), name));
  const wanted = [...itemsOf(Object.keys(setup), ACTIONS)].map((name) =>
    writeAction(setup, name, idOf(name)),
  );
  const byId = new Map(list.map((one) => [one.actionID ?? '', one]));
  const differing = wanted.filter((action) => {
    const there: object = byId.get(action.actionID) ?? {};
    return Object.entries(action).some(
      ([member, value]) => JSON.stringify(value) !== JSON.stringify(there[member as keyof typeof there]),
    );
  });
  const ids = new Set(wanted.map(({ actionID }) => actionID));
  const gone = list.filter(
    ({ actionID = '' }) => !ids.has(actionID) && isOwnAction(ofTemplate(project), actionID),
  );
  for (const { actionID } of gone) await api.removeTemplateAction({ ...target, actionID });
  const left = list.filter((one) => !gone.includes(one));
  await putAll(
    {
      name: `launch configuration template ${launchConfigurationTemplateID}`,
      list: () => Promise.resolve(left),
      put: (action) => api.putTemplateAction({ ...action, ...target }),
      remove: (actionID) => api.removeTemplateAction({ ...target, actionID }),
    },
    differing,
    new Map(left.map(({ order = 0, actionID = '' }) => [order, actionID])),
    new Map(left.map((one) => [one.actionID ?? '', one])),
  );
  return gone.length + differing.length > 0;
}
