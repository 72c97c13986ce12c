import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { escapePath, globSync } from 'tinyglobby';
import { type ConcernId, CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import { byText } from '../core/lists.ts';
import type { WaveGlob } from './model.ts';
import { decode, Source } from './source.ts';

/** Largest manifest, in bytes: about 40,000 VMs. */
export const MAX_BYTES = 10 * 1024 * 1024;

/** Tests of policies, which are no wave files wherever they are. */
const POLICY_TESTS = ['**/*.policy-test.yaml', '**/*.policy-test.yml'];

/** Folders that globs may visit by way of links, which can make a few of them look like millions. */
const MAX_LINKED = 200;

/** A YAML file beside the files of a glob that no glob matches. */
export interface UnmatchedSource {
  readonly source: Source;
  /** From the folder of the project, with forward slashes. */
  readonly path: string;
}

/** The files that the globs of a project match. */
export interface WaveSources {
  /** Each file once, sorted by path; without the project file. */
  readonly sources: readonly Source[];
  readonly unmatched: readonly UnmatchedSource[];
  /** The file with which the size of all files passes the limit; no file after it is read. */
  readonly excess?: string;
  /** The globs that match nothing. */
  readonly unmatchedGlobs: readonly WaveGlob[];
}

/** Reads the files of one project, and nothing outside of its folder. */
export class ProjectFolder {
  readonly concerns: Concern[] = [];
  /** The files that it has tried to read, in that order, as shown to the user. */
  readonly files: string[] = [];
  readonly #cwd: string;
  readonly #root: string;
  readonly #projectFile: string;
  /** Folders that the glob at hand has visited by way of links. */
  #linked = 0;
  /** Problems so far, each as often as globs have met it. */
  #troubles = 0;
  /** Bytes of all files that have been read. */
  #bytes = 0;

  constructor(projectFile: string, cwd: string) {
    this.#cwd = realPath(cwd) ?? cwd;
    this.#projectFile = resolve(cwd, projectFile);
    const folder = dirname(this.#projectFile);
    this.#root = realPath(folder) ?? folder;
  }

  /** The project file as shown to the user. */
  get projectFile(): string {
    return this.#shown(this.#projectFile);
  }

  projectFileExists(): boolean {
    return realPath(this.#projectFile) !== undefined;
  }

  readProject(): Source | undefined {
    return this.#read(this.#projectFile);
  }

  /** @param maxBytes of all files together */
  readWaves(globs: readonly WaveGlob[], maxBytes: number): WaveSources {
    const excluded = globs.filter(({ pattern }) => pattern.startsWith('!')).map(({ pattern }) => pattern);
    const not = [...excluded, ...POLICY_TESTS.map((pattern) => `!${pattern}`)];
    const paths = new Map<string, string>();
    const beside = new Set<string>();
    const unmatchedGlobs: WaveGlob[] = [];
    for (const glob of globs.filter(({ pattern }) => !pattern.startsWith('!'))) {
      const before = this.#troubles;
      const found = this.#find([glob.pattern, ...not]);
      for (const path of found) paths.set(realPath(path) ?? path, path);
      if (found.length === 0 && this.#troubles === before) unmatchedGlobs.push(glob);
      beside.add(globBeside(glob.pattern));
    }
    const project = realPath(this.#projectFile) ?? '';
    paths.delete(project);
    const sorted = [...paths].sort(([a], [b]) => byText(a, b));
    const sources: Source[] = [];
    for (const [real, path] of sorted) {
      const source = this.#read(path);
      if (source !== undefined) sources.push(source);
      if (this.#bytes > maxBytes)
        return { sources, unmatched: [], unmatchedGlobs, excess: this.#shown(real) };
    }
    const matched = new Set([...paths.keys(), project]);
    return {
      sources,
      unmatched: this.#readUnmatched([...beside, ...not], matched, maxBytes),
      unmatchedGlobs,
    };
  }

  /** Reads tests of policies: files, and those below folders, that are inside the folder of the project. */
  readPolicyTests(paths: readonly string[] = [this.#root]): Source[] {
    const found = paths.flatMap((path) => {
      const full = resolve(this.#cwd, path);
      const real = realPath(full) ?? full;
      if (!isDirectory(full) || !this.#isInside(real)) return [full];
      const folder = escapePath(relative(this.#root, real).replaceAll(sep, '/'));
      return this.#find(POLICY_TESTS.map((pattern) => posix.join(folder, pattern)));
    });
    const files = new Map(found.map((path) => [realPath(path) ?? path, path]));
    return [...files].sort(([a], [b]) => byText(a, b)).flatMap(([, path]) => this.#read(path) ?? []);
  }

  /** Reads the YAML files that globs find and that are not matched; leaves out what cannot be read. */
  #readUnmatched(globs: readonly string[], matched: ReadonlySet<string>, max: number): UnmatchedSource[] {
    const { length } = this.concerns;
    const found = this.#find(globs).filter((path) => /\.ya?ml$/i.test(path));
    const paths = [...new Set(found.flatMap((path) => realPath(path) ?? []))].filter(
      (path) => !matched.has(path),
    );
    const unmatched = paths.sort(byText).flatMap((real) => {
      if (this.#bytes > max || !this.#isReadable(real, real)) return [];
      const source = new Source(this.#shown(real), decode(readFileSync(real)).text);
      return [{ source, path: relative(this.#root, real).replaceAll(sep, '/') }];
    });
    // Problems with files that belong to no project are none of the project's.
    this.concerns.length = length;
    return unmatched;
  }

  #find(globs: readonly string[]): string[] {
    this.#linked = 0;
    const paths = globSync([...globs], {
      cwd: this.#root,
      absolute: true,
      onlyFiles: false,
      expandDirectories: false,
      braceExpansion: false,
      extglob: false,
      ignore: ['**/node_modules/**'],
      fs: { readdirSync: ((folder: string) => this.#list(folder)) as unknown as typeof readdirSync },
    });
    // A glob such as waves/** also matches folders; one that is called like a manifest is a mistake to report.
    return paths.filter((path) => !path.endsWith('/') || /\.ya?ml\/$/.test(path));
  }

  /**
   * Lists a folder for the glob. Links are resolved here, so that none leads out of the project or in circles:
   * a linked folder is shown as a folder if it is in the project, anything else as a file, which is checked when it is read.
   */
  #list(folder: string): Dirent[] {
    const path = realPath(folder);
    if (path === undefined || (path !== resolve(folder) && !this.#mayFollow(folder, path))) return [];
    if (!this.#isInside(path)) {
      this.#report('file.outside-project', folder, OUTSIDE_PROJECT, MOVE_INSIDE);
      return [];
    }
    try {
      return readdirSync(path, { withFileTypes: true }).map((entry) => resolveEntry(path, entry));
    } catch (error) {
      this.#report(
        'file.unreadable',
        folder,
        `the folder cannot be read: ${errorCode(error)}`,
        CHECK_PERMISSIONS,
      );
      return [];
    }
  }

  /** Whether to follow a link: not back to a folder above it, and not too often. */
  #mayFollow(folder: string, path: string): boolean {
    for (let above = resolve(folder); above.length > this.#root.length;) {
      above = dirname(above);
      if (realPath(above) === path) return false;
    }
    this.#linked++;
    if (this.#linked === MAX_LINKED + 1) this.#report('file.too-large', folder, MANY_LINKS, FEWER_LINKS);
    return this.#linked <= MAX_LINKED;
  }

  #read(path: string): Source | undefined {
    this.files.push(this.#shown(realPath(path) ?? path));
    try {
      const real = realpathSync(path);
      if (this.#isReadable(real, path)) return this.#decoded(real);
    } catch (error) {
      this.#report('file.unreadable', path, ...readFailure(error));
    }
    return undefined;
  }

  #isReadable(real: string, path: string): boolean {
    const stats = statSync(real);
    if (!this.#isInside(real)) this.#report('file.outside-project', path, OUTSIDE_PROJECT, MOVE_INSIDE);
    else if (!stats.isFile()) this.#report('file.unreadable', path, ...this.#notAFile(path));
    else if (stats.size > MAX_BYTES) {
      const message = `the file has ${stats.size} bytes; a manifest may have ${MAX_BYTES}`;
      this.#report('file.too-large', path, message, 'split the waves over several files');
    } else {
      this.#bytes += stats.size;
      return true;
    }
    return false;
  }

  #notAFile(path: string): [message: string, remedy: string] {
    if (path !== this.#projectFile) return ['this is not a file', REMOVE_OR_NARROW];
    return [`the project file ${this.projectFile} is not a file`, GIVE_PROJECT_FILE];
  }

  #decoded(real: string): Source | undefined {
    const { text, problem } = decode(readFileSync(real));
    const source = new Source(this.#shown(real), text);
    if (problem === undefined) return source;
    this.concerns.push(source.toConcern(problem));
    return undefined;
  }

  #isInside(real: string): boolean {
    return real === this.#root || real.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep);
  }

  #shown(path: string): string {
    return relative(this.#cwd, path).replaceAll(sep, '/') || '.';
  }

  /** Reports a problem once, though several globs lead to it. */
  #report(id: ConcernId, path: string, message: string, remedy: string): void {
    this.#troubles++;
    const place = { file: this.#shown(path), line: 1, column: 1 };
    if (this.concerns.some((other) => other.id === id && other.place?.file === place.file)) return;
    this.concerns.push({ id, severity: CONCERNS[id].severity, message, remedy, place });
  }
}

const OUTSIDE_PROJECT = 'this is outside the folder of the project';
const MOVE_INSIDE = 'move it into the folder, or remove the link';
const REMOVE_OR_NARROW = 'remove it, or narrow the globs';
const GIVE_PROJECT_FILE = 'give the path of a landfall.yaml to --project';
const MANY_LINKS = `from here on, links lead the globs through more than ${MAX_LINKED} folders`;
function readFailure(error: unknown): [message: string, remedy: string] {
  const code = errorCode(error);
  if (code === 'ELOOP')
    return ['this is a symbolic link that leads back to itself', 'remove the link, or point it to a file'];
  return [`the file cannot be read: ${code}`, CHECK_PERMISSIONS];
}

const FEWER_LINKS = 'narrow the globs, or remove links between folders';
const CHECK_PERMISSIONS = 'check that it is there, and its permissions';

/**
 * Returns a glob for all files in and below the folder that a glob names, or, where it names none, beside the files
 * that it matches: a monorepo is not searched for the sake of one file.
 */
function globBeside(pattern: string): string {
  const steps = pattern.split('/');
  const folder = steps.slice(0, -1);
  const wild = folder.findIndex((step) => /[*?]/.test(step));
  const named = folder.slice(0, wild < 0 ? undefined : wild);
  return named.join('') === '' ? [...folder, '*'].join('/') : [...named, '**', '*'].join('/');
}

function resolveEntry(folder: string, entry: Dirent): Dirent {
  const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(join(folder, entry.name)));
  return Object.assign(Object.create(entry) as Dirent, {
    isDirectory: () => isFolder,
    isFile: () => !isFolder,
    isSymbolicLink: () => false,
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // It leads nowhere, or back to itself: reading it says so.
    return false;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}
