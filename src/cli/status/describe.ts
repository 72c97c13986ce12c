import { unreachableTargets } from '../../core/concern.ts';
import { EXIT } from '../../core/error.ts';
import { renderDescriptionJson, renderDescriptionText } from '../../report/status/describe.ts';
import { describe as describeVm } from '../../workflow/runs/describe.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';

/** `landfall describe VM`: everything that is known of one VM, on a page. */
export async function describe(
  context: Context,
  flags: VmFlags,
  [name = '']: readonly string[],
): Promise<number> {
  const found = await describeVm(context, flags, name);
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const { description } = found;
  const { colors, columns, print } = context;
  print(
    flags.format === 'json'
      ? renderDescriptionJson(description)
      : renderDescriptionText(description, { colors, columns }),
  );
  return unreachableTargets(description.concerns).length > 0 ? EXIT.error : EXIT.done;
}
