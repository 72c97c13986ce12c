import type { Concern } from '../core/concern.ts';
import { rangeOf } from './locate.ts';
import type { Source } from './source.ts';
import type { Node, Path } from './yaml/node.ts';
import { readYaml } from './yaml/read.ts';

/** Trees of files in which something is wrong, read again to say where: those of sound files are never kept. */
const reread = new WeakMap<Source, readonly Node[]>();

/** Which document of which file something comes from. */
export interface Origin {
  readonly source: Source;
  /** Position among the documents that `readYaml` returns. */
  readonly document: number;
}

/** Place and excerpt of the value at `path`, or of the nearest value above it that is there. */
export function locate({ source, document }: Origin, path: Path): Pick<Concern, 'place' | 'excerpt'> {
  let roots = reread.get(source);
  if (roots === undefined) {
    roots = readYaml(source.text).roots;
    reread.set(source, roots);
  }
  const root = roots[document];
  return root === undefined ? {} : source.located(rangeOf(root, path));
}
