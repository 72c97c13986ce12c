import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { loadProject, type LoadResult } from '../../manifest/load.ts';
import { findRepository, nulSeparated, type Repository, resolveCommit } from './repository.ts';

/** A project as a revision of git has it. */
interface ProjectAtRevision {
  readonly commit: string;
  readonly loaded: LoadResult;
}

/**
 * Reads the manifests of a project as they stand at a revision, whatever the working tree holds. Paths are shown as
 * if they stood in the working tree.
 * @throws LandfallError GIT_FAILED, REVISION_UNKNOWN, or PROJECT_NOT_FOUND where the revision has no such project file
 */
export async function loadProjectAt(
  { host }: Workspace,
  projectFile: string,
  revision: string,
): Promise<ProjectAtRevision> {
  const folder = realpathSync.native(dirname(projectFile));
  const repository = await findRepository(host, folder);
  const commit = await resolveCommit(repository, revision);
  const inside = gitPathOf(repository.top, folder);
  const cwd = relative(repository.top, realpathSync.native(host.cwd));
  const loaded = await withFilesAt(repository, commit, inside, (root) => {
    const from = join(root, cwd.startsWith('..') ? inside : cwd);
    mkdirSync(from, { recursive: true });
    return loadProject({
      projectFile: join(root, inside, basename(projectFile)),
      cwd: from,
      now: host.clock.now(),
    });
  });
  if (loaded.files.length > 0) return { commit, loaded };
  const name = [inside, basename(projectFile)].filter((part) => part !== '').join('/');
  throw new LandfallError('PROJECT_NOT_FOUND', `there is no ${name} at ${JSON.stringify(revision)}`, {
    remedy: 'give a revision in which the project is there already',
  });
}

/** A folder as git names it: from the top, with forward slashes, empty for the top itself. */
export function gitPathOf(top: string, folder: string): string {
  return relative(top, folder).replaceAll(sep, '/');
}

/** A larger file is no manifest: it is written with its size and without its content. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Bytes that are asked for at once. */
const BATCH_BYTES = 64 * 1024 * 1024;

/** A file of a commit. */
export interface TreeFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly id: string;
  readonly size: number;
  readonly isLink: boolean;
}

/**
 * The files of a commit under a folder, or of that path; submodules are none of them.
 * @param folder from the top of the repository; empty: all of it
 */
export async function filesAt(repository: Repository, commit: string, folder: string): Promise<TreeFile[]> {
  const paths = folder === '' ? [] : ['--', folder];
  const {
    ok,
    stdout,
    message: words,
  } = await repository.git(['ls-tree', '-r', '-z', '-l', '--full-tree', commit, ...paths]);
  if (!ok) throw treeError(words);
  return nulSeparated(stdout).flatMap((line) => {
    const [, mode, id = '', size, path = ''] = /^(\d+) blob ([0-9a-f]+) +(\d+)\t([^]*)$/.exec(line) ?? [];
    // A tree that somebody made by hand may name what no checkout would write.
    if (mode === undefined || path.split('/').some((step) => ['', '.', '..', '.git'].includes(step)))
      return [];
    return [{ path, id, size: Number(size), isLink: mode === '120000' }];
  });
}

/** The contents of files of a commit, some at a time; files that are too large to be manifests are left out. */
export async function* contentsOf(
  repository: Repository,
  files: readonly TreeFile[],
): AsyncGenerator<readonly [TreeFile, Buffer]> {
  for (const batch of batches(files.filter(({ size }) => size <= MAX_FILE_BYTES))) {
    const {
      ok,
      stdout,
      message: words,
    } = await repository.git(['cat-file', '--batch'], batch.map(({ id }) => `${id}\n`).join(''));
    if (!ok) throw treeError(words);
    let offset = 0;
    for (const file of batch) {
      const start = stdout.indexOf('\n', offset) + 1;
      const heading = stdout.toString('utf8', offset, start).trim();
      if (heading !== `${file.id} blob ${file.size}`) throw treeError(heading);
      offset = start + file.size + 1;
      yield [file, stdout.subarray(start, start + file.size)];
    }
  }
}

/**
 * Writes the files of a commit to a temporary folder, calls `use` with the folder, and deletes it. The working tree, the
 * index and the branches are not changed.
 * @param folder from the top of the repository; files have their whole path in the new folder
 */
async function withFilesAt<T>(
  repository: Repository,
  commit: string,
  folder: string,
  use: (root: string) => T,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'landfall-ref-'));
  try {
    await writeFilesOf(repository, commit, folder, root);
    return use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function writeFilesOf(
  repository: Repository,
  commit: string,
  folder: string,
  root: string,
): Promise<void> {
  const files = await filesAt(repository, commit, folder);
  const links: [path: string, to: string][] = [];
  try {
    for (const { path, size } of files.filter((file) => file.size > MAX_FILE_BYTES)) {
      write(join(root, path), '');
      truncateSync(join(root, path), size);
    }
    for await (const [{ path, isLink }, content] of contentsOf(repository, files)) {
      if (isLink) links.push([join(root, path), content.toString('utf8')]);
      else write(join(root, path), content);
    }
    // Links come last, when every folder is there: nothing is ever written through one. A tree that somebody made by
    // hand, or one on a disk that knows no upper case, may have a link and a folder of one name: that is an error.
    for (const [path] of links) mkdirSync(dirname(path), { recursive: true });
    for (const [path, to] of links) symlinkSync(to, path);
  } catch (error) {
    if (error instanceof LandfallError) throw error;
    throw treeError(`${(error as NodeJS.ErrnoException).code ?? 'unknown reason'} as they were laid out`);
  }
}

function write(path: string, content: Buffer | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function batches(files: readonly TreeFile[]): readonly (readonly TreeFile[])[] {
  const all: TreeFile[][] = [];
  let room = 0;
  for (const file of files) {
    if (file.size > room || all.length === 0) {
      all.push([]);
      room = BATCH_BYTES;
    }
    all.at(-1)?.push(file);
    // Headings of tiny files count too.
    room -= file.size + 100;
  }
  return all;
}

function treeError(words: string): LandfallError {
  return new LandfallError('GIT_FAILED', `git cannot show the files of the commit: ${words}`, {
    remedy: 'try `git fsck`; a partial clone must be able to reach its remote',
  });
}
