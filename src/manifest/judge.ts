import { byPlace, type Concern } from '../core/concern.ts';
import { CONCERNS } from '../core/concern-ids.ts';
import type { Desired } from '../core/desired.ts';
import type { Instant } from '../core/instant.ts';
import { buildDesired } from './desired.ts';
import type { World } from './model.ts';
import { providersOf } from './provider-of.ts';
import type { Manifest } from './read-manifest.ts';
import { RULES } from './rules/index.ts';

/** What manifests come to: what git wants, unless something is wrong with it, and all that is. */
export interface Judgement {
  /** Absent when a concern is an error. */
  readonly desired: Desired | undefined;
  /** All problems of all files, sorted by place. */
  readonly concerns: readonly Concern[];
}

/** Judges files that have been read: the project file and the wave files. `found` is what reading them has shown. */
export function judge(
  main: Manifest,
  waveFiles: readonly Manifest[],
  found: readonly Concern[],
  now: Instant,
): Judgement {
  const manifests = [main, ...waveFiles];
  const [project] = main.projects;
  const waves = manifests.flatMap((manifest) => manifest.waves);
  const world: World = {
    project,
    waves,
    vms: waves.flatMap(({ vms }) => vms),
    now,
    providerOf: providersOf(project),
  };
  const read = [...found, ...manifests.flatMap(({ concerns }) => concerns)];
  const concerns = [
    ...read,
    ...(project === undefined ? noProject(main, read) : []),
    ...RULES.flatMap(({ check }) => check(world)),
  ].sort(byPlace);
  const broken = project === undefined || concerns.some(({ severity }) => severity === 'error');
  return { desired: broken ? undefined : buildDesired(world, project), concerns };
}

/** The concern that there is no project file, or no project in it. */
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
