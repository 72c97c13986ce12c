import { CONCERNS } from '../core/concern-ids.ts';
import { byPlace, type Concern } from '../core/concern.ts';
import type { Target, UnmatchedFile } from '../core/desired.ts';
import { isManifestName } from '../core/names.ts';
import type { Policy } from '../core/results/policy.ts';
import { joinFirst, shorten } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import {
  type CheckedManifests,
  checkManifests,
  type DocumentNames,
  type Manifest,
  missingProject,
  namedWaves,
  policiesOf,
  readManifest,
} from './check.ts';
import { ProjectFolder, type UnmatchedSource, type WaveSources } from './files.ts';
import { type Project, UNKNOWN_NAME } from './model.ts';
import { concernAt } from './rules/rule.ts';
import { decode, Source } from './source.ts';

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
export async function loadProject({ projectFile, cwd, now }: LoadOptions): Promise<LoadResult> {
  const folder = new ProjectFolder(projectFile, cwd);
  if (!folder.projectFileExists()) {
    const concerns = [missingProject(folder.projectFile)];
    return { desired: undefined, concerns, files: [], summary: EMPTY_SUMMARY };
  }
  const source = folder.readProject();
  if (source === undefined) {
    return { desired: undefined, concerns: folder.concerns, files: folder.files, summary: EMPTY_SUMMARY };
  }

  const main = readManifest(source, 'project file');
  const [project] = main.projects;
  const read = project === undefined ? undefined : folder.readWaves(project.globs, project.size.maxBytes);
  const { waveFiles, excess } = readWaveFiles(main, read);
  if (excess !== undefined) {
    // The rest is not known: without it, no result says what git wants.
    return {
      desired: undefined,
      concerns: [...main.concerns, ...folder.concerns, excess].sort(byPlace),
      files: folder.files,
      summary: summarizeProject(main, waveFiles),
    };
  }
  const globs = project === undefined || read === undefined ? undefined : checkGlobs(project, read, main);
  const ofPolicies =
    project === undefined || project.policies.length === 0
      ? []
      : (await import('./policies.ts')).policyConcerns(project);
  const found = [...folder.concerns, ...(globs?.concerns ?? []), ...ofPolicies];
  const schedule = hasSchedule(main, waveFiles) ? await import('./schedule/index.ts') : undefined;
  const checked = checkManifests(main, waveFiles, found, now, globs?.unmatched, schedule);
  return { ...checked, files: folder.files, summary: summarizeProject(main, waveFiles) };
}

/** Whether manifests say something of time and order. */
function hasSchedule(main: Manifest, waveFiles: readonly Manifest[]): boolean {
  if (main.projects.some(({ windows }) => windows.length > 0)) return true;
  const waves = [main, ...waveFiles].flatMap((manifest) => manifest.waves);
  return waves.some(
    ({ timing, vms }) => timing !== undefined || vms.some(({ after }) => after !== undefined),
  );
}

/** Reads wave files until all together are larger than the project allows; returns the concern that says so. */
function readWaveFiles(
  main: Manifest,
  read: WaveSources | undefined,
): { readonly waveFiles: readonly Manifest[]; readonly excess?: Concern } {
  const waveFiles: Manifest[] = [];
  const [project] = main.projects;
  if (project === undefined || read === undefined) return { waveFiles };
  const { maxVms, maxBytes } = project.size;
  let vms = countVms(main);
  for (const source of read.sources) {
    const manifest = readManifest(source, 'wave file');
    waveFiles.push(manifest);
    vms += countVms(manifest);
    if (vms > maxVms) return { waveFiles, excess: tooLarge(project, `${maxVms} VMs`, source.file, 'vms') };
  }
  if (read.excess === undefined) return { waveFiles };
  const size = `${maxBytes / 1024 / 1024} MiB`;
  return { waveFiles, excess: tooLarge(project, size, read.excess, 'manifestMiB') };
}

function countVms({ waves }: Manifest): number {
  return waves.reduce((sum, wave) => sum + wave.vms.length, 0);
}

/** @param file with which the limit is passed */
function tooLarge({ origin }: Project, limit: string, file: string, key: 'vms' | 'manifestMiB'): Concern {
  return concernAt('project.too-large', origin, ['limits', key], {
    message: `the wave files up to ${shorten(file)} have more than ${limit}`,
    remedy: `exclude files that are no manifests, split the project, or set a higher limits.${key} in this file`,
  });
}

export interface ProjectTargets {
  readonly project: string;
  readonly defaultTarget?: string;
  readonly targets: readonly Target[];
  readonly policies: readonly Policy[];
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
    found: {
      project: name,
      targets,
      policies: policiesOf(project),
      ...(defaultTarget !== undefined && { defaultTarget }),
    },
    concerns,
  };
}

