import { EXIT } from '../../core/error.ts';
import { renderConnectorsJson } from '../../report/connectors-json.ts';
import { renderConnectorsText } from '../../report/connectors-text.ts';
import type { Context } from '../context.ts';
import { type TargetFlags, withTarget } from '../target.ts';

/** `landfall connectors list`: the connectors of a target and how they are. */
export function list(context: Context, flags: TargetFlags): Promise<number> {
  return withTarget(context, flags, async ({ name, operations }) => {
    const connectors = await operations.connectors();
    const { colors } = context;
    context.print(
      flags.format === 'json'
        ? renderConnectorsJson(name, connectors)
        : renderConnectorsText(connectors, { colors }),
    );
    return EXIT.done;
  });
}
