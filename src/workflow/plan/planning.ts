import { dirname, relative, resolve, sep } from 'node:path';
import { incompleteness } from '../../core/concern.ts';
import { type Desired, isEarlierPhase, withMaxAttempts } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { type Observed, scopeOf } from '../../core/observed.ts';
import type { Plan } from '../../core/plan.ts';
import type { Runbook } from '../../core/results/runbook.ts';
import { byText } from '../../core/lists.ts';
import { quote } from '../../core/text.ts';
import { planProject } from '../../plan/index.ts';
import type { NameMatcher } from '../../journey/subjects.ts';
import { isSelected, type Override, type PlanInput } from '../../plan/input.ts';
import { type NarrowedTo, savePlan } from '../../plan/saved/preconditions.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import { changedWaves } from '../git/changed-waves.ts';
import { currentCommit } from '../git/current-commit.ts';
import { type InvalidManifests, type Manifests, readManifests } from '../manifests.ts';
import { matcher, requireMatch } from '../name-patterns.ts';
import {
  concernsOfUnobservedTargets,
  knownWaves,
  type Narrowing,
  scopeOfPlan,
  type Selection,
  vmMatcher,
} from '../selection.ts';
import { version } from '../shipped-files.ts';
import { loadGates } from './gates.ts';
import { loadPolicies, type PolicyOptions } from './policies.ts';
import { writePlanFile } from './saved-plan.ts';

/** Options that decide what a plan contains. */
export interface PlanOptions extends Selection, PolicyOptions {
  /** Lets a target whose manifests are gone lose all of its jobs. */
  readonly allowEmpty?: boolean;
  /** Guards that are lifted. */
  readonly force?: readonly Override[];
  /** VMs whose jobs are deleted and created again; names or globs. */
  readonly replace?: readonly string[];
  /** Waves whose cut-over may be finalized, by name. */
  readonly confirmFinalize?: readonly string[];
  /** Waves whose tests or cut-overs may be taken back, or whose test instances may end, by name. */
  readonly confirmRevert?: readonly string[];
  /** Waves whose cut-overs may be launched again although somebody has taken them back, by name. */
  readonly confirmCutover?: readonly string[];
  /** Waves whose VMs, no longer in the manifests, may be disconnected for good, by name. */
  readonly confirmDisconnect?: readonly string[];
  /** Waves whose VMs may change between their test and the end of their cut-over, by name. */
  readonly confirmChange?: readonly string[];
  /** How often a stalled replication is retried before a person must act. */
  readonly maxAttempts?: number;
  /** Windows that do not hold for the run, by name; with the reason. */
  readonly overrideWindow?: readonly string[];
}

export interface NewPlanOptions extends PlanOptions {
  /** Only waves whose files have changed since HEAD and this git revision parted. */
  readonly changedSince?: string;
  /** A file that the plan is saved to. */
  readonly out?: string;
  /** A folder for the runbooks of the waves whose phase or cut-over has changed since the base. */
  readonly runbooks?: string;
}

/** A plan, or the problems of the manifests. */
export type PlanResult =
  | InvalidManifests
  | {
      readonly kind: 'planned';
      readonly plan: Plan;
      /** Waves whose cut-over is ahead, by name: `landfall runbook` writes down what people do in that night. */
      readonly cutovers: readonly string[];
      /** Those runbooks, if the options ask for them. */
      readonly runbooks: readonly Runbook[];
    };

/**
 * Plans: reads the manifests, observes the accounts and compares the two. Changes nothing in an account.
 * @throws LandfallError where a name matches nothing, git or an account cannot be reached, or the plan cannot be saved
 */
export async function plan(workspace: Workspace, options: NewPlanOptions = {}): Promise<PlanResult> {
  const manifests = await readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { changedSince, out } = options;
  const narrowing = changedSince === undefined ? {} : await changedWaves(workspace, manifests, changedSince);
  await using accounts = await openAccounts(workspace, scopeOfPlan(manifests, options, narrowing));
  const input = await observeManifests(workspace, manifests, accounts, options, narrowing);
  const planned = planProject(input);
  if (out !== undefined) {
    // Seen from the project's folder, paths are the same on every machine.
    const shown = (path: string): string =>
      relative(dirname(manifests.projectFile), resolve(workspace.host.cwd, path)).replaceAll(sep, '/');
    const narrowedTo = namesNarrowedTo(planned, options, narrowing);
    const commit = await currentCommit(workspace, dirname(manifests.projectFile));
    const origin = { ...(commit !== undefined && { commit }), version: version() };
    const saved = savePlan({ ...planned, origin }, input.observed, accounts.traits, shown, narrowedTo);
    await writePlanFile(workspace, out, saved);
  }
  const ahead = cutoversAhead(planned, input.desired, narrowing);
  if (options.runbooks === undefined)
    return { kind: 'planned', plan: planned, cutovers: ahead, runbooks: [] };
  const { runbooksOfPlan, wavesWithOtherCutover } = await import('./runbooks.ts');
  const base = changedSince ?? options.policiesFrom;
  const changed = base === undefined ? ahead : await wavesWithOtherCutover(workspace, manifests, base);
  const isPlanned = (name: string): boolean => planned.waves?.some((wave) => wave.name === name) === true;
  const waves = changed.filter(isPlanned);
  return {
    ...{ kind: 'planned', plan: planned, cutovers: [...new Set([...waves, ...ahead])].toSorted(byText) },
    runbooks: await runbooksOfPlan(workspace, manifests, waves, {
      ...options,
      isProposed: base !== undefined,
    }),
  };
}

