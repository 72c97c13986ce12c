import { isAbsolute, posix, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { firstOf } from '../report/words.ts';

/** Files that are named without `--verbose`. */
const NAMED = 2;

/**
 * Says which of some wave files no command would read, as they stand where the project does not look.
 *
 * @param folder the project's
 * @param globs those of its wave files; absent: there is no project yet
 * @returns one note, or none
 */
export function unseenNotes(
  folder: string,
  globs: readonly string[] | undefined,
  files: readonly { readonly path: string; readonly shown: string }[],
): readonly string[] {
  if (globs === undefined) return [];
  const fromFolder = (path: string): string => relative(folder, path).replaceAll(sep, '/');
  const patterns = (from: readonly string[]): string[] =>
    from.map((glob) => (isAbsolute(glob) ? fromFolder(glob) : posix.normalize(glob)));
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  // As the manifests are read: braces and brackets mean themselves.
  const isSeen = picomatch(patterns(wanted), {
    ignore: patterns(unwanted),
    nobrace: true,
    noextglob: true,
    nobracket: true,
  });
  const unseen = files.filter(({ path }) => !isSeen(fromFolder(path)));
  if (unseen.length === 0) return [];
  const names = firstOf(
    unseen.map(({ shown }) => shown),
    NAMED,
  );
  const where = globs.map((glob) => JSON.stringify(glob)).join(', ');
  return [
    `the project does not read ${names}: it looks for waves in ${where}; give another --out, or add a glob to the project file`,
  ];
}
