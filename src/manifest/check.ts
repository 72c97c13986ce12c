import { CONCERNS } from '../core/concern-ids.ts';
import { byPlace, type Concern } from '../core/concern.ts';
import type { Desired, DesiredVm, DesiredWave, Settings, Target } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import type { Instant } from '../core/time.ts';
import { type Project, type RuleInput, supportedReference, type Vm, type Wave } from './model.ts';
import { licenceRule } from './os/licence.ts';
import type { Manifest } from './read-manifest.ts';
import { RULES } from './rules/index.ts';
import { isMgnSetting } from './settings.ts';

/** What manifests come to: what git wants, unless something is wrong with it, and all that is. */
export interface CheckedManifests {
  /** Absent when a concern is an error. */
  readonly desired: Desired | undefined;
  /** All problems of all files, sorted by place. */
  readonly concerns: readonly Concern[];
}

/** Judges files that have been read: the project file and the wave files. `found` is what reading them has shown. */
export function checkManifests(
  main: Manifest,
  waveFiles: readonly Manifest[],
  found: readonly Concern[],
  now: Instant,
): CheckedManifests {
  const manifests = [main, ...waveFiles];
  const [project] = main.projects;
  const waves = manifests.flatMap((manifest) => manifest.waves);
  const world: RuleInput = {
    project,
    waves,
    vms: waves.flatMap(({ vms }) => vms),
    now,
    providerOf: providerLookup(project),
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

type Provider = Target['provider'];

/**
 * Tells the service of each wave's target. Of a wave whose target there is not, it is the one that all targets of the
 * project have in common; where they have none, or something is wrong with them, nothing is known. Without a project
 * manifests are judged as they were when there was SMS alone.
 */
function providerLookup(project: Project | undefined): RuleInput['providerOf'] {
  if (project === undefined) return () => 'sms';
  const { targets, targetNames, defaultTarget } = project;
  const byTarget = new Map<string, Provider>(targets.map(({ name, provider }) => [name, provider]));
  const all = new Set(byTarget.values());
  const common = all.size === 1 && byTarget.size === targetNames.length ? [...all][0] : undefined;
  return ({ target = defaultTarget }) =>
    byTarget.get(target ?? '') ?? (isWritten(target) ? undefined : common);

  function isWritten(target: string | undefined): boolean {
    return target !== undefined && targetNames.includes(target);
  }
}

/** What git wants, from manifests in which nothing is wrong: sorted, whatever the order of files and lists. */
function buildDesired({ waves, vms, providerOf }: RuleInput, project: Project): Desired {
  const defaultTarget = project.defaultTarget ?? '';
  const targetOf = ({ target }: Wave) => target ?? defaultTarget;
  return {
    project: project.name,
    defaultTarget,
    targets: project.targets,
    waves: waves.map((wave) => desiredWave(wave, targetOf(wave))).sort((a, b) => byText(a.name, b.name)),
    vms: vms
      .map((vm) => desiredVm(vm, targetOf(vm.wave), providerOf(vm.wave) ?? 'sms'))
      .sort((a, b) => byText(a.address, b.address)),
  };
}

function desiredWave(
  { name, labels, limits, adopt, protect, phase, place }: Wave,
  target: string,
): DesiredWave {
  return { name, target, labels, limits, adopt, protect, ...(phase !== undefined && { phase }), place };
}

function desiredVm(vm: Vm, target: string, provider: Target['provider']): DesiredVm {
  const { address, wave, reference, os, guest, settings, adopt, protect, place } = vm;
  const autoLicenseType = guest === undefined ? undefined : licenceRule(guest)?.auto;
  return {
    address,
    wave: wave.name,
    target,
    reference: supportedReference(provider, reference),
    ...(os !== undefined && { os }),
    ...(autoLicenseType !== undefined && { autoLicenseType }),
    settings: provider === 'mgn' ? settingsOnMgn(vm, autoLicenseType) : settings,
    adopt,
    protect,
    place,
  };
}

/** Job settings that say something to MGN, beside its own. It always encrypts: `encrypted: true` says nothing. */
const JOB_SETTINGS_ON_MGN: ReadonlySet<string> = new Set(['app', 'description', 'kmsKeyId', 'licenseType']);

/**
 * What matters on MGN. A VM that names no application is in one that is called like its wave. The wire knows no Auto
 * (domain, MGN: "decide by OS"): where `os` says what it means, that is what git wants.
 */
function settingsOnMgn({ settings, wave }: Vm, auto: DesiredVm['autoLicenseType']): Settings {
  const matter = Object.entries(settings).filter(
    ([name]) => JOB_SETTINGS_ON_MGN.has(name) || isMgnSetting(name),
  );
  const { licenseType = 'Auto' } = settings;
  return {
    app: wave.name,
    ...Object.fromEntries(matter),
    ...(licenseType === 'Auto' && auto !== undefined && { licenseType: auto }),
  };
}
