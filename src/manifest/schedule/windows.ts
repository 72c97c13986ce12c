import picomatch from 'picomatch';
import type { MaintenanceWindow } from '../../core/desired.ts';
import { type Project, rootOf, type Wave } from '../model.ts';
import { rangeOf } from '../yaml/node.ts';

/** Returns the windows of a project, with the names of the waves that each is about. */
export function windowsOf(
  { windows, origin }: Project,
  waves: readonly Pick<Wave, 'name'>[],
): readonly MaintenanceWindow[] {
  const names = waves.map(({ name }) => name);
  return windows.map((window, index) => ({
    ...window,
    waves: names.filter((name) => matchesAny(window.waves, name)),
    place: origin.source.place(rangeOf(rootOf(origin), ['windows', index]).start),
  }));
}

/** Whether one of the globs matches a name, and none with a leading `!`. */
function matchesAny(globs: readonly string[], name: string): boolean {
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const included = globs.filter((glob) => !glob.startsWith('!'));
  const matches = (glob: string): boolean => picomatch.isMatch(name, glob);
  return (included.length === 0 || included.some(matches)) && !excluded.some(matches);
}
