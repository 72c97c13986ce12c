import { CONCERNS } from '../core/concern-ids.ts';
import { byPlace, type Concern } from '../core/concern.ts';
import type { Desired, DesiredVm, DesiredWave, LeftOutFile, UnmatchedFile } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import type { Policy } from '../core/results/policy.ts';
import type { ServiceDefinition } from '../core/service.ts';
import type { Instant } from '../core/time.ts';
import { serviceOf, SERVICES } from '../providers/registry.ts';
import { buildProject } from './build-project.ts';
import { buildWave } from './build-wave.ts';
import {
  type Project,
  rootOf,
  type RuleInput,
  supportedReference,
  UNKNOWN_NAME,
  type Vm,
  type Wave,
  type Writable,
} from './model.ts';
import { licenceRule } from './os/parse.ts';
import { RULES } from './rules/index.ts';
import type * as schedule from './schedule/index.ts';
import { checkDocument } from './schema/check.ts';
import { isOfSchema } from './schema/explain-value.ts';
import { problem, type Problem, type Source } from './source.ts';
import { readDocuments } from './yaml/documents.ts';
import { isMap, mapAt, rangeOf, textAt, toValue, type Value } from './yaml/node.ts';

/** manifest/schedule/, which is loaded only for manifests that say something of time and order. */
export type ScheduleReader = typeof schedule;

/** The result of checking manifests: what they want, unless they have errors, and all concerns. */
export interface CheckedManifests {
  /** Absent when a concern is an error. */
  readonly desired: Desired | undefined;
  /** What the files without errors want, with a list of the others; absent when the project file itself has errors. */
  readonly partial?: Desired;
  /** All problems of all files, sorted by place. */
  readonly concerns: readonly Concern[];
}

/**
 * Checks the project file and the wave files together.
 * @param found the problems of reading them
 * @param unmatched the wave files that no glob matches
 * @param schedule reads what the manifests say of time and order (manifest/schedule/); absent: they say nothing of it
 */
export function checkManifests(
  main: Manifest,
  waveFiles: readonly Manifest[],
  found: readonly Concern[],
  now: Instant,
  unmatched: readonly UnmatchedFile[] = [],
  schedule?: ScheduleReader,
): CheckedManifests {
  const manifests = [main, ...waveFiles];
  const [project] = main.projects;
  const waves = manifests.flatMap((manifest) => manifest.waves);
  const input: RuleInput = {
    project,
    waves,
    vms: waves.flatMap(({ vms }) => vms),
    now,
    serviceOf: serviceLookup(project),
  };
  const read = [...found, ...manifests.flatMap(({ concerns }) => concerns)];
  const concerns = [
    ...read,
    ...(project === undefined ? noProject(main, read) : []),
    ...[...RULES, ...(schedule?.SCHEDULE_RULES ?? [])].flatMap(({ check }) => check(input)),
  ].sort(byPlace);
  const errors = concerns.filter(({ severity }) => severity === 'error');
  if (project === undefined) return { desired: undefined, concerns };
  const ofFiles = unmatched.length === 0 ? {} : { unmatched };
  if (errors.length === 0)
    return { desired: { ...buildDesired(input, project, schedule), ...ofFiles }, concerns };
  const broken = new Set(errors.map(({ place }) => place?.file ?? main.file));
  // A glob that matches no file is an error of the project file, but leaves the project itself as it is.
  const isOfProject = ({ id, place }: Concern) =>
    !id.startsWith('file.') && (place === undefined || place.file === main.file);
  if (errors.some(isOfProject)) return { desired: undefined, concerns };
  const isWhole = ({ origin: { source } }: Wave) => source.file === main.file || !broken.has(source.file);
  const valid = {
    ...input,
    waves: waves.filter(isWhole),
    vms: input.vms.filter(({ wave }) => isWhole(wave)),
  };
  const leftOut = [...broken].map((file) => leftOutFile(file, waveFiles));
  const partial = { ...buildDesired(valid, project, schedule), ...ofFiles, leftOut };
  return { desired: undefined, partial, concerns };
}