/** Lists the waves that are to be cut over and have VMs with steps to take, and those whose changed file plans a cut-over. */
function cutoversAhead({ changes }: Plan, { waves }: Desired, narrowing: Narrowing): readonly string[] {
  const withSteps = new Set<string>();
  for (const { wave, step, remaining } of changes)
    if (step !== undefined || (remaining?.length ?? 0) > 0) withSteps.add(wave);
  return waves.flatMap(({ name, phase = 'replicate', cutover }) => {
    const isPlanned = cutover?.at !== undefined && isEarlierPhase(phase, 'finalize');
    const isAhead = phase === 'cutover' && withSteps.has(name);
    return isAhead || (isPlanned && narrowing.waves?.has(name) === true) ? [name] : [];
  });
}

/** Lists by name what a plan was narrowed to: a later plan has other waves and VMs, which its patterns would fit too. */
function namesNarrowedTo(
  { targets, changes }: Plan,
  { target, wave, vm }: Selection,
  { waves }: Narrowing,
): NarrowedTo | undefined {
  if ([target, wave, vm, waves].every((each) => each === undefined)) return undefined;
  const namesOf = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted(byText);
  const isByWave = wave !== undefined || waves !== undefined;
  return {
    ...(target !== undefined && { targets: namesOf(targets.map(({ name }) => name)) }),
    ...(isByWave && { waves: namesOf([...changes.map((change) => change.wave), ...(waves ?? [])]) }),
    ...(vm !== undefined && { vms: namesOf(changes.map(({ address }) => address)) }),
  };
}

/**
 * Observes the accounts and returns all that a comparison with the manifests needs.
 * @throws LandfallError WAVE_UNKNOWN or VM_UNKNOWN for a pattern that matches nothing
 */
export async function observeManifests(
  workspace: Workspace,
  manifests: Manifests,
  { observe, traits, targets }: Accounts,
  options: PlanOptions,
  narrowing: Narrowing = {},
): Promise<PlanInput & { readonly observed: ReadonlyMap<string, Observed> }> {
  const { concerns } = manifests;
  const desired = withMaxAttempts(manifests.desired, options.maxAttempts);
  const gates = await loadGates(desired, options);
  const policies = await loadPolicies(workspace, { ...manifests, desired }, options);
  // Which VMs `--vm` means is only known with the account.
  const narrowed = selectionOf(
    matcher(
      options.wave,
      desired.waves.map(({ name }) => name),
    ),
    undefined,
    narrowing,
  );
  const { observed, unreachable, waitedFor } = await observe(
    scopeOf(desired, (vm) => isSelected(narrowed, vm)),
  );
  const waves = knownWaves(desired, observed.values());
  const { confirmFinalize, confirmRevert, confirmCutover, confirmDisconnect, confirmChange } = options;
  const confirmed = [confirmFinalize, confirmRevert, confirmCutover, confirmDisconnect, confirmChange];
  refuseGlobs(confirmed.flat(), waves);
  for (const patterns of [options.wave, ...confirmed]) {
    requireMatch('WAVE_UNKNOWN', 'wave', patterns, waves, { unreachable });
  }
  const read = { observed, unreachable, traits };
  const vm = vmMatcher(options.vm, desired, read);
  const replace = vmMatcher(options.replace, desired, read);
  for (const [target, { calls, notes = [] }] of observed)
    workspace.onEvent?.({ kind: 'target-observed', target, calls, notes });
  return {
    desired,
    concerns: [
      ...concerns,
      ...concernsOfUnobservedTargets(desired, targets, options),
      ...(narrowing.concerns ?? []),
    ],
    observed,
    unreachable,
    ...(waitedFor !== undefined && { waitedFor }),
    traits,
    ...gates,
    ...policies,
    selection: selectionOf(matcher(options.wave, waves), vm, narrowing),
    allowEmpty: options.allowEmpty ?? false,
    force: options.force ?? [],
    replace: replace ?? (() => false),
    confirm: {
      finalize: isOneOf(confirmFinalize),
      revert: isOneOf(confirmRevert),
      cutover: isOneOf(confirmCutover),
      disconnect: isOneOf(confirmDisconnect),
      change: isOneOf(confirmChange),
    },
  };
}

function isOneOf(names: readonly string[] = []): (name: string) => boolean {
  const all = new Set(names);
  return (name) => all.has(name);
}

/** Refuses confirmations by glob: who confirms that something ends has read the name of the wave. */
function refuseGlobs(confirmed: readonly (string | undefined)[], waves: readonly string[]): void {
  const glob = confirmed.find(
    (name) => name !== undefined && !waves.includes(name) && /[*?[\]{}!]/.test(name),
  );
  if (glob === undefined) return;
  throw new LandfallError('USAGE', `${quote(glob)} confirms no wave: a confirmation takes names, not globs`, {
    remedy: 'give the flag once for each wave, with its name',
  });
}

/** Returns what a plan is narrowed to by its options and beside them. */
function selectionOf(
  waves: NameMatcher | undefined,
  vms: NameMatcher | undefined,
  narrowing: Narrowing,
): NonNullable<PlanInput['selection']> {
  const wave = intersect(waves, narrowing.waves);
  const vm = intersect(vms, narrowing.vms);
  return { ...(wave && { wave }), ...(vm && { vm }) };
}

/** Returns the names that match both. */
function intersect(
  matches: NameMatcher | undefined,
  names: ReadonlySet<string> | undefined,
): NameMatcher | undefined {
  if (names === undefined) return matches;
  return (name) => names.has(name) && matches?.(name) !== false;
}

/** The exit code of a plan: 1 where a part of it is missing, 3 where a critical concern blocks something. */
export function planExitCode(plan: Plan): ExitCode {
  if (incompleteness(plan.concerns).length > 0) return EXIT.error;
  return plan.concerns.some(({ severity }) => severity === 'critical') ? EXIT.refused : EXIT.done;
}
