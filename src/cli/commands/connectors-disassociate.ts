import { EXIT, LandfallError } from '../../core/error.ts';
import type { Connector } from '../../core/operations.ts';
import { didYouMean } from '../../manifest/suggest.ts';
import { renderDisassociationJson } from '../../report/connectors-json.ts';
import { renderDisassociation } from '../../report/disassociation-text.ts';
import { escapeTerminal } from '../../report/escape.ts';
import { foreseeDisassociation } from '../../status/disassociate.ts';
import { announce, approved } from '../approval.ts';
import type { Context } from '../context.ts';
import { type LockFlags, withLocks } from '../locking.ts';
import { supported } from '../not-supported.ts';
import { type TargetFlags, withTarget } from '../target.ts';

interface Flags extends TargetFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** `landfall connectors disassociate ID`: takes a connector away, after saying what will stall and asking. */
export function disassociate(context: Context, flags: Flags, [id = '']: readonly string[]): Promise<number> {
  return withLocks(context, flags, 'connectors disassociate', async (locks) => {
    const code = await withTarget(
      context,
      flags,
      async ({ name, project, operations: ofService, observe }) => {
        const operations = supported(ofService, name, 'connectors disassociate');
        const [connectors, { jobs }] = await Promise.all([operations.connectors(), observe()]);
        const connector = find(connectors, id);
        const foreseen = foreseeDisassociation(name, connector, connectors, jobs, project);
        announce(context, flags.autoApprove, renderDisassociation(foreseen, { colors: context.errorColors }));
        if (
          !(await approved(context, flags.autoApprove, 'Disassociate this connector?')) ||
          !(await locks.mayGoOn())
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

function find(connectors: readonly Connector[], id: string): Connector {
  const connector = connectors.find((candidate) => candidate.id === id);
  if (connector !== undefined) return connector;
  const ids = connectors.map((candidate) => candidate.id);
  throw new LandfallError('CONNECTOR_UNKNOWN', `there is no connector ${JSON.stringify(id)}`, {
    remedy: didYouMean(id, ids, '`landfall connectors list` shows those that there are'),
  });
}
