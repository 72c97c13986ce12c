import { MAX_DESCRIPTION_LENGTH } from '../../core/limits.ts';
import type { Owner, PastJob } from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';

const MARKER_PREFIX = '[landfall:';

/** A job's description: its text, and the owner if it ends in landfall's marker. */
export interface Description {
  readonly text: string;
  readonly owner?: Owner;
  /** What a step of the cut-over has written before the marker. */
  readonly cutover?: CutoverMark;
}

/** How far a cut-over is, as its steps write it into the description of a job: jobs have no tags. */
export type CutoverMark = Pick<PastJob, 'finalizedAmi' | 'cutoverRun' | 'revertedRun'>;

const MARK_PATTERN =
  / ?\[landfall:(?:finalized (?<ami>ami-\w{1,40})|cut-over (?<run>[\w-]{1,60})|reverted (?<reverted>[\w-]{1,60}))\]$/;

/**
 * Reads `text [landfall:project/wave]` (design, rule 1). Only a marker at the very end counts: a text that merely
 * mentions one, however often, owns nothing. Takes time in proportion to the length, whatever the text.
 */
export function readDescription(description: string): Description {
  const start = description.lastIndexOf(MARKER_PREFIX);
  if (start < 0 || !description.endsWith(']')) return { text: description };
  const [project = '', wave = '', ...more] = description.slice(start + MARKER_PREFIX.length, -1).split('/');
  if (!isManifestName(project) || !isManifestName(wave) || more.length > 0) return { text: description };
  const before = description.slice(0, start).replace(/ $/, '');
  const owner = { project, wave };
  const found = MARK_PATTERN.exec(before);
  if (found === null) return { text: before, owner };
  const { ami, run, reverted } = found.groups ?? {};
  const cutover = {
    ...(ami !== undefined && { finalizedAmi: ami }),
    ...(run !== undefined && { cutoverRun: run }),
    ...(reverted !== undefined && { revertedRun: reverted }),
  };
  return { text: before.slice(0, found.index), owner, cutover };
}

/** Writes the marker of an owner (design, rule 1): `[landfall:project/wave]`. */
export function writeMarker({ project, wave }: Owner): string {
  return `${MARKER_PREFIX}${project}/${wave}]`;
}

/** Writes a description that ends in the mark of a cut-over and the owner's marker; a text that is too long is cut. */
export function writeDescription(text: string, owner: Owner, cutover: CutoverMark = {}): string {
  const marker = `${writeCutoverMark(cutover)}${writeMarker(owner)}`;
  const kept = truncate(text, MAX_DESCRIPTION_LENGTH - marker.length - 1);
  return kept === '' ? marker : `${kept} ${marker}`;
}

function writeCutoverMark({ finalizedAmi, cutoverRun, revertedRun }: CutoverMark): string {
  if (finalizedAmi !== undefined) return `[landfall:finalized ${finalizedAmi}] `;
  if (cutoverRun !== undefined) return `[landfall:cut-over ${cutoverRun}] `;
  return revertedRun === undefined ? '' : `[landfall:reverted ${revertedRun}] `;
}

/** At most `length` characters from the front, never half of one that takes two code units. */
function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(length, 0));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}
