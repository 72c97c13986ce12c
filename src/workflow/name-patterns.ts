import picomatch from 'picomatch';
import type { Concern } from '../core/concern.ts';
import { type ErrorCode, LandfallError } from '../core/error.ts';
import { describeTargets } from '../core/lock.ts';
import { NAME_TOLERANCE, oneOf, suggest } from '../core/suggest.ts';
import type { NameMatcher } from '../journey/subjects.ts';

/**
 * Whether a name fits one of the patterns: a pattern that is one of the `known` names means that name alone, and any
 * other is a glob. Without patterns everything fits.
 */
export function matcher(
  patterns: readonly string[] | undefined,
  known: Iterable<string> = [],
): NameMatcher | undefined {
  if (patterns === undefined) return undefined;
  const all = new Set(known);
  const names = new Set(patterns);
  const globs = patterns
    .filter((pattern) => pattern !== '' && !all.has(pattern))
    // Parentheses after a space belong to a label, as in `jenkins (vc-*)`.
    .map((pattern) => pattern.replace(/ \((.*)\)$/, ' \\($1\\)'))
    .map((pattern) => picomatch(pattern, { dot: true, nonegate: true }));
  return (name) => names.has(name) || globs.some((glob) => glob(name));
}

/**
 * Refuses a pattern that fits nothing: a misspelt `--wave` must not read as "no changes".
 * @param names all that a pattern may fit
 * @param more `suggested`: those of them that are worth a suggestion; `catalog`: names of VMs of the catalogue that
 *   `names` lacks; `unreachable`: the targets that could not be read, which may have what the pattern means
 * @throws LandfallError with `code`, naming the pattern and the name nearest to it
 */
export function requireMatch(
  code: ErrorCode,
  what: string,
  patterns: readonly string[] | undefined,
  names: Iterable<string>,
  more: {
    readonly suggested?: Iterable<string>;
    readonly catalog?: readonly string[];
    readonly unreachable?: readonly Concern[];
  } = {},
): void {
  if (patterns === undefined || patterns.length === 0) return;
  const known = [...new Set(names)].sort();
  for (const pattern of patterns) {
    const fits = matcher([pattern], known);
    if (fits !== undefined && known.some(fits)) continue;
    const { suggested = known, catalog = [], unreachable = [] } = more;
    const worth = [...new Set(suggested)].sort();
    const tolerance = code === 'VM_UNKNOWN' ? NAME_TOLERANCE : undefined;
    const unread = unreachable.flatMap(({ target }) => target ?? []);
    // What one catalogue has may be in a wave of a target that could not be read.
    const meant = suggest(pattern, [...worth, ...(unread.length === 0 ? catalog : [])], tolerance);
    const isInNoWave = meant !== undefined && !known.includes(meant);
    const question = isInNoWave ? `${meant}, which is in the catalogue and in no wave` : meant;
    const where =
      unread.length === 0 ? '' : `, apart from ${describeTargets(unread)}, which could not be read`;
    throw new LandfallError(code, `no ${what} is named ${JSON.stringify(pattern)}${where}`, {
      remedy:
        isInNoWave && meant === pattern
          ? 'the catalogue has it, and no wave does: add it to a wave file'
          : question === undefined
            ? `give ${oneOf(what, worth)}, or a glob`
            : `did you mean ${question}?`,
    });
  }
}
