import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { LandfallError } from '../core/error.ts';
import { formatSavedPlan, invalid, parseSavedPlan, type SavedPlan } from '../plan/saved/index.ts';
import { escapeJson } from '../report/json.ts';
import type { Context } from './context.ts';
import { outputFile } from './output-file.ts';
import { savedPlanProblem } from './saved-plan-schema.ts';

/** A hundred thousand changes take about 100 MB. */
const LARGEST = 200 * 1024 * 1024;

/**
 * Keeps a plan in a file, whole or not at all. Only its owner may read it: it says what a data centre holds.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writePlanFile({ host }: Context, file: string, saved: SavedPlan): Promise<void> {
  await writeWhole(outputFile(host, file), file, escapeJson(formatSavedPlan(saved)), 0o600);
}

/**
 * Reads a plan file.
 * @throws LandfallError FILE_UNREADABLE, or PLAN_FILE_INVALID where it holds anything but a plan of landfall's making
 */
export async function readPlanFile({ host }: Context, file: string): Promise<SavedPlan> {
  return parseSavedPlan(await readText(resolve(host.cwd, file), file), file, savedPlanProblem);
}

/** Writes a file atomically; `shown` is how the user calls it. */
export async function writeWhole(path: string, shown: string, text: string, mode?: number): Promise<void> {
  try {
    await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
  } catch (cause) {
    throw new LandfallError('FILE_UNWRITABLE', `${shown} cannot be written: ${reason(cause)}`, {
      remedy: 'name a file in a folder that is there and may be written',
      cause,
    });
  }
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw invalid(shown, 'is not a file');
      if (stats.size > LARGEST) throw invalid(shown, `has ${stats.size} bytes, and may have ${LARGEST}`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof LandfallError) throw cause;
    throw new LandfallError('FILE_UNREADABLE', `plan file ${shown} cannot be read: ${reason(cause)}`, {
      remedy: 'give the file that `landfall plan --out FILE` wrote',
      cause,
    });
  }
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}
