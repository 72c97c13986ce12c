import { closest, distance } from 'fastest-levenshtein';
import { replaceInvisible } from './text.ts';

/** Words longer than this are not typing mistakes, and comparing them costs. */
const MAX_WORD = 64;
/** Part of a word's letters that a typing mistake may change: two of "Auot", one of "AWX". */
const TOLERANCE = 0.4;

/** Part of a name's letters that a typing mistake may change. Names of VMs are alike: of `web-prod-1`, `web-test-1` is none. */
export const NAME_TOLERANCE = 0.25;

/**
 * Removes what people and tools add to a name by accident: spaces around it, quotes, characters that cannot be seen,
 * upper case. Spaces of any kind become one space, and `%2f`, which vCenter writes for a slash, a slash.
 */
export function normalizeName(name: string): string {
  return replaceInvisible(name, () => '')
    .replace(/\s+/gu, ' ')
    .replace(/^[ '"`‘’“”]+|[ '"`‘’“”]+$/g, '')
    .replace(/%2f/gi, '/')
    .toLowerCase();
}

/**
 * Finds the known word that `word` was most likely meant to be: one that differs only as `normalizeName` says, or else the
 * nearest by edit distance, or else a word that begins with it. Returns nothing where no word is near: a number is near
 * no other number. Compares `word` with each known word once.
 * @param tolerance part of the letters that may differ, 0 to 1
 */
export function suggest(word: string, known: readonly string[], tolerance = TOLERANCE): string | undefined {
  const plain = normalizeName(word);
  if (plain.length === 0 || plain.length > MAX_WORD || known.length === 0) return undefined;
  const words = known.map(normalizeName);
  const same = words.indexOf(plain);
  if (same >= 0) return known[same];
  if (/^\d+$/.test(plain)) return undefined;
  const nearest = closest(plain, words);
  const longer = Math.max(plain.length, nearest.length);
  // A word with no letter in common, such as b for a, is another word.
  const allowed = Math.min(longer - 1, Math.max(1, Math.round(longer * tolerance)));
  const near = distance(plain, nearest) <= allowed;
  const index = words.findIndex((candidate) =>
    near ? candidate === nearest : plain.length >= 3 && candidate.startsWith(plain),
  );
  return known[index];
}

/** Returns a remedy: a question that names the word which was probably meant, or `otherwise` where no word is near. */
export function didYouMean(
  word: string,
  known: readonly string[],
  otherwise: string,
  tolerance = TOLERANCE,
): string {
  const suggestion = suggest(word, known, tolerance);
  return suggestion === undefined ? otherwise : `did you mean ${suggestion}?`;
}

/** Most names that a remedy lists. */
const MAX_LISTED = 6;

/** Lists the names to choose from: `one of a, b`, or `the name of a target` where there are many. */
export function oneOf(what: string, known: readonly string[]): string {
  const [only, ...more] = known;
  if (only === undefined || known.length > MAX_LISTED || known.some((name) => name.length > MAX_WORD))
    return `the name of a ${what}`;
  return more.length === 0 ? `${only}, the only ${what}` : `one of ${known.join(', ')}`;
}
