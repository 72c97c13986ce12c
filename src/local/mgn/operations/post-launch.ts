import { omit } from '../../collections.ts';
import type { ActionHolder } from '../commands.ts';
import { configuredActions } from '../post-launch.ts';
import type { Settings } from '../records.ts';
import { type MgnOperationContext, serverOf } from './context.ts';
import { conflict, invalidRequest, notFound } from './errors.ts';
import { listPage, type PageInput } from './page.ts';
import { templateOf } from './templates.ts';

/** Actions that a server or a template can have: a list has no more (API model). */
const MAX_ACTIONS = 100;

interface ActionInput extends Settings {
  readonly sourceServerID?: string;
  readonly launchConfigurationTemplateID?: string;
  readonly actionID: string;
}

/** Finds what the actions of a request belong to, and its actions. */
function holderOf(
  kind: ActionHolder['kind'],
  context: MgnOperationContext,
  input: Settings,
): { readonly holder: ActionHolder; readonly actions: readonly Settings[] } {
  if (kind === 'template') {
    const { id, actions = [] } = templateOf('launch', context, input);
    return { holder: { kind, id }, actions };
  }
  const server = serverOf(context, String(input['sourceServerID']));
  return { holder: { kind, id: server.id }, actions: configuredActions(context.mgn, server) };
}

/** Adds or replaces a post-launch action of a server or of a launch configuration template. */
export function putAction(
  kind: ActionHolder['kind'],
  context: MgnOperationContext,
  input: ActionInput,
): object {
  const { holder, actions } = holderOf(kind, context, input);
  const others = actions.filter(({ actionID }) => actionID !== input.actionID);
  checkArchived(holder, context);
  const same = others.find(({ order }) => order === input['order']);
  if (same !== undefined) {
    const [order, other] = [String(input['order']), String(same['actionID'])];
    throw conflict(`Order ${order} is that of action ${other}.`, 'SourceServerAction', [other]);
  }
  if (others.length >= MAX_ACTIONS) throw invalidRequest(`${holder.id} has ${MAX_ACTIONS} actions already.`);
  const { active = true, ...given } = omit(
    input,
    'accountID',
    'sourceServerID',
    'launchConfigurationTemplateID',
  );
  const action = { active, ...given };
  context.commit({ do: 'put-action', holder, action });
  return action;
}

/** Lists the actions of a server or of a launch configuration template, in their order. */
export function listActions(
  kind: ActionHolder['kind'],
  context: MgnOperationContext,
  input: PageInput & Settings & { readonly filters?: { readonly actionIDs?: readonly string[] } },
): object {
  const { holder, actions } = holderOf(kind, context, input);
  const { actionIDs = [] } = input.filters ?? {};
  const fits = ({ actionID }: Settings) => actionIDs.length === 0 || actionIDs.includes(String(actionID));
  return listPage<Settings>(
    context,
    {
      operation: `Actions ${holder.id}`,
      after: (cursor, count) =>
        actions.filter((one) => Number(one['order']) > Number(cursor) && fits(one)).slice(0, count),
      cursorOf: ({ order }) => String(order),
    },
    input,
    (action) => action,
  );
}

/** Removes an action of a server or of a launch configuration template. */
export function removeAction(
  kind: ActionHolder['kind'],
  context: MgnOperationContext,
  input: ActionInput,
): object {
  const { holder, actions } = holderOf(kind, context, input);
  if (actions.every(({ actionID }) => actionID !== input.actionID))
    throw notFound(kind === 'server' ? 'SourceServerAction' : 'TemplateAction', input.actionID);
  checkArchived(holder, context);
  context.commit({ do: 'remove-action', holder, actionID: input.actionID });
  return {};
}

function checkArchived({ kind, id }: ActionHolder, context: MgnOperationContext): void {
  if (kind === 'server' && serverOf(context, id).archived)
    throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
}
