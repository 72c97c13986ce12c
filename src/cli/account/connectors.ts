import { EXIT, LandfallError } from '../../core/error.ts';
import { byKeys } from '../../core/lists.ts';
import type { Observed } from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
import { effectsOfDisassociation } from '../../journey/connectors.ts';
import { didYouMean } from '../../core/suggest.ts';
import {
  renderConnectorsJson,
  renderConnectorsText,
  renderDisassociationJson,
  renderDisassociationText,
} from '../../report/account/connectors.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { type LockOptions, Locks } from '../../workflow/locking/locks.ts';
import { readAccountManifests } from '../../workflow/local-endpoint.ts';
import { openTarget, requireFeature } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, exitCodeUnder, showInvalidManifests } from '../context.ts';
import type { AccountFlags } from '../flags.ts';

/** `landfall connectors list`: the connectors of a target and how they are. */
export async function connectorsList(context: Context, flags: AccountFlags): Promise<number> {
  const manifests = readAccountManifests(context, flags.state);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using open = await openTarget(context, manifests, flags.target);
  const connectors = (await open.operations?.connectors()) ?? clientsOf(await open.observe());
  const { colors } = context;
  context.print(
    flags.format === 'json'
      ? renderConnectorsJson(open.target.name, connectors)
      : renderConnectorsText(connectors, { colors }),
  );
  return EXIT.done;
}

/** What stands in the place of connectors where a service has none: the appliances that it does have. */
function clientsOf({ connectors }: Observed): readonly Connector[] {
  return connectors
    .map(({ id, healthy, name, vmManagerId }) => ({
      id,
      healthy,
      ...(name !== undefined && { vmManagerName: name }),
      ...(vmManagerId !== undefined && { vmManagerId }),
    }))
    .toSorted(byKeys(({ id }) => id));
}

interface DisassociateFlags extends AccountFlags, LockOptions {
  readonly autoApprove?: boolean;
}

/** `landfall connectors disassociate ID`: takes a connector away, after saying what will stall and asking. */
export async function connectorsDisassociate(
  context: Context,
  flags: DisassociateFlags,
  [id = '']: readonly string[],
): Promise<number> {
  await using locks = new Locks(context, flags, 'connectors disassociate');
  const manifests = readAccountManifests(context, flags.state);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using open = await openTarget(context, manifests, flags.target, locks);
  const { target, project } = open;
  const operations = requireFeature(open.operations, target, 'connectors disassociate');
  const [connectors, { jobs }] = await Promise.all([operations.connectors(), open.observe()]);
  const connector = findConnector(connectors, id);
  const foreseen = effectsOfDisassociation(target.name, connector, connectors, jobs, project);
  const { errorColors: colors } = context;
  announce(context, flags.autoApprove, renderDisassociationText(foreseen, { colors }));
  const approved = await requestApproval(context, flags.autoApprove, 'Disassociate this connector?');
  if (!approved || !(await locks.canContinue())) return await exitCodeUnder(locks, EXIT.error);
  await operations.disassociateConnector(id);
  context.print(
    flags.format === 'json'
      ? renderDisassociationJson(foreseen)
      : escapeTerminal(`Connector ${id} is disassociated.`) + '\n',
  );
  return await exitCodeUnder(locks, EXIT.done);
}

function findConnector(connectors: readonly Connector[], id: string): Connector {
  const connector = connectors.find((candidate) => candidate.id === id);
  if (connector !== undefined) return connector;
  const ids = connectors.map((candidate) => candidate.id);
  throw new LandfallError('CONNECTOR_UNKNOWN', `there is no connector ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall connectors list` shows those that there are'),
  });
}
