import type { Concern } from '../core/concern.ts';
import type { Target } from '../core/desired.ts';
import type { Instant } from '../core/time.ts';
import { type CheckedManifests, checkManifests, missingProject } from './check.ts';
import { type GlobProblem, ProjectFolder } from './files.ts';
import { type Project, UNKNOWN_NAME } from './model.ts';
import { type Manifest, readManifest } from './read-manifest.ts';
import { concernAt } from './rules/rule.ts';
import { decode, Source } from './source.ts';
import { shorten } from './wording.ts';

export interface LoadResult extends CheckedManifests {
  /** Files that were read, or could not be, the project file first, as shown to the user. */
  readonly files: readonly string[];
  readonly summary: ProjectSummary;
}

interface LoadOptions {
  /** Absolute, or relative to `cwd`. */
  readonly projectFile: string;
  /** Where shown paths are relative to. */
  readonly cwd: string;
  /** For rules about times. */
  readonly now: Instant;
}

/**
 * Reads a project with all of its waves, and finds everything that is wrong with them. Whatever the files hold, it
 * never throws.
 */
export function loadProject({ projectFile, cwd, now }: LoadOptions): LoadResult {
  const folder = new ProjectFolder(projectFile, cwd);
  if (!folder.projectFileExists()) {
    const concerns = [missingProject(folder.projectFile)];
    return { desired: undefined, concerns, files: [], summary: EMPTY_SUMMARY };
  }
  const source = folder.readProject();
  if (source === undefined) {
    return { desired: undefined, concerns: folder.concerns, files: folder.files, summary: EMPTY_SUMMARY };
  }

  const main = { source, manifest: readManifest(source, 'project file') };
  const [project] = main.manifest.projects;
  const { sources, mistakes } =
    project === undefined ? { sources: [], mistakes: [] } : folder.readWaves(project.globs);
  const waveFiles = sources.map((source) => ({ source, manifest: readManifest(source, 'wave file') }));
  const manifests = waveFiles.map(({ manifest }) => manifest);
  const hasWaves = main.manifest.waves.length > 0;
  const ofGlobs = project === undefined ? [] : globConcerns(project, mistakes, hasWaves);
  const judgement = checkManifests(main.manifest, manifests, [...folder.concerns, ...ofGlobs], now);
  return { ...judgement, files: folder.files, summary: summarizeProject(main, waveFiles) };
}

export interface ProjectTargets {
  readonly project: string;
  readonly defaultTarget?: string;
  readonly targets: readonly Target[];
}

/**
 * Reads the project file alone, for runs that need no waves. Never throws.
 * @returns nothing where something is wrong with the file, and all that is
 */
export function loadTargets(
  projectFile: string,
  cwd: string,
): { readonly found?: ProjectTargets; readonly concerns: readonly Concern[] } {
  const folder = new ProjectFolder(projectFile, cwd);
  const source = folder.projectFileExists() ? folder.readProject() : undefined;
  if (source === undefined) return { concerns: [missingProject(folder.projectFile), ...folder.concerns] };

  const { projects, concerns } = readManifest(source, 'project file');
  const [project] = projects;
  if (project === undefined || concerns.some(({ severity }) => severity === 'error')) {
    return { concerns: concerns.length > 0 ? concerns : [missingProject(source.file)] };
  }
  const { name, targets, defaultTarget } = project;
  return {
    found: { project: name, targets, ...(defaultTarget !== undefined && { defaultTarget }) },
    concerns,
  };
}

/** The waves that one file holds, or held. */
export interface WavesOfFile {
  /** `target` is absent where the wave leaves it to the project. */
  readonly waves: readonly { readonly name: string; readonly target?: string }[];
  /** The file says that it holds waves, and not all of them could be read. */
  readonly isBroken: boolean;
}

/** Reads which waves a text holds, whatever else is wrong with them: of a file that may be no manifest at all. */
export function listWaves(content: Uint8Array): WavesOfFile {
  const { text } = decode(content);
  const { waves, concerns } = readManifest(new Source('', text), 'wave file');
  const named = waves.filter(({ name }) => name !== UNKNOWN_NAME);
  // A value that the schema refuses does not hide which wave it stands in.
  const isWhole = !concerns.some(({ id }) => !id.startsWith('schema.') || id === 'schema.kind');
  const isNamed = named.length === waves.length;
  return {
    waves: named.map(({ name, target }) => (target === undefined ? { name } : { name, target })),
    isBroken: !(isWhole && isNamed) && /^\s*["']?kind["']?\s*:\s*["']?Wave\b/m.test(text),
  };
}

/** What manifests are about, as far as it can be read: there is one of manifests that are broken, too. */
interface ProjectSummary {
  /** Absent: nothing readable says so. */
  readonly project?: string;
  /** Names of all targets that are written. */
  readonly targets: readonly string[];
  /** Those that a run looks at unless it is told which: the default one, and those that waves name. */
  readonly usedTargets: readonly string[];
  /** Where wave files are looked for, from the folder of the project. */
  readonly globs: readonly string[];
}

