import { EXIT } from '../../core/error.ts';
import {
  renderConnectorsJson,
  renderConnectorsText,
  renderDisassociationJson,
  renderDisassociationText,
} from '../../report/account/connectors.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { disassociateConnector, listConnectors } from '../../workflow/account/connectors.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { AccountFlags } from '../flags.ts';
import { printChange } from './print-change.ts';

/** `landfall connectors list`: the connectors of a target and their health. */
export async function connectorsList(context: Context, flags: AccountFlags): Promise<number> {
  const result = await listConnectors(context, flags);
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { target, connectors } = result;
  const { colors, columns } = context;
  context.print(
    flags.format === 'json'
      ? renderConnectorsJson(target, connectors)
      : renderConnectorsText(connectors, { colors, columns }),
  );
  return EXIT.done;
}

interface DisassociateFlags extends AccountFlags, LockOptions {
  readonly autoApprove?: boolean;
}

/** `landfall connectors disassociate ID`: removes a connector, after asking; lists the jobs that will stall. */
export async function connectorsDisassociate(
  context: Context,
  { autoApprove, format, ...flags }: DisassociateFlags,
  [id = '']: readonly string[],
): Promise<number> {
  const { errorColors: colors } = context;
  const result = await disassociateConnector(context, id, {
    ...flags,
    approve: (effects) => {
      announce(context, autoApprove, renderDisassociationText(effects, { colors }));
      return requestApproval(context, autoApprove, 'Disassociate this connector?');
    },
  });
  return printChange(context, result, (effects) =>
    format === 'json'
      ? renderDisassociationJson(effects)
      : escapeTerminal(`Connector ${id} is disassociated.`) + '\n',
  );
}
