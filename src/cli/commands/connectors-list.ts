import { EXIT } from '../../core/error.ts';
import type { Observed } from '../../core/observed.ts';
import type { Connector } from '../../core/operations.ts';
import { byKeys } from '../../core/order.ts';
import { renderConnectorsJson } from '../../report/connectors-json.ts';
import { renderConnectorsText } from '../../report/connectors-text.ts';
import type { Context } from '../context.ts';
import { type TargetFlags, withTarget } from '../target.ts';

/** `landfall connectors list`: the connectors of a target and how they are. */
export function list(context: Context, flags: TargetFlags): Promise<number> {
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
