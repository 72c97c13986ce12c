import { LandfallError } from '../../core/error.ts';
import { digestOf } from './canonical.ts';
import type { SavedPlan } from './saved-plan.ts';
import { unsoundness } from './sound.ts';

const FORMAT = 'landfall-plan';
/** Versions are not read across: what was reviewed must be what runs, to the last key. */
const VERSION = '1.0';

/** What a check of data against the schema of saved plans found wrong, in words; undefined: nothing. */
export type SchemaCheck = (data: unknown) => string | undefined;

/** The text of the file that keeps a plan. */
export function formatSavedPlan({ plan, preconditions }: SavedPlan): string {
  const body = { format: FORMAT, format_version: VERSION, plan, preconditions };
  return `${JSON.stringify({ ...body, digest: digestOf(body) }, null, 1)}\n`;
}

/**
 * Reads the text of such a file, which may come from anywhere. The digest tells edits and accidents; it is no
 * signature, so what the plan says is checked too: it can do nothing to jobs of others.
 *
 * @throws LandfallError `PLAN_FILE_INVALID` for anything but a whole plan of this version that nobody has edited
 */
export function parseSavedPlan(text: string, file: string, check: SchemaCheck): SavedPlan {
  const data = parseJson(text, file);
  const { format, format_version: version } = isRecord(data) ? data : {};
  if (format !== FORMAT) throw invalid(file, 'is not a plan that landfall has saved');
  if (version !== VERSION) {
    const found =
      typeof version === 'string'
        ? `format version ${JSON.stringify(version.slice(0, 20))}`
        : 'no format version';
    throw invalid(file, `has ${found}, and this landfall reads ${VERSION}`);
  }
  const wrong = check(data);
  if (wrong !== undefined) throw invalid(file, `is damaged or has been edited: ${wrong}`);

  const { digest, ...body } = data as SavedPlan & { readonly digest: string };
  if (digest !== digestOf(body)) {
    throw invalid(file, 'is damaged or has been edited: its digest does not fit what it says');
  }
  const { plan, preconditions } = body;
  const unsound = unsoundness({ plan, preconditions });
  if (unsound !== undefined) throw invalid(file, `is not a plan of landfall's making: ${unsound}`);
  return { plan, preconditions };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(file, 'is not whole, or not JSON');
  }
}

/** An error about a plan file. */
export function invalid(file: string, what: string): LandfallError {
  return new LandfallError('PLAN_FILE_INVALID', `plan file ${file} ${what}`, {
    remedy: 'save a plan anew with `landfall plan --out FILE`',
  });
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null;
}
