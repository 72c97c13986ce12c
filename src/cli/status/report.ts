import { unreachableTargets } from '../../core/concern.ts';
import { EXIT } from '../../core/error.ts';
import { hideSecrets, quoteShellWord } from '../../core/text.ts';
import { renderReport, renderReportNote } from '../../report/html/page.ts';
import { laterOutputFile, writeOutput } from '../../workflow/output-files.ts';
import { report as projectReport } from '../../workflow/runs/report.ts';
import { version } from '../../workflow/shipped-files.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly out: string;
  readonly target?: readonly string[];
  readonly wave?: readonly string[];
}

/** `landfall report [WAVE…]`: status, forecast and calendar as one page for a browser. */
export async function report(
  context: Context,
  { out, target, wave = [] }: Flags,
  names: readonly string[],
): Promise<number> {
  // A minute of reading is not lost for a folder that does not exist.
  await laterOutputFile(context.host, out);
  const waves = [...names, ...wave];
  const found = await projectReport(context, { waves, ...(target !== undefined && { target }) });
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const targets = (target ?? []).flatMap((name) => ['--target', name]);
  const command = ['landfall', 'report', ...waves, ...targets, '--out', out].map(quoteShellWord).join(' ');
  const page = renderReport(found.report, { command, version: version() });
  await writeOutput(context.host, out, hideSecrets(page));
  context.log(renderReportNote(found.report, out));
  return unreachableTargets(found.report.status.concerns).length > 0 ? EXIT.error : EXIT.done;
}
