import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LandfallError } from '../core/error.ts';
import { nulSeparated } from './git.ts';
import type { Repository } from './revision.ts';

/** A larger file is no manifest: it is laid out with its size and without its content. */
const LARGEST = 10 * 1024 * 1024;

/** Bytes that are asked for at once. */
const BATCH = 64 * 1024 * 1024;

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
  const { ok, stdout, words } = await repository.git([
    'ls-tree',
    '-r',
    '-z',
    '-l',
    '--full-tree',
    commit,
    ...paths,
  ]);
  if (!ok) throw failed(words);
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
  for (const batch of batches(files.filter(({ size }) => size <= LARGEST))) {
    const { ok, stdout, words } = await repository.git(
      ['cat-file', '--batch'],
      batch.map(({ id }) => `${id}\n`).join(''),
    );
    if (!ok) throw failed(words);
    let offset = 0;
    for (const file of batch) {
      const start = stdout.indexOf('\n', offset) + 1;
      const heading = stdout.toString('utf8', offset, start).trim();
      if (heading !== `${file.id} blob ${file.size}`) throw failed(heading);
      offset = start + file.size + 1;
      yield [file, stdout.subarray(start, start + file.size)];
    }
  }
}

/**
 * Lays the files of a commit out in a folder of its own, hands the folder to `use`, and takes it away again. The
 * working tree, the index and the branches stay as they are.
 * @param folder from the top of the repository; files stand in the new folder by their whole path
 */
export async function withFilesAt<T>(
  repository: Repository,
  commit: string,
  folder: string,
  use: (root: string) => T,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'landfall-ref-'));
  try {
    await layOut(repository, commit, folder, root);
    return use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function layOut(repository: Repository, commit: string, folder: string, root: string): Promise<void> {
  const files = await filesAt(repository, commit, folder);
  const links: [path: string, to: string][] = [];
  try {
    for (const { path, size } of files.filter((file) => file.size > LARGEST)) {
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
    throw failed(`${(error as NodeJS.ErrnoException).code ?? 'unknown reason'} as they were laid out`);
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
      room = BATCH;
    }
    all.at(-1)?.push(file);
    // Headings of tiny files count too.
    room -= file.size + 100;
  }
  return all;
}

function failed(words: string): LandfallError {
  return new LandfallError('GIT_FAILED', `git cannot show the files of the commit: ${words}`, {
    remedy: 'try `git fsck`; a partial clone must be able to reach its remote',
  });
}
