import { CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';
import { isOwnedBy, type Observed } from '../core/observed.ts';
import { indexServers, serverNames } from '../journey/servers.ts';
import { displayNames, findSubjects, type NameMatcher, vmNames } from '../journey/subjects.ts';
import type { Accounts, Observation, TargetScope } from './accounts.ts';
import type { Manifests } from './manifests.ts';
import { matcher, requireMatch } from './name-patterns.ts';

/** What narrows a run to a part of the project; each value is a name or a glob. */
export interface Selection {
  readonly target?: readonly string[];
  readonly wave?: readonly string[];
  readonly vm?: readonly string[];
}

/** What narrows a plan beside its options. */
export interface Narrowing {
  /** The only waves that are planned. */
  readonly waves?: ReadonlySet<string>;
  /** The only VMs that are planned, by address. */
  readonly vms?: ReadonlySet<string>;
  /** Targets that are observed though no wave of the manifests names them. */
  readonly targets?: ReadonlySet<string>;
  /** What the user must know about it. */
  readonly concerns?: readonly Concern[];
}

/** Lists the names of all VMs that the catalogues of accounts have, and the labels of those that share a name. */
export function catalogNames(accounts: Iterable<Observed>): readonly string[] {
  return [...accounts].flatMap((account) => {
    const index = indexServers(account);
    return account.servers.flatMap((server) => [...serverNames(server), index.labelOf(server) ?? []].flat());
  });
}

/**
 * Makes the matcher of the VMs that patterns mean: names, labels or addresses of VMs of a wave. It takes each name of a
 * VM, or its address alone.
 * @throws LandfallError VM_UNKNOWN for a pattern that fits nothing
 */
export function vmMatcher(
  patterns: readonly string[] | undefined,
  desired: Desired,
  { observed, unreachable, traits }: Observation & Pick<Accounts, 'traits'>,
): NameMatcher | undefined {
  if (patterns === undefined) return undefined;
  const subjects = findSubjects(desired, observed, traits).filter(
    ({ wave, isPast }) => wave !== undefined && isPast !== true,
  );
  // Those of the manifests are also known where their account is not.
  const known = [
    ...desired.vms.flatMap(({ address, reference }) => [address, reference.name ?? address]),
    ...subjects.flatMap(vmNames),
  ];
  const suggested = subjects.flatMap(displayNames);
  const catalog = catalogNames(observed.values());
  requireMatch('VM_UNKNOWN', 'VM', patterns, known, { suggested, catalog, unreachable });
  const matches = matcher(patterns, known);
  if (matches === undefined) return undefined;
  const addresses = new Set<string>(
    subjects.filter((subject) => vmNames(subject).some(matches)).map(({ address }) => address),
  );
  return (name) => addresses.has(name) || matches(name);
}

/** Lists the waves that a run may name: those of the manifests, and those in the markers of jobs in the account. */
export function knownWaves(desired: Desired, accounts: Iterable<Observed>): string[] {
  const names = desired.waves.map((wave) => wave.name);
  for (const { jobs } of accounts) {
    for (const job of jobs) if (isOwnedBy(job, desired.project)) names.push(job.owner.wave);
  }
  return names;
}

/**
 * The targets of a run: those that `--target` names, else the default one and all that a wave names, and `more`, which
 * waves named that are gone.
 */
function selectTargets(
  desired: Desired,
  options: Selection,
  more: ReadonlySet<string> = new Set(),
): Desired['targets'] {
  const all = desired.targets.map(({ name }) => name);
  requireMatch('TARGET_UNKNOWN', 'target', options.target, all);
  const { defaultTarget, waves, leftOut = [] } = desired;
  const ofWaves = [...waves.map(({ target }) => target), ...leftOut.flatMap(({ targets }) => targets)];
  const used = new Set([defaultTarget, ...ofWaves, ...more]);
  const wanted = matcher(options.target) ?? ((name: string) => used.has(name));
  return desired.targets.filter(({ name }) => wanted(name));
}

/** The targets of a run, with the project that they belong to. */
export function scopeOfRun(
  { desired, projectFile }: Manifests,
  options: Selection,
  more?: ReadonlySet<string>,
): TargetScope {
  return { project: desired.project, projectFile, targets: selectTargets(desired, options, more) };
}

/**
 * Targets that no wave names and that the run does not look at: jobs that they still have, from waves that are gone
 * or have moved to another target, would pass unseen.
 */
export function concernsOfUnobservedTargets(
  desired: Desired,
  looked: Desired['targets'],
  options: Selection,
): readonly Concern[] {
  if (options.target !== undefined) return [];
  return desired.targets
    .filter((target) => !looked.includes(target))
    .map(({ name, place }) => ({ ...concernOfUnobservedTarget(name), place }));
}

/** A target that no wave names and that a run does not look at. */
export function concernOfUnobservedTarget(name: string): Concern {
  return {
    id: 'target.not-looked-at',
    severity: CONCERNS['target.not-looked-at'].severity,
    message: `no wave names target ${name}, so this run does not include it: jobs that it may still have continue`,
    remedy: `include it with --target ${name}, or remove the target from the project`,
  };
}

/**
 * The targets of a run that plans, and those of other waves that its waves wait for: a run of one target must know where
 * these stand.
 */
export function scopeOfPlan(
  manifests: Manifests,
  options: Selection,
  narrowing: Narrowing = {},
): TargetScope {
  const scope = scopeOfRun(manifests, options, narrowing.targets);
  const { desired } = manifests;
  const own = new Set(scope.targets.map(({ name }) => name));
  const isNamed = matcher(
    options.wave,
    desired.waves.map(({ name }) => name),
  );
  const needed = new Set(
    desired.waves
      .filter(
        ({ name, target }) =>
          own.has(target) && isNamed?.(name) !== false && narrowing.waves?.has(name) !== false,
      )
      .flatMap(({ dependsOn = [] }) => dependsOn.map(({ wave }) => wave)),
  );
  const targets = new Set(desired.waves.filter(({ name }) => needed.has(name)).map(({ target }) => target));
  const waitedFor = desired.targets.filter(({ name }) => targets.has(name) && !own.has(name));
  return waitedFor.length === 0 ? scope : { ...scope, waitedFor };
}
