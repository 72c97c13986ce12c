import type { ConcernId } from '../../core/concern-ids.ts';
import { findUnprintable } from './characters.ts';
import { readFull } from './full.ts';
import type { Node } from './node.ts';
import { readPlain } from './plain.ts';
import type { Problem } from '../problem.ts';

/** Problems of one text beyond which the rest is noise: random bytes make one a line. */
const MAX_PROBLEMS = 50;

/** The documents of a text that are not empty, and all that is wrong with it as YAML, in order of place. */
export function readYaml(text: string): { roots: Node[]; problems: Problem[] } {
  const unprintable = findUnprintable(text);
  if (unprintable !== undefined) return { roots: [], problems: [unprintable] };
  const roots = readPlain(text);
  if (roots !== undefined) return { roots, problems: [] };
  const full = readFull(text);
  return { roots: full.roots, problems: firstOfEachLine(full.problems, text).slice(0, MAX_PROBLEMS) };
}

const STUMBLES: ReadonlySet<string> = new Set<ConcernId>(['yaml.syntax', 'yaml.tab']);

/** The parser stumbles several times over one mistake; what it says first about a line is the best of it. */
function firstOfEachLine(problems: readonly Problem[], text: string): Problem[] {
  const sorted = [...problems].sort((a, b) => a.start - b.start);
  return sorted.filter(({ id, start }, index) => {
    const before = sorted[index - 1];
    return !STUMBLES.has(id) || before?.id !== id || text.slice(before.start, start).includes('\n');
  });
}
