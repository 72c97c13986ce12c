import picomatch from 'picomatch';
import { CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';
import { type ErrorCode, LandfallError } from '../core/error.ts';
import { isOwnedBy, type Observed } from '../core/observed.ts';
import { didYouMean, NAME_TOLERANCE, oneOf } from '../core/suggest.ts';
import type { TargetScope } from './accounts.ts';
import type { Manifests } from './manifests.ts';

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
  /** Targets that are observed though no wave of the manifests names them. */
  readonly targets?: ReadonlySet<string>;
  /** What the user must know about it. */
  readonly concerns?: readonly Concern[];
}

/**
 * Whether a name fits one of the patterns: a pattern that is one of the `known` names means that name alone, and any
 * other is a glob. Without patterns everything fits.
 */
export function matcher(
  patterns: readonly string[] | undefined,
  known: Iterable<string> = [],
): ((name: string) => boolean) | undefined {
  if (patterns === undefined) return undefined;
  const all = new Set(known);
  const names = new Set(patterns);
  const globs = patterns
    .filter((pattern) => pattern !== '' && !all.has(pattern))
    .map((pattern) => picomatch(pattern, { dot: true, nonegate: true }));
  return (name) => names.has(name) || globs.some((glob) => glob(name));
}

/**
 * Refuses a pattern that fits nothing: a misspelt `--wave` must not read as "no changes".
 * @param names all that a pattern may fit
 * @param suggested those of them that are worth a suggestion
 * @throws LandfallError with `code`, naming the pattern and the name nearest to it
 */
export function requireMatch(
  code: ErrorCode,
  what: string,
  patterns: readonly string[] | undefined,
  names: Iterable<string>,
  suggested: Iterable<string> = names,
): void {
  if (patterns === undefined || patterns.length === 0) return;
  const known = [...new Set(names)].sort();
  for (const pattern of patterns) {
    const fits = matcher([pattern], known);
    if (fits !== undefined && known.some(fits)) continue;
    const worth = [...new Set(suggested)].sort();
    const tolerance = code === 'VM_UNKNOWN' ? NAME_TOLERANCE : undefined;
    throw new LandfallError(code, `no ${what} is named ${JSON.stringify(pattern)}`, {
      remedy: didYouMean(pattern, worth, `give ${oneOf(what, worth)}, or a glob`, tolerance),
    });
  }
}

/** Lists the waves that a run may name: those of the manifests, and those in the markers of jobs in the account. */
export function knownWaves(desired: Desired, accounts: Iterable<Observed>): string[] {
  const names = desired.waves.map((wave) => wave.name);
  for (const { jobs } of accounts) {
    for (const job of jobs) if (isOwnedBy(job, desired.project)) names.push(job.owner.wave);
  }
  return names;
}

/** Lists the names by which a run may name a VM. */
export function knownVms(desired: Desired, accounts: Iterable<Observed>): string[] {
  const names = desired.vms.flatMap(({ address, reference }) => [address, reference.name ?? address]);
  for (const { jobs } of accounts) {
    for (const job of jobs) {
      const { name } = job.server;
      if (isOwnedBy(job, desired.project) && name !== undefined)
        names.push(name, `${job.owner.wave}/${name}`);
    }
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
    .map(({ name, place }) => ({
      id: 'target.not-looked-at',
      severity: CONCERNS['target.not-looked-at'].severity,
      message: `no wave names target ${name}, so this run does not include it: jobs that it may still have continue`,
      remedy: `include it with --target ${name}, or remove the target from the project`,
      place,
    }));
}