/** The waves that one file holds, or held. */
export interface WavesOfFile {
  /** `target` is absent where the wave leaves it to the project. */
  readonly waves: readonly { readonly name: string; readonly target?: string }[];
  /** The file has documents of kind Wave, and not all of them could be read. */
  readonly isBroken: boolean;
}

/** Lists the waves of a file that may be no manifest at all, whatever else is wrong with them. */
export function listWaves(content: Uint8Array): WavesOfFile {
  const { text } = decode(content);
  const manifest = readManifest(new Source('', text), 'wave file');
  const { waves, isComplete } = namedWaves(manifest);
  return {
    waves: waves.map(({ name, target }) => (target === undefined ? { name } : { name, target })),
    isBroken: !isComplete && manifest.documents.some(({ kind }) => kind === 'Wave'),
  };
}

/** What manifests are about, as far as it can be read: there is one of manifests that are broken, too. */
interface ProjectSummary {
  /** Absent: nothing readable says so. */
  readonly project?: string;
  /** Names of all targets that are written. */
  readonly targets: readonly string[];
  /** The targets of a run without --target: the default one, and those that waves name. */
  readonly usedTargets: readonly string[];
  /** Where wave files are looked for, from the folder of the project. */
  readonly globs: readonly string[];
}

const EMPTY_SUMMARY: ProjectSummary = { targets: [], usedTargets: [], globs: [] };

function summarizeProject(main: Manifest, waveFiles: readonly Manifest[]): ProjectSummary {
  const [project] = main.projects;
  const { name, defaultTarget, targets } =
    project === undefined ? recoverNames(main.documents) : namesOf(project);
  const used = new Set([
    defaultTarget,
    ...[main, ...waveFiles].flatMap(({ documents }) => documents.map(({ target }) => target)),
  ]);
  return {
    ...(name !== undefined && { project: name }),
    targets,
    usedTargets: targets.filter((target) => used.has(target)),
    globs: project?.globs.map(({ pattern }) => pattern) ?? [],
  };
}

interface ProjectNames {
  readonly name: string | undefined;
  readonly defaultTarget: string | undefined;
  readonly targets: readonly string[];
}

function namesOf({ name, defaultTarget, targetNames: targets }: Project): ProjectNames {
  return { name: name === UNKNOWN_NAME ? undefined : name, defaultTarget, targets };
}

/** Finds the names of a project in the documents of a project file that is not valid; texts of another form are left out. */
function recoverNames(documents: readonly DocumentNames[]): ProjectNames {
  const first = (key: 'name' | 'defaultTarget'): string | undefined =>
    documents.map((names) => names[key]).find((name) => name !== undefined && isManifestName(name));
  const targets = documents.flatMap((names) => names.targets.filter(isManifestName));
  const only = targets.length === 1 ? targets[0] : undefined;
  return { name: first('name'), defaultTarget: first('defaultTarget') ?? only, targets };
}

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
function checkGlobs(
  { globs, origin }: Project,
  { unmatchedGlobs, unmatched: sources }: WaveSources,
  { waves, concerns: ofFile }: Manifest,
): CheckedGlobs {
  const hasWaves = waves.length > 0;
  // Another mistake of the file may be why there is no glob.
  const isWrong = ofFile.some(({ severity }) => severity === 'error');

  const unmatched = sources.flatMap((source) => wavesOf(source) ?? []);
  if (globs.length === 0 && !hasWaves && !isWrong) {
    const message = 'waves is empty: no wave files are read';
    const none = { message, remedy: 'add a glob such as waves/**/*.yaml' };
    return { concerns: [concernAt('file.none', origin, ['waves'], none)], unmatched };
  }
  const concerns = unmatchedGlobs
    .filter(({ index }) => index !== undefined || !(hasWaves || isWrong))
    .map(({ pattern, index }) => {
      const path = ['waves', ...(index === undefined ? [] : [index])];
      const message = `no file matches ${shorten(pattern)}`;
      return concernAt('file.no-match', origin, path, { message, remedy: globRemedy(unmatched) });
    });
  // A glob that matches nothing names the files that it was meant for.
  return { concerns: concerns.length > 0 ? concerns : unmatched.map(unmatchedConcern), unmatched };
}

/** Lists the waves of an unmatched file; returns nothing where it has none. */
function wavesOf({ source, path }: UnmatchedSource): UnmatchedFile | undefined {
  const { documents } = readManifest(source, 'wave file');
  const waves = documents.filter(({ kind }) => kind === 'Wave');
  if (waves.length === 0) return undefined;
  return {
    file: source.file,
    path,
    waves: waves.flatMap(({ name }) => name ?? []),
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

/** Says what to do about a glob that matches no file. */
function globRemedy(unmatched: readonly UnmatchedFile[]): string {
  return unmatched.length === 0
    ? 'correct the glob, or remove it; write waves: [] for a project without wave files'
    : `correct the glob; it does not match ${joinFirst(unmatched.map(({ path }) => shorten(path)))}`;
}
