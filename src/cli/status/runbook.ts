import { unreachableTargets } from '../../core/concern.ts';
import { EXIT } from '../../core/error.ts';
import { hideSecrets } from '../../core/text.ts';
import type { RunbookFormat } from '../../report/formats.ts';
import { RUNBOOK_RENDERERS } from '../../report/runbook.ts';
import { writeOutput } from '../../workflow/output-files.ts';
import { runbook as runbookOf } from '../../workflow/runbook.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly format: RunbookFormat;
  readonly out?: string;
}

/** `landfall runbook WAVE`: what people do in the night of its cut-over. */
export async function runbook(
  context: Context,
  { format, out }: Flags,
  [wave = '']: readonly string[],
): Promise<number> {
  const found = await runbookOf(context, wave);
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const text = RUNBOOK_RENDERERS[format](found.runbook);
  if (out === undefined) context.print(text);
  else await writeOutput(context.host, out, hideSecrets(text));
  return unreachableTargets(found.runbook.unreachable).length > 0 ? EXIT.error : EXIT.done;
}
