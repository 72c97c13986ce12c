import { EXIT, LandfallError } from '../../core/error.ts';
import { byKeys } from '../../core/lists.ts';
import type { Observed } from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
import { effectsOfDisassociation } from '../../journey/connectors.ts';
import { didYouMean } from '../../manifest/wording.ts';
import {
  renderConnectorsJson,
  renderConnectorsText,
  renderDisassociationJson,
  renderDisassociationText,
} from '../../report/account/connectors.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { type LockFlags, withLocks } from '../../workflow/locking/locks.ts';
import { requireOperations, type TargetFlags, withTarget } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';

/** `landfall connectors list`: the connectors of a target and how they are. */
export function connectorsList(context: Context, flags: TargetFlags): Promise<number> {
  return withTarget(context, flags, async ({ name, operations, observe }) => {
    const connectors = (await operations?.connectors()) ?? clientsOf(await observe());
    const { colors } = context;
    context.print(
      flags.format === 'json'
        ? renderConnectorsJson(name, connectors)
        : renderConnectorsText(connectors, { colors }),
    );
    return EXIT.done;
  });
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

interface DisassociateFlags extends TargetFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** `landfall connectors disassociate ID`: takes a connector away, after saying what will stall and asking. */
export function connectorsDisassociate(
  context: Context,
  flags: DisassociateFlags,
  [id = '']: readonly string[],
): Promise<number> {
  return withLocks(context, flags, 'connectors disassociate', async (locks) => {
    const code = await withTarget(
      context,
      flags,
      async ({ name, provider, project, operations: ofService, observe }) => {
        const operations = requireOperations(ofService, { name, provider }, 'connectors disassociate');
        const [connectors, { jobs }] = await Promise.all([operations.connectors(), observe()]);
        const connector = findConnector(connectors, id);
        const foreseen = effectsOfDisassociation(name, connector, connectors, jobs, project);
        announce(
          context,
          flags.autoApprove,
          renderDisassociationText(foreseen, { colors: context.errorColors }),
        );
        if (
          !(await requestApproval(context, flags.autoApprove, 'Disassociate this connector?')) ||
          !(await locks.canContinue())
        )
          return EXIT.error;
        await operations.disassociateConnector(id);
        context.print(
          flags.format === 'json'
            ? renderDisassociationJson(foreseen)
            : escapeTerminal(`Connector ${id} is disassociated.`) + '\n',
        );
        return EXIT.done;
      },
      locks,
    );
    return locks.lost === undefined ? code : EXIT.locked;
  });
}

function findConnector(connectors: readonly Connector[], id: string): Connector {
  const connector = connectors.find((candidate) => candidate.id === id);
  if (connector !== undefined) return connector;
  const ids = connectors.map((candidate) => candidate.id);
  throw new LandfallError('CONNECTOR_UNKNOWN', `there is no connector ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall connectors list` shows those that there are'),
  });
}
