import { closest, distance } from 'fastest-levenshtein';

/** Words longer than this are not typing mistakes, and comparing them costs. */
const MAX_WORD = 64;
/** Part of a word's letters that a typing mistake may change: two of "Auot", one of "AWX". */
const TOLERANCE = 0.4;

/**
 * Finds the known word that `word` was most likely meant to be: the nearest by edit distance, whatever its case, or a
 * word that begins with it. Returns nothing where no word is near.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > MAX_WORD || known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const nearest = closest(
    lower,
    known.map((candidate) => candidate.toLowerCase()),
  );
  const longer = Math.max(lower.length, nearest.length);
  // A word with no letter in common, such as b for a, is another word.
  const allowed = Math.min(longer - 1, Math.max(1, Math.round(longer * TOLERANCE)));
  const near = distance(lower, nearest) <= allowed;
  return known.find((candidate) => {
    const folded = candidate.toLowerCase();
    return near ? folded === nearest : lower.length >= 3 && folded.startsWith(lower);
  });
}

/** Returns a remedy: a question that names the word which was probably meant, or `otherwise` where no word is near. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const suggestion = suggest(word, known);
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
