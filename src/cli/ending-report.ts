import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Ending } from '../core/ending.ts';
import { EXIT, LandfallError } from '../core/error.ts';
import { renderOutcomeJson } from '../report/outcome-json.ts';
import type { Context } from './context.ts';
import { writeWhole } from './saved-plan-files.ts';

/**
 * Makes sure, before anything is done, that a report can be written when it is over.
 * @returns what writes the report; nothing happens where none is asked for
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function openReport(
  { host }: Context,
  file: string | undefined,
): Promise<(ending: Ending) => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  const path = resolve(host.cwd, file);
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new LandfallError('FILE_UNWRITABLE', `the report cannot be written to ${file}`, {
      remedy: 'name a file in a folder that is there and may be written',
      cause,
    });
  });
  return (ending) => writeWhole(path, file, renderOutcomeJson(ending));
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
