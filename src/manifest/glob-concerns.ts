import type { Concern } from '../core/concern.ts';
import { concern } from './concern.ts';
import type { GlobMistake } from './files.ts';
import type { Project } from './model.ts';
import { shorten } from './shorten.ts';

/**
 * What is wrong with the globs of a project, each at its place in the list. A default that nobody has written may
 * fit nothing where the project file itself holds waves.
 */
export function globConcerns(
  { globs, origin }: Project,
  mistakes: readonly GlobMistake[],
  hasWaves: boolean,
): Concern[] {
  if (globs.length === 0 && !hasWaves) {
    const message = 'waves is empty: no wave files are read';
    return [
      concern('file.none', origin, ['waves'], { message, remedy: 'add a glob such as waves/**/*.yaml' }),
    ];
  }
  return mistakes.flatMap(({ glob: { pattern, index }, id }) => {
    if (index === undefined && hasWaves) return [];
    return [
      concern(id, origin, ['waves', ...(index === undefined ? [] : [index])], WORDS[id](shorten(pattern))),
    ];
  });
}

const WORDS = {
  'file.none': (glob: string) => ({
    message: `no file matches ${glob}`,
    remedy: 'add a wave file, or correct waves',
  }),
  'file.outside-project': (glob: string) => ({
    message: `${glob} leads out of the folder of the project`,
    remedy: 'write a path below the project file',
  }),
};
