import { CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import type { UnmatchedFile } from '../core/desired.ts';
import { joinFirst, shorten } from '../core/text.ts';
import type { UnmatchedSource, WaveSources } from './files.ts';
import type { Project } from './model.ts';
import { readManifest } from './read-manifest.ts';
import { concernAt } from './rules/rule.ts';
import { textOf } from './yaml/node.ts';

/** What the globs of a project lack. */
interface CheckedGlobs {
  readonly concerns: readonly Concern[];
  /** The files with waves that no glob matches. */
  readonly unmatched: readonly UnmatchedFile[];
}

/**
 * Finds what is wrong with the globs of a project, each at its place in the list, and the wave files that no glob
 * matches. A default that nobody has written may match nothing where the project file itself has waves.
 */
export function checkGlobs(
  { globs, origin }: Project,
  { mistakes, unmatched: sources }: WaveSources,
  hasWaves: boolean,
): CheckedGlobs {
  const unmatched = sources.flatMap((source) => wavesOf(source) ?? []);
  if (globs.length === 0 && !hasWaves) {
    const message = 'waves is empty: no wave files are read';
    const none = { message, remedy: 'add a glob such as waves/**/*.yaml' };
    return { concerns: [concernAt('file.none', origin, ['waves'], none)], unmatched };
  }
  const wrong = mistakes.filter(({ glob: { index } }) => index !== undefined || !hasWaves);
  const isExplained = wrong.some(({ id }) => id === 'file.no-match');
  const concerns = wrong.map(({ glob: { pattern, index }, id }) => {
    const path = ['waves', ...(index === undefined ? [] : [index])];
    return concernAt(id, origin, path, GLOB_TEXTS[id](shorten(pattern), unmatched));
  });
  // A glob that matches nothing names the files that it was meant for.
  return { concerns: isExplained ? concerns : [...concerns, ...unmatched.map(unmatchedConcern)], unmatched };
}

/** Lists the waves of an unmatched file; returns nothing where it has none. */
function wavesOf({ source, path }: UnmatchedSource): UnmatchedFile | undefined {
  const { documents } = readManifest(source, 'wave file');
  const waves = documents.filter((root) => textOf(root, ['kind']) === 'Wave');
  if (waves.length === 0) return undefined;
  return {
    file: source.file,
    path,
    waves: waves.flatMap((root) => textOf(root, ['metadata', 'name']) ?? []),
  };
}

function unmatchedConcern({ file, path, waves }: UnmatchedFile): Concern {
  const [wave] = waves;
  const what = waves.length === 1 && wave !== undefined ? `the wave ${shorten(wave)}` : 'waves';
  return {
    id: 'file.unmatched',
    severity: CONCERNS['file.unmatched'].severity,
    message: `no glob of the project matches this file, which has ${what}`,
    remedy: `add a glob that matches it to waves in the project file, or exclude it with "!${shorten(path)}"`,
    place: { file, line: 1, column: 1 },
  };
}

const GLOB_TEXTS = {
  'file.no-match': (glob: string, unmatched: readonly UnmatchedFile[]) => ({
    message: `no file matches ${glob}`,
    remedy:
      unmatched.length === 0
        ? 'correct the glob, or remove it; write waves: [] for a project without wave files'
        : `correct the glob; it does not match ${joinFirst(unmatched.map(({ path }) => shorten(path)))}`,
  }),
  'file.outside-project': (glob: string) => ({
    message: `${glob} leads out of the folder of the project`,
    remedy: 'write a path below the project file',
  }),
};
