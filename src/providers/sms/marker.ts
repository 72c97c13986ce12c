import { MAX_DESCRIPTION_LENGTH } from '../../core/limits.ts';
import type { Owner } from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';

const MARKER_PREFIX = '[landfall:';

/** A job's description: its text, and the owner if it ends in landfall's marker. */
export interface Description {
  readonly text: string;
  readonly owner?: Owner;
  /** The AMI of the cut-over, where the finalizing step has written it before the marker. */
  readonly finalizedAmi?: string;
}

const FINALIZED_PATTERN = / ?\[landfall:finalized (ami-\w{1,40})\]$/;

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
  const finalized = FINALIZED_PATTERN.exec(before);
  const text = finalized === null ? before : before.slice(0, finalized.index);
  const finalizedAmi = finalized?.[1];
  return { text, owner: { project, wave }, ...(finalizedAmi !== undefined && { finalizedAmi }) };
}

/** Writes the marker of an owner (design, rule 1): `[landfall:project/wave]`. */
export function writeMarker({ project, wave }: Owner): string {
  return `${MARKER_PREFIX}${project}/${wave}]`;
}

/**
 * Writes a description that ends in the owner's marker; a text that is too long for both is cut.
 * @param finalizedAmi the AMI of the cut-over, for a job that is about to be deleted because of it
 */
export function writeDescription(text: string, owner: Owner, finalizedAmi?: string): string {
  const proof = finalizedAmi === undefined ? '' : `[landfall:finalized ${finalizedAmi}] `;
  const marker = `${proof}${writeMarker(owner)}`;
  const kept = truncate(text, MAX_DESCRIPTION_LENGTH - marker.length - 1);
  return kept === '' ? marker : `${kept} ${marker}`;
}

/** At most `length` characters from the front, never half of one that takes two code units. */
function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(length, 0));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}
