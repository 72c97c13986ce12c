import { EXIT } from '../../core/error.ts';
import { renderOutputsCsv, renderOutputsJson, renderOutputsText } from '../../report/status/outputs.ts';
import { findOutputs } from '../../workflow/runs/outputs.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly target?: readonly string[];
  readonly wave?: readonly string[];
  readonly format: 'text' | 'json' | 'csv';
}

/** `landfall output`: the AMI or instance of each VM, for people and for the next tool. */
export async function output(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const found = await findOutputs(context, { ...flags, names });
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const { colors, columns, print } = context;
  switch (flags.format) {
    case 'json':
      print(renderOutputsJson(found));
      break;
    case 'csv':
      print(renderOutputsCsv(found.outputs));
      break;
    case 'text':
      print(renderOutputsText(found, { colors, columns }));
  }
  return found.unreachable.length > 0 ? EXIT.error : EXIT.done;
}