const EMPTY_SUMMARY: ProjectSummary = { targets: [], usedTargets: [], globs: [] };

/** A file, and what could be read of it. */
interface ReadFile {
  readonly source: Source;
  readonly manifest: Manifest;
}

function summarizeProject(main: ReadFile, waveFiles: readonly ReadFile[]): ProjectSummary {
  const [project] = main.manifest.projects;
  if (project === undefined) {
    const { defaultTarget, ...guess } = recoverProjectNames(main.source.text);
    const used = guess.targets.filter((target) => target === defaultTarget);
    return { ...guess, usedTargets: used, globs: [] };
  }
  const { name, defaultTarget, targetNames, globs } = project;
  const used = new Set([
    defaultTarget,
    ...[main, ...waveFiles].flatMap(({ source, manifest: { waves, concerns } }) => [
      ...waves.map(({ target }) => target),
      // One wave may be read, and another one not.
      ...(concerns.some(({ id }) => id.startsWith('yaml.')) ? recoverTargetNames(source.text) : []),
    ]),
  ]);
  return {
    ...(name !== UNKNOWN_NAME && { project: name }),
    targets: targetNames,
    usedTargets: targetNames.filter((target) => used.has(target)),
    globs: globs.map(({ pattern }) => pattern),
  };
}

const NAME_PATTERN = '["\']?([a-z0-9][a-z0-9-]*)';

/** Names of a project file, where they can be found. */
interface RecoveredNames {
  readonly project?: string;
  readonly defaultTarget?: string;
  readonly targets: readonly string[];
}

/** What a person would still read in a project file that is no YAML. */
function recoverProjectNames(text: string): RecoveredNames {
  const lines = text.split(/\r?\n/);
  const metadata = linesBelow(lines, 'metadata');
  const inline = new RegExp(`^metadata\\s*:\\s*\\{.*\\bname\\s*:\\s*${NAME_PATTERN}`).exec(
    lines.find((line) => line.startsWith('metadata')) ?? '',
  );
  const name = inline?.[1] ?? firstMatch(metadata, new RegExp(`^["']?name["']?\\s*:\\s*${NAME_PATTERN}`));
  const targets = keysOf(linesBelow(lines, 'targets'));
  const only = targets.length === 1 ? targets[0] : undefined;
  const defaultTarget = firstMatch(lines, new RegExp(`^defaultTarget\\s*:\\s*${NAME_PATTERN}`)) ?? only;
  return {
    ...(name !== undefined && { project: name }),
    ...(defaultTarget !== undefined && { defaultTarget }),
    targets,
  };
}

/** Names that a wave file which is no YAML gives after `target:`. */
function recoverTargetNames(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(`(?:^|[\\s{,])target\\s?:\\s?${NAME_PATTERN}`, 'g'))].map(
    ([, name = '']) => name,
  );
}

/** The lines that are indented below a key of the first level. */
function linesBelow(lines: readonly string[], key: string): readonly string[] {
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^[^\s#]/.test(line));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The keys of the lines with the first line's indentation. */
function keysOf(lines: readonly string[]): readonly string[] {
  const depth = lines.map((line) => line.search(/\S/)).find((spaces) => spaces > 0);
  return lines.flatMap((line) => {
    if (line.search(/\S/) !== depth) return [];
    return new RegExp(`^${NAME_PATTERN}["']?\\s*:`).exec(line.trim())?.[1] ?? [];
  });
}

function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line.trimStart())?.[1]).find((name) => name !== undefined);
}

/**
 * What is wrong with the globs of a project, each at its place in the list. A default that nobody has written may
 * fit nothing where the project file itself holds waves.
 */
function globConcerns(
  { globs, origin }: Project,
  mistakes: readonly GlobProblem[],
  hasWaves: boolean,
): Concern[] {
  if (globs.length === 0 && !hasWaves) {
    const message = 'waves is empty: no wave files are read';
    return [
      concernAt('file.none', origin, ['waves'], { message, remedy: 'add a glob such as waves/**/*.yaml' }),
    ];
  }
  return mistakes.flatMap(({ glob: { pattern, index }, id }) => {
    if (index === undefined && hasWaves) return [];
    return [
      concernAt(
        id,
        origin,
        ['waves', ...(index === undefined ? [] : [index])],
        GLOB_TEXTS[id](shorten(pattern)),
      ),
    ];
  });
}

const GLOB_TEXTS = {
  'file.none': (glob: string) => ({
    message: `no file matches ${glob}`,
    remedy: 'add a wave file, or correct waves',
  }),
  'file.outside-project': (glob: string) => ({
    message: `${glob} leads out of the folder of the project`,
    remedy: 'write a path below the project file',
  }),
};
