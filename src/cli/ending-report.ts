import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ending } from '../core/ending.ts';
import { EXIT, LandfallError } from '../core/error.ts';
import { renderOutcomeJson } from '../report/outcome-json.ts';
import type { Context } from './context.ts';
import { outputFile, reasonOf } from './output-file.ts';
import { writeWhole } from './saved-plan-files.ts';

/** What a report says until the run has ended, and for good where it is killed. */
const UNFINISHED: Ending = {
  exitCode: EXIT.error,
  error: {
    code: 'RUN_UNFINISHED',
    message: 'the run has not come to its end: it goes on, or was killed',
    remedy: 'if it is gone, apply again, which goes on from what is there',
  },
};

/**
 * Makes sure, before anything is done, that a report can be written when it is over. Until then it says that the run has
 * not ended, whatever stood there before: a run that is killed leaves no report of another.
 * @returns what writes the report; nothing happens where none is asked for
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function openReport(
  { host }: Context,
  file: string | undefined,
): Promise<(ending: Ending) => Promise<void>> {
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
  const write = (ending: Ending): Promise<void> => writeWhole(path, file, renderOutcomeJson(ending));
  await write(UNFINISHED);
  return write;
}

/** How a run ended that something was thrown out of. */
export function endingOf(thrown: unknown): Ending {
  if (!(thrown instanceof LandfallError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { exitCode: EXIT.error, error: { code: 'INTERNAL', message } };
  }
  const { exitCode, code, message, remedy } = thrown;
  return { exitCode, error: { code, message, ...(remedy !== undefined && { remedy }) } };
}