function leftOutFile(file: string, waveFiles: readonly Manifest[]): LeftOutFile {
  const manifest = waveFiles.find((candidate) => candidate.file === file);
  if (manifest === undefined) return { file, waves: [], targets: [], hasUnknownWaves: true };
  const { waves, isComplete } = namedWaves(manifest);
  return {
    file,
    waves: waves.map(({ name, limits, areLimitsCertain }) => ({
      name,
      ...(isComplete && areLimitsCertain && { limits }),
    })),
    targets: manifest.documents.flatMap(({ target }) => target ?? []),
    hasUnknownWaves: !isComplete,
  };
}

/** Makes the concern that there is no project file, or no project in it. */
export function missingProject(file: string): Concern {
  return {
    id: 'project.missing',
    severity: CONCERNS['project.missing'].severity,
    message: 'there is no project here',
    remedy: 'write a document of kind: Project, or name another file with --project',
    place: { file, line: 1, column: 1 },
  };
}

/** A project that cannot be read is not missing. */
function noProject({ file }: Manifest, read: readonly Concern[]): Concern[] {
  return read.some(({ place }) => place?.file === file) ? [] : [missingProject(file)];
}

/**
 * Returns a function that gives the service of each wave's target. A wave whose target does not exist has the service that all targets of the
 * project share; where they share none, or something is wrong with them, it is not known. Without a project, it is the
 * registry's first.
 */
function serviceLookup(project: Project | undefined): RuleInput['serviceOf'] {
  if (project === undefined) return () => SERVICES[0];
  const { targets, targetNames, defaultTarget } = project;
  const byTarget = new Map(targets.map(({ name, provider }) => [name, serviceOf(provider)]));
  const all = new Set(byTarget.values());
  const common = all.size === 1 && byTarget.size === targetNames.length ? [...all][0] : undefined;
  return ({ target = defaultTarget }) =>
    byTarget.get(target ?? '') ?? (target !== undefined && targetNames.includes(target) ? undefined : common);
}

/** Builds what git wants from manifests without errors, sorted whatever the order of files and lists. */
function buildDesired(
  { waves, vms, serviceOf }: RuleInput,
  project: Project,
  schedule: ScheduleReader | undefined,
): Desired {
  const defaultTarget = project.defaultTarget ?? '';
  const targetOf = ({ target }: Wave) => target ?? defaultTarget;
  return {
    project: project.name,
    defaultTarget,
    targets: project.targets,
    waves: waves
      .map((wave) => ({ ...desiredWave(wave, targetOf(wave)), ...schedule?.waveTiming(wave) }))
      .sort((a, b) => byText(a.name, b.name)),
    vms: vms
      .map((vm) => desiredVm(vm, targetOf(vm.wave), serviceOf(vm.wave) ?? SERVICES[0], schedule))
      .sort((a, b) => byText(a.address, b.address)),
    ...(project.policies.length > 0 && { policies: policiesOf(project) }),
    ...(schedule !== undefined &&
      project.windows.length > 0 && { windows: schedule.windowsOf(project, waves) }),
  };
}

/** The policies with their places, which apply where plans show what they do not meet. */
export function policiesOf({ policies, origin }: Project): readonly Policy[] {
  const root = rootOf(origin);
  return policies.map((policy, index) => ({
    ...policy,
    place: origin.source.place(rangeOf(root, ['policies', index]).start),
  }));
}

function desiredWave(
  { name, labels, limits, adopt, protect, phase, place }: Wave,
  target: string,
): DesiredWave {
  return { name, target, labels, limits, adopt, protect, ...(phase !== undefined && { phase }), place };
}

