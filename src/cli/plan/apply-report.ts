import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ApplyReport } from '../../core/apply-result.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { renderOutcomeJson } from '../../report/apply/outcome.ts';
import { outputFile, reasonOf, writeFileAtomically } from '../../workflow/files.ts';
import type { Context } from '../context.ts';
import type { Host } from '../host.ts';

/** What a report says until the run has ended, and for good where it is killed. */
const UNFINISHED_RUN: ApplyReport = {
  exitCode: EXIT.error,
  error: {
    code: 'RUN_UNFINISHED',
    message: 'the run has not come to its end: it goes on, or was killed',
    remedy: 'if it has died, apply again, which continues from the current state',
  },
};

/**
 * Makes sure, before anything is done, that a report can be written when it is over. Until then it says that the run has
 * not ended, whatever stood there before: a run that is killed leaves no report of another.
 * @returns what writes the report; nothing happens where none is asked for
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function openReportFile(
  { host }: Context,
  file: string | undefined,
): Promise<(ending: ApplyReport) => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  const path = outputFile(host, file);
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new LandfallError(
      'FILE_UNWRITABLE',
      `the report cannot be written to ${file}: ${reasonOf(cause)}`,
      {
        remedy: 'name a file in a folder that is there and may be written',
        cause,
      },
    );
  });
  const write = (ending: ApplyReport): Promise<void> =>
    writeFileAtomically(path, file, renderOutcomeJson(ending));
  await write(UNFINISHED_RUN);
  return write;
}

/** How a run ended that something was thrown out of. */
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
    await writeFileAtomically(outputFile({ cwd }, file), file, renderOutcomeJson(endingOfError(error)));
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
