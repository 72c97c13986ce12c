import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import writeFileAtomic from 'write-file-atomic';
import type { Context } from '../../cli/context.ts';
import { LandfallError } from '../../core/error.ts';
import { formatSavedPlan, invalidPlanFile, parseSavedPlan } from '../../plan/saved/file.ts';
import type { SavedPlan } from '../../plan/saved/preconditions.ts';
import { escapeJson } from '../../report/text/json.ts';
import { outputFile } from '../files.ts';

/** A hundred thousand changes take about 100 MB. */
const MAX_PLAN_BYTES = 200 * 1024 * 1024;

/**
 * Keeps a plan in a file, whole or not at all. Only its owner may read it: it says what a data centre holds.
 * @throws LandfallError FILE_UNWRITABLE
 */
export async function writePlanFile({ host }: Context, file: string, saved: SavedPlan): Promise<void> {
  await writeFileAtomically(outputFile(host, file), file, escapeJson(formatSavedPlan(saved)), 0o600);
}

/**
 * Reads a plan file.
 * @throws LandfallError FILE_UNREADABLE, or PLAN_FILE_INVALID where it holds anything but a plan of landfall's making
 */
export async function readPlanFile({ host }: Context, file: string): Promise<SavedPlan> {
  return parseSavedPlan(await readPlanText(resolve(host.cwd, file), file), file, savedPlanProblem);
}

/** Writes a file atomically; `shown` is how the user calls it. */
export async function writeFileAtomically(
  path: string,
  shown: string,
  text: string,
  mode?: number,
): Promise<void> {
  try {
    await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
  } catch (cause) {
    throw new LandfallError('FILE_UNWRITABLE', `${shown} cannot be written: ${errorCodeOf(cause)}`, {
      remedy: 'name a file in a folder that is there and may be written',
      cause,
    });
  }
}

async function readPlanText(path: string, shown: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw invalidPlanFile(shown, 'is not a file');
      if (stats.size > MAX_PLAN_BYTES)
        throw invalidPlanFile(shown, `has ${stats.size} bytes, and may have ${MAX_PLAN_BYTES}`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof LandfallError) throw cause;
    throw new LandfallError('FILE_UNREADABLE', `plan file ${shown} cannot be read: ${errorCodeOf(cause)}`, {
      remedy: 'give the file that `landfall plan --out FILE` wrote',
      cause,
    });
  }
}

function errorCodeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}

/**
 * What is wrong with a saved plan by its schema (schemas/, beside both src/ and dist/): the first thing, in words.
 * Compiled when it is asked: most runs read no saved plan.
 */
export function savedPlanProblem(data: unknown): string | undefined {
  const url = new URL('../../../schemas/saved-plan.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(url, 'utf8')) as AnySchemaObject;
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, meta: false, validateSchema: false });
  const validate = ajv.compile(schema);
  if (validate(data)) return undefined;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath === '' ? 'the whole' : (error?.instancePath ?? '');
  return `${where} ${error?.message ?? 'does not fit the schema'}`;
}
