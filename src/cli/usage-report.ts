import { EXIT } from '../core/error.ts';
import { renderOutcomeJson } from '../report/outcome-json.ts';
import type { Host } from './host.ts';
import { outputFile } from './output-file.ts';
import { writeWhole } from './saved-plan-files.ts';

/**
 * Writes the report of an apply whose command line makes no sense, where it says enough to tell where: the report of a
 * run before would pass for this one's.
 * @param said what the command line is told, `error: unknown option '--bogus'`
 */
export async function reportUsage({ argv, env, cwd }: Host, said: string): Promise<void> {
  if (argv.find((word) => !word.startsWith('-')) !== 'apply') return;
  const file = reportOf(argv) ?? env['LANDFALL_REPORT'] ?? '';
  if (file === '') return;
  const message = said.replace(/^error: /, '').split('\n')[0] ?? '';
  const remedy = '`landfall apply --help` tells how it is used';
  const text = renderOutcomeJson({ exitCode: EXIT.error, error: { code: 'USAGE', message, remedy } });
  try {
    await writeWhole(outputFile({ cwd }, file), file, text);
  } catch {
    // What is wrong has been said, and it is not this.
  }
}

/** The file behind the last `--report`; undefined: none is named. */
function reportOf(argv: readonly string[]): string | undefined {
  const last = argv.findLastIndex((word) => /^--report(=|$)/.test(word));
  const word = argv[last];
  return word === '--report' ? argv[last + 1] : word?.slice('--report='.length);
}
