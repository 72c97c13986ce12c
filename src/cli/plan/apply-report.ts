import type { ApplyReport } from '../../core/apply-result.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { renderOutcomeJson } from '../../report/apply/outcome.ts';
import { hideSecrets } from '../../core/text.ts';
import { laterOutputFile, writeOutput } from '../../workflow/output-files.ts';
import type { Context } from '../context.ts';
import type { Host } from '../host.ts';

/** The content of a report until the run has ended; the report of a killed run keeps it. */
const UNFINISHED_RUN: ApplyReport = {
  exitCode: EXIT.error,
  error: {
    code: 'RUN_UNFINISHED',
    message: 'the run has not ended: it is in progress, or was killed',
    remedy: 'if it was killed, apply again, which continues from the current state',
  },
};

/**
 * Checks, before the run, that a report can be written at its end. Until then the file says that the run has not ended,
 * so that a run that is killed does not leave the report of an earlier run.
 * @returns writes the report; does nothing if no file is given
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function openReportFile(
  { host }: Context,
  file: string | undefined,
): Promise<(ending: ApplyReport) => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  await laterOutputFile(host, file);
  const write = (ending: ApplyReport): Promise<void> =>
    writeOutput(host, file, hideSecrets(renderOutcomeJson(ending)));
  await write(UNFINISHED_RUN);
  return write;
}

/** Returns the report of a run that ended with a thrown error. */
export function endingOfError(thrown: unknown): ApplyReport {
  if (!(thrown instanceof LandfallError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { exitCode: EXIT.error, error: { code: 'INTERNAL', message } };
  }
  const { exitCode, code, message, remedy } = thrown;
  return { exitCode, error: { code, message, ...(remedy !== undefined && { remedy }) } };
}

/**
 * Writes the report of an apply whose command line is invalid, where the command line names the file: otherwise the
 * report of an earlier run would pass for the report of this one.
 */
export async function reportUsage({ argv, env, cwd }: Host, error: unknown): Promise<void> {
  if (argv.find((word) => !word.startsWith('-')) !== 'apply') return;
  const file = reportFileOf(argv) ?? env['LANDFALL_REPORT'] ?? '';
  if (file === '') return;
  try {
    await writeOutput({ env, cwd }, file, hideSecrets(renderOutcomeJson(endingOfError(error))));
  } catch {
    // The error of the command line matters more.
  }
}

/** The file behind the last `--report`; undefined: none is named. */
function reportFileOf(argv: readonly string[]): string | undefined {
  const last = argv.findLastIndex((word) => /^--report(=|$)/.test(word));
  const word = argv[last];
  return word === '--report' ? argv[last + 1] : word?.slice('--report='.length);
}
