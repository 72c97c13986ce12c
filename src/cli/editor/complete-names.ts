import { join } from 'node:path';
import type { Desired } from '../../core/desired.ts';
import { EXIT } from '../../core/error.ts';
import { byText } from '../../core/lists.ts';
import { loadProject } from '../../manifest/load.ts';
import { completionCandidates, unquoteBash } from '../../report/editor/completion.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import type { Context } from '../context.ts';

/**
 * `landfall __complete SHELL KIND -- CURRENT WORD…`: the names of the project at hand that begin as the current word
 * does, one a line, in a form that the shell may insert. It reads manifests only, and is silent where something is
 * wrong with them: TAB is no place for errors.
 */
export function completeNames(context: Context, _flags: unknown, args: readonly string[]): number {
  const [shell = '', kind = '', current = '', ...words] = args;
  try {
    const { host } = context;
    const named = projectOf(shell === 'bash' ? words.map(unquoteBash) : words, host.env['HOME']);
    const projectFile = findProjectFile(named === undefined ? context : { ...context, projectFile: named });
    const { desired } = loadProject({ projectFile, cwd: host.cwd, now: host.clock.now() });
    if (desired === undefined) return EXIT.done;
    const names = (typed: string) => namesOf(desired, kind, typed);
    context.print(
      completionCandidates(names, current, shell)
        .map((line) => `${line}\n`)
        .join(''),
    );
  } catch {
    // No project here, or none that can be read.
  }
  return EXIT.done;
}

/** What `--project` says on the line; the shell has not put the home folder in yet. */
function projectOf(words: readonly string[], home: string | undefined): string | undefined {
  const last = words.slice(0, -1);
  const glued = last.findLast((word) => word.startsWith('--project='))?.slice('--project='.length);
  const behind = last.lastIndexOf('--project');
  const file = glued ?? (behind < 0 ? undefined : last[behind + 1]);
  return file?.startsWith('~/') === true && home !== undefined ? join(home, file.slice(2)) : file;
}

function namesOf({ waves, vms, targets }: Desired, kind: string, typed: string): readonly string[] {
  const ofWaves = () => waves.map(({ name }) => name);
  const ofVms = () =>
    vms.map(({ address, reference: { name } }) => (typed.includes('/') ? address : (name ?? address)));
  const names: Record<string, () => readonly string[]> = {
    wave: ofWaves,
    target: () => targets.map(({ name }) => name),
    vm: ofVms,
    address: () => vms.map(({ address }) => address),
    name: () => [...ofWaves(), ...ofVms()],
  };
  return [...new Set(names[kind]?.() ?? [])].toSorted(byText);
}
