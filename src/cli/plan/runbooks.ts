import { join } from 'node:path';
import type { Runbook } from '../../core/results/runbook.ts';
import { hideSecrets } from '../../core/text.ts';
import { RUNBOOK_RENDERERS, RUNBOOK_TITLE } from '../../report/runbook.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { pluralize } from '../../report/text/words.ts';
import { replaceFiles } from '../../workflow/output-files.ts';
import type { Context } from '../context.ts';

/** Writes runbooks to a folder, a file for each wave, in the place of those that an earlier run has left there. */
export async function writeRunbooks(
  { host, log }: Context,
  folder: string,
  runbooks: readonly Runbook[],
): Promise<void> {
  const files = runbooks.map((one) => ({
    name: `${one.wave}.md`,
    text: hideSecrets(RUNBOOK_RENDERERS.markdown(one)),
  }));
  await replaceFiles(host, folder, { ending: '.md', beginning: RUNBOOK_TITLE }, files);
  const names = files.map(({ name }) => escapeTerminal(join(folder, name)));
  if (names.length > 0) log(`Wrote ${pluralize(names.length, 'runbook')}: ${names.join(', ')}.\n`);
}
