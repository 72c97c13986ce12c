import { EXIT } from '../../core/error.ts';
import type { ListingFormat } from '../../report/formats.ts';
import {
  renderOutputsCsv,
  renderOutputsJson,
  renderOutputsMarkdown,
  renderOutputsText,
} from '../../report/status/outputs.ts';
import { findOutputs } from '../../workflow/runs/outputs.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly target?: readonly string[];
  readonly wave?: readonly string[];
  readonly format: ListingFormat;
}

type Outputs = Parameters<typeof renderOutputsText>[0];

const RENDERERS: Readonly<Record<ListingFormat, (found: Outputs, context: Context) => string>> = {
  text: renderOutputsText,
  json: renderOutputsJson,
  csv: ({ outputs }) => renderOutputsCsv(outputs),
  markdown: renderOutputsMarkdown,
};

/** `landfall output`: the AMI or instance of each VM, for people and for the next tool. */
export async function output(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const found = await findOutputs(context, { ...flags, names });
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  context.print(RENDERERS[flags.format](found, context));
  return found.unreachable.length > 0 ? EXIT.error : EXIT.done;
}
