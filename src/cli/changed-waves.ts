import { realpathSync } from 'node:fs';
import { basename, dirname, posix, resolve } from 'node:path';
import { CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import { byText } from '../core/order.ts';
import { wavesOf } from '../manifest/index.ts';
import { escapeTerminal } from '../report/escape.ts';
import { changedFiles } from './changed-files.ts';
import type { Context } from './context.ts';
import { contentsOf, filesAt, type TreeFile } from './git-tree.ts';
import { within } from './manifests-at.ts';
import type { Manifests, Narrowing } from './planning.ts';
import { findRepository, mergeBase, type Repository } from './revision.ts';

/**
 * Narrows a plan to the waves whose files have changed since the working tree and a revision parted: those that the
 * files hold now, and those that they held then, whose jobs may have to go. A change of the project file concerns
 * every wave.
 * @throws LandfallError GIT_FAILED or REVISION_UNKNOWN
 */
export async function changedWaves(
  { host, log }: Context,
  { projectFile, desired, files }: Manifests,
  revision: string,
): Promise<Narrowing> {
  const folder = realpathSync(dirname(projectFile));
  const repository = await findRepository(host, folder);
  const base = await mergeBase(repository, revision);
  const inside = within(repository.top, folder);
  const changed = await changedFiles(repository, base, inside);
  const everything = (why: string): Narrowing => {
    log(`${escapeTerminal(why)} since ${escapeTerminal(revision)}: every wave is looked at\n`);
    return {};
  };

  const name = basename(projectFile);
  const cwd = realpathSync(host.cwd);
  const isChanged = (file: string): boolean => changed.has(resolve(cwd, file));
  const [shownProject = name] = files;
  if (changed.paths.includes(posix.join(inside, name)) || isChanged(shownProject)) {
    return everything(`${name} has changed`);
  }
  const before = await wavesAt(repository, base, changed.paths);
  if (before.broken !== undefined) return everything(`${before.broken} was broken, and has changed`);

  const now = desired.waves.filter(({ place }) => isChanged(place.file)).map((wave) => wave.name);
  const waves = new Set([...now, ...before.waves]);
  const others = desired.waves.filter((wave) => !waves.has(wave.name)).length;
  return { waves, targets: before.targets, concerns: [onlyThese(waves, others, revision)] };
}

interface WavesThen {
  readonly waves: readonly string[];
  readonly targets: ReadonlySet<string>;
  /** A file whose waves cannot all be told. */
  readonly broken?: string;
}

/** The waves that files held at a commit. */
async function wavesAt(repository: Repository, commit: string, paths: readonly string[]): Promise<WavesThen> {
  if (paths.length === 0) return { waves: [], targets: new Set() };
  const all = await filesAt(repository, commit, '');
  const byPath = new Map(all.map((file) => [file.path, file]));
  const waves: string[] = [];
  const targets = new Set<string>();
  const files = paths.flatMap((path) => byPath.get(path) ?? []);
  for await (const [file, content] of contentsOf(repository, await throughLinks(repository, files, all))) {
    const found = wavesOf(content);
    if (found.isBroken) return { waves, targets, broken: file.path };
    for (const { name, target } of found.waves) {
      waves.push(name);
      if (target !== undefined) targets.add(target);
    }
  }
  return { waves, targets };
}

/** The files, and in place of links the files that they led to at the time. */
async function throughLinks(
  repository: Repository,
  files: readonly TreeFile[],
  all: readonly TreeFile[],
): Promise<readonly TreeFile[]> {
  const found = files.filter(({ isLink }) => !isLink);
  const links = files.filter(({ isLink }) => isLink);
  for await (const [{ path }, content] of contentsOf(repository, links)) {
    const to = posix.join(posix.dirname(path), content.toString('utf8'));
    found.push(...all.filter((file) => !file.isLink && (file.path === to || file.path.startsWith(`${to}/`))));
  }
  return found;
}

function onlyThese(waves: ReadonlySet<string>, others: number, revision: string): Concern {
  const names = [...waves].toSorted(byText).join(', ');
  const since = `since ${revision}`;
  const rest =
    others === 0 ? '' : `; ${others === 1 ? '1 other wave is' : `${others} other waves are`} left out`;
  return {
    id: 'wave.not-looked-at',
    severity: CONCERNS['wave.not-looked-at'].severity,
    message:
      waves.size === 0
        ? `no wave file has changed ${since}, so this plan looks at none`
        : `this plan looks only at waves whose files have changed ${since} (${names})${rest}`,
    remedy: 'leave --changed-since out to look at all of them',
  };
}
