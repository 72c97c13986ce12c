import type { Connector, Settings, Tags } from '../records.ts';
import { omit } from '../../collections.ts';
import { arnOf, type MgnOperationContext, serverOf } from './context.ts';
import { conflict, notFound } from './errors.ts';
import { listPage, pageByNumber, type PageInput } from './page.ts';
import { checkTags } from './tags.ts';
import { wireServer } from './wire-server.ts';

interface ConnectorInput extends Settings {
  readonly connectorID: string;
}

export function createConnector(
  context: MgnOperationContext,
  { tags = {}, ...settings }: Settings & { readonly tags?: Tags },
): object {
  checkTags(tags);
  context.commit({ do: 'create-connector', settings, tags });
  const [made] = [...context.mgn.connectors.values()].slice(-1);
  return made === undefined ? {} : wireConnector(context, made);
}

export function updateConnector(context: MgnOperationContext, input: ConnectorInput): object {
  const connector = connectorOf(context, input);
  context.commit({ do: 'update-connector', id: connector.id, settings: omit(input, 'connectorID') });
  return wireConnector(context, connector);
}

/** Deletes a connector. Servers keep the name of their connector. */
export function deleteConnector(context: MgnOperationContext, input: ConnectorInput): object {
  context.commit({ do: 'delete-connector', id: connectorOf(context, input).id });
  return {};
}

export function listConnectors(
  context: MgnOperationContext,
  input: PageInput & { readonly filters?: { readonly connectorIDs?: readonly string[] } },
): object {
  const { connectorIDs = [] } = input.filters ?? {};
  const fits = ({ id }: Connector) => connectorIDs.length === 0 || connectorIDs.includes(id);
  const list = { operation: 'Connector', ...pageByNumber(context.mgn.connectors.values(), fits) };
  return listPage(context, list, input, (connector) => wireConnector(context, connector));
}

/** Sets how a connector reaches a server. */
export function updateSourceServer(
  context: MgnOperationContext,
  input: { readonly sourceServerID: string; readonly connectorAction?: { readonly connectorArn?: string } },
): object {
  const { id, archived } = serverOf(context, input.sourceServerID);
  const { connectorAction: action } = input;
  if (archived) throw conflict(`Source server ${id} is archived.`, 'SourceServer', [id]);
  if (action !== undefined) {
    const { connectorArn } = action;
    if (connectorArn !== undefined) checkArn(context, connectorArn);
    context.commit({ do: 'connector-action', id, action: { ...action } });
  }
  return wireServer(context, serverOf(context, id));
}

function checkArn(context: MgnOperationContext, arn: string): void {
  const [, id = ''] = arn.split('/');
  if (!context.mgn.connectors.has(id) || arn !== arnOf(context, 'connector', id))
    throw notFound('Connector', id);
}

/** Lists the accounts that this account manages: none. */
export function listManagedAccounts(context: MgnOperationContext, input: PageInput): object {
  const list = { operation: 'ManagedAccount', after: () => [], cursorOf: () => '' };
  return listPage(context, list, input, () => ({}));
}

function connectorOf({ mgn }: MgnOperationContext, { connectorID: id }: ConnectorInput): Connector {
  const connector = mgn.connectors.get(id);
  if (connector === undefined) throw notFound('Connector', id);
  return connector;
}

const wireConnector = (context: MgnOperationContext, { id, settings, tags }: Connector) => ({
  ...settings,
  connectorID: id,
  arn: arnOf(context, 'connector', id),
  tags,
});