function desiredVm(
  vm: Vm,
  target: string,
  service: ServiceDefinition,
  schedule: ScheduleReader | undefined,
): DesiredVm {
  const { address, wave, reference, os, guest, settings, adopt, protect, replication, sizeGiB, place } = vm;
  const autoLicenseType = guest === undefined ? undefined : licenceRule(guest)?.auto;
  // There can be a hundred thousand of them: one layout for most takes less memory and time than spread parts.
  const desired: Writable<DesiredVm> = {
    address,
    wave: wave.name,
    target,
    reference: supportedReference(service, reference),
    settings:
      service.desiredSettings?.(settings, {
        ...{ wave: wave.name, ofWave: wave.ofWave, autoLicenseType, family: guest?.family },
      }) ?? settings,
    adopt,
    protect,
    place,
  };
  if (os !== undefined) desired.os = os;
  if (autoLicenseType !== undefined) desired.autoLicenseType = autoLicenseType;
  if (replication !== undefined) desired.replication = replication;
  if (wave.advance !== undefined) desired.advance = wave.advance;
  if (sizeGiB !== undefined) desired.sizeGiB = sizeGiB;
  if (vm.after !== undefined && schedule !== undefined) desired.after = schedule.predecessorsOf(vm);
  return desired;
}

/** What one file says, and all that is wrong with it by itself. */
export interface Manifest {
  readonly file: string;
  readonly projects: readonly Project[];
  readonly waves: readonly Wave[];
  /** The names in all documents, and in what could be recovered of those that are not well-formed YAML. */
  readonly documents: readonly DocumentNames[];
  readonly concerns: readonly Concern[];
}

/** Names in a document, whatever is wrong with it; a value that is no text is left out. */
export interface DocumentNames {
  readonly kind: string | undefined;
  /** `metadata.name`. */
  readonly name: string | undefined;
  /** `spec.target`. */
  readonly target: string | undefined;
  readonly defaultTarget: string | undefined;
  /** The keys of `targets`. */
  readonly targets: readonly string[];
}

function namesIn(value: Value): DocumentNames {
  const map = isMap(value) ? value : {};
  return {
    kind: textAt(map, 'kind'),
    name: textAt(mapAt(map, 'metadata'), 'name'),
    target: textAt(mapAt(map, 'spec'), 'target'),
    defaultTarget: textAt(map, 'defaultTarget'),
    targets: Object.keys(mapAt(map, 'targets')),
  };
}

/** Reads the documents of a file. Only a project file may hold a project, and only one. */
export function readManifest(source: Source, role: 'project file' | 'wave file'): Manifest {
  const { documents, recovered, problems } = readDocuments(source.text);
  // Checks remove what is wrong.
  const names = [...documents.map(({ value }) => value), ...recovered.map(toValue)].map(namesIn);
  const projects: Project[] = [];
  const waves: Wave[] = [];
  const found: Problem[] = [...problems];
  if (documents.length === 0 && problems.length === 0) found.push(EMPTY_FILE);
  for (const document of documents) {
    const { checked, problems: wrong } = checkDocument(document, source.text);
    found.push(...wrong);
    if (checked?.kind === 'Wave') waves.push(buildWave(checked, source, document));
    if (checked?.kind !== 'Project') continue;
    const origin = { source, index: document.index };
    if (role === 'project file' && projects.length === 0) {
      projects.push(buildProject(checked, origin));
    } else {
      found.push(
        problem(
          'project.duplicate',
          rangeOf(rootOf(origin), ['kind']),
          SECOND_PROJECT,
          'remove this document',
        ),
      );
    }
  }
  return {
    file: source.file,
    projects,
    waves,
    documents: names,
    concerns: found.map((each) => source.toConcern(each)),
  };
}

/** Returns the waves of a file whose names can be read, and whether these are all of its waves. */
export function namedWaves({ waves, concerns }: Manifest): { waves: readonly Wave[]; isComplete: boolean } {
  const named = waves.filter(({ name }) => name !== UNKNOWN_NAME);
  // A value that the schema refuses does not hide which wave it is in.
  const isWhole = !concerns.some(({ id }) => !isOfSchema(id) || id === 'schema.kind');
  return { waves: named, isComplete: isWhole && named.length === waves.length };
}

const SECOND_PROJECT = 'there is a project already, in the project file';

const EMPTY_FILE = problem(
  'file.empty',
  { start: 0, end: 1 },
  'the file holds no document',
  'write one, or remove the file',
);
