import { realpathSync } from 'node:fs';
import { basename, dirname, posix, relative, resolve, sep } from 'node:path';
import type { Workspace } from '../../core/environment.ts';
import { CONCERNS } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import { LandfallError } from '../../core/error.ts';
import { byText } from '../../core/lists.ts';
import { listWaves } from '../../manifest/load.ts';
import { isFolder } from '../files.ts';
import type { Manifests } from '../manifests.ts';
import type { Narrowing } from '../selection.ts';
import { contentsOf, filesAt, gitPathOf, type TreeFile } from './manifests-at-revision.ts';
import { findRepository, mergeBase, nulSeparated, type Repository } from './repository.ts';

/**
 * Narrows a plan to the waves whose files have changed since the working tree and a revision parted: the waves that
 * the files contain now, and those that they contained then, whose jobs may have to be deleted. A change of the project
 * file concerns every wave.
 * @throws LandfallError GIT_FAILED or REVISION_UNKNOWN
 */
export async function changedWaves(
  { host, onEvent }: Workspace,
  { projectFile, desired, files }: Manifests,
  revision: string,
): Promise<Narrowing> {
  const folder = realpathSync.native(dirname(projectFile));
  const repository = await findRepository(host, folder);
  const base = await mergeBase(repository, revision);
  const inside = gitPathOf(repository.top, folder);
  const changed = await changedFiles(repository, base, inside);
  const everything = (reason: string): Narrowing => {
    onEvent?.({ kind: 'every-wave-planned', reason, revision });
    return {};
  };

  const name = basename(projectFile);
  const cwd = realpathSync.native(host.cwd);
  const isChanged = (file: string): boolean => changed.has(resolve(cwd, file));
  const [shownProject = name] = files;
  if (changed.paths.includes(posix.join(inside, name)) || isChanged(shownProject)) {
    return everything(`${name} has changed`);
  }
  const before = await wavesAt(repository, base, changed.paths, desired.defaultTarget);
  if (before.brokenFile !== undefined) return everything(`${before.brokenFile} was broken, and has changed`);

  const now = desired.waves.filter(({ place }) => isChanged(place.file)).map((wave) => wave.name);
  const waves = new Set([...now, ...before.waves]);
  const others = desired.waves.filter((wave) => !waves.has(wave.name)).length;
  return { waves, targets: before.targets, concerns: [concernOfLeftOutWaves(waves, others, revision)] };
}

/** Whether files of a project differ from the commit that is checked out. False outside of a repository or without git. */
export async function hasLocalChanges(
  { host }: Workspace,
  { projectFile, files }: Pick<Manifests, 'projectFile' | 'files'>,
): Promise<boolean> {
  try {
    const folder = realpathSync.native(dirname(projectFile));
    const repository = await findRepository(host, folder);
    const changed = await changedFiles(repository, 'HEAD', gitPathOf(repository.top, folder));
    const cwd = realpathSync.native(host.cwd);
    return files.some((file) => changed.has(realPath(resolve(cwd, file))));
  } catch (error) {
    if (error instanceof LandfallError) return false;
    throw error;
  }
}

interface WavesAtCommit {
  readonly waves: readonly string[];
  readonly targets: ReadonlySet<string>;
  /** A file whose waves cannot all be told. */
  readonly brokenFile?: string;
}

/** Reads the waves of files at a commit, with the target of those that leave it to the project. */
async function wavesAt(
  repository: Repository,
  commit: string,
  paths: readonly string[],
  defaultTarget: string,
): Promise<WavesAtCommit> {
  if (paths.length === 0) return { waves: [], targets: new Set() };
  const all = await filesAt(repository, commit, '');
  const byPath = new Map(all.map((file) => [file.path, file]));
  const waves: string[] = [];
  const targets = new Set<string>();
  const files = paths.flatMap((path) => byPath.get(path) ?? []);
  for await (const [file, content] of contentsOf(repository, await followLinks(repository, files, all))) {
    const found = listWaves(content);
    if (found.isBroken) return { waves, targets, brokenFile: file.path };
    for (const { name, target = defaultTarget } of found.waves) {
      waves.push(name);
      targets.add(target);
    }
  }
  return { waves, targets };
}

/** Replaces links by the files that they led to at the commit. */
async function followLinks(
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

function concernOfLeftOutWaves(waves: ReadonlySet<string>, others: number, revision: string): Concern {
  const names = [...waves].toSorted(byText).join(', ');
  const since = `since ${revision}`;
  const rest =
    others === 0 ? '' : `; ${others === 1 ? '1 other wave is' : `${others} other waves are`} left out`;
  return {
    id: 'wave.not-looked-at',
    severity: CONCERNS['wave.not-looked-at'].severity,
    message:
      waves.size === 0
        ? `no wave file has changed ${since}, so this plan includes no wave`
        : `this plan includes only waves whose files have changed ${since} (${names})${rest}`,
    remedy: 'run without --changed-since to include all waves',
  };
}

/** What has changed in a folder since a commit, in commits, in the index and in the working tree. */
interface ChangedFiles {
  /** From the top of the repository; files that are gone, too. */
  readonly paths: readonly string[];
  /** Whether a file that is there, absolute and without links, is among them or is reached by a link that is. */
  has(file: string): boolean;
}

/**
 * @param folder from the top of the repository; empty: all of it
 * @throws LandfallError GIT_FAILED
 */
async function changedFiles(repository: Repository, commit: string, folder: string): Promise<ChangedFiles> {
  const { top } = repository;
  const under = folder === '' ? [] : ['--', folder];
  const paths = await listPaths(repository, [...DIFF_ARGUMENTS, commit, ...under]);
  const tracked = new Set(await listPaths(repository, ['ls-files', '-z', '--cached', ...under]));
  // A link that has changed may lead to files that have not.
  const reached = new Set(paths.map((path) => realPath(resolve(top, path))));
  const folders = [...reached].filter(isFolder).map((path) => path + sep);
  return {
    paths,
    has: (file) =>
      reached.has(file) ||
      folders.some((path) => file.startsWith(path)) ||
      // What git does not track, ignored or not, is new to it.
      !tracked.has(relative(top, file).replaceAll(sep, '/')),
  };
}

/** Names alone, and no program that the configuration names for showing differences. */
const DIFF_ARGUMENTS = [
  'diff',
  '--name-only',
  '-z',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
];

async function listPaths(repository: Repository, args: readonly string[]): Promise<readonly string[]> {
  const { ok, stdout, message: words } = await repository.git(args);
  if (ok) return nulSeparated(stdout);
  throw new LandfallError('GIT_FAILED', `git cannot tell what has changed: ${words}`, {
    remedy: 'run `git status` here and fix what it reports',
  });
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
