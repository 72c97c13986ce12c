import { applyPlan, outcomeNotStarted } from '../../apply/index.ts';
import type { ApplyOutcome, ApplyReport, ApplyReporter, VmLaunchActions } from '../../core/apply-result.ts';
import { callsInWork } from '../../core/caps.ts';
import { unreachableTargets } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import { EXIT, type ExitCode } from '../../core/error.ts';
import type { Observed } from '../../core/observed.ts';
import { type ExecutableChange, hasChanges, type Plan, runRefusals } from '../../core/plan.ts';
import { recountCapacity } from '../../plan/caps.ts';
import { planDifferences } from '../../plan/checksum.ts';
import { planProject } from '../../plan/index.ts';
import type { PlanInput } from '../../plan/input.ts';
import { changedPreconditions, type SavedPlan } from '../../plan/saved/preconditions.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import { type LockOptions, Locks } from '../locking/locks.ts';
import { loadProjectAt } from '../git/manifests-at-revision.ts';
import { type InvalidManifests, manifestsOf, readManifests } from '../manifests.ts';
import { findProjectFile } from '../project-files.ts';
import { scopeOfPlan } from '../selection.ts';
import { observeManifests, planExitCode, type PlanOptions } from './planning.ts';
import { checkPolicies } from './policies.ts';
import {
  endingOfChangedPolicies,
  endingOfOtherPlan,
  endingOfStalePlan,
  findChangedPreconditions,
  findChangedProject,
  narrowedAs,
  readPlanFile,
} from './saved-plan.ts';

export interface ExecuteOptions extends LockOptions {
  /** No changes are started after this many have failed. */
  readonly maxFailures?: number;
  /** Is told of each change that starts and ends. */
  readonly reporter?: ApplyReporter;
}

export interface ApplyOptions extends PlanOptions, ExecuteOptions {
  /** Decides whether the plan is applied; absent: it is. */
  readonly approve?: (plan: Plan) => Promise<boolean>;
}

/** How an apply ended, or why there was no plan. */
export type ApplyResult = InvalidManifests | { readonly kind: 'ended'; readonly report: ApplyReport };

/**
 * Plans, asks for approval and applies the plan, all of it under the locks of the targets. Tells of the plan with the
 * event `planned` before it asks.
 * @throws LandfallError where nothing was applied: a lock is held, a name fits nothing, no account can be reached
 */
export async function apply(workspace: Workspace, options: ApplyOptions = {}): Promise<ApplyResult> {
  await using locks = new Locks(workspace, options, 'apply');
  const manifests = await readManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const scope = await locks.take(scopeOfPlan(manifests, options));
  await using accounts = await openAccounts(workspace, scope);
  const input = await observeManifests(workspace, manifests, accounts, options);
  const plan = planProject(input);
  workspace.onEvent?.({ kind: 'planned', plan });
  const withActions = (report: ApplyReport): ApplyReport => withLaunchActions(report, input.observed);
  const end = endingBeforeApply(plan);
  if (end !== undefined) return await ended(withActions(end), locks);
  if (!locks.signal.aborted && (await options.approve?.(plan)) === false) {
    return await ended(endingNotApproved(plan), locks);
  }
  // The answer may have taken hours. A run that must not continue reports why each change was not tried.
  await locks.canContinue();
  return await ended(withActions(await executePlan(workspace, options, plan, accounts, locks)), locks);
}

/** Adds to the ending of a run the post-launch actions of the plan's VMs, as the run has observed them. */
function withLaunchActions(report: ApplyReport, observed: ReadonlyMap<string, Observed>): ApplyReport {
  const jobs = new Map(
    [...observed].flatMap(([target, account]) =>
      account.jobs.map((job) => [JSON.stringify([target, job.id]), job] as const),
    ),
  );
  const launchActions = (report.plan?.changes ?? []).flatMap((vm): readonly VmLaunchActions[] => {
    const { launchActions: actions, instanceId } = jobs.get(JSON.stringify([vm.target, vm.id])) ?? {};
    return actions === undefined ? [] : [{ vm, actions, ...(instanceId !== undefined && { instanceId }) }];
  });
  return launchActions.length === 0 ? report : { ...report, launchActions };
}

/**
 * Applies exactly the plan of a file, without asking: whoever saved it has seen it. Applies nothing where a resource of
 * the plan has changed since, or where it does not meet a policy of the project as it is now.
 * @throws LandfallError where nothing was applied: the file is no plan, a lock is held, no account can be reached
 */
export async function applySaved(
  workspace: Workspace,
  file: string,
  options: ExecuteOptions = {},
): Promise<ApplyReport> {
  await using locks = new Locks(workspace, options, 'apply');
  const saved = await readPlanFile(workspace, file);
  const { plan } = saved;
  workspace.onEvent?.({ kind: 'planned', plan });
  const end = endingBeforeApply(plan);
  if (end !== undefined) return end;
  const { scope, drift, policies } = findChangedProject(workspace, saved);
  if (drift.length > 0) return endingOfStalePlan(plan, file, drift);
  await using accounts = await openAccounts(workspace, await locks.take(scope));
  const { observed, unreachable, changed } = await findChangedPreconditions(saved, accounts);
  if (changed.length > 0) return await withLostLock(endingOfStalePlan(plan, file, changed), locks);
  const names = new Set(scope.targets.map(({ name }) => name));
  const now: Plan = {
    ...plan,
    targets: plan.targets.filter(({ name }) => names.has(name)),
    concerns: [...unreachable, ...plan.concerns],
    capacity: recountCapacity(plan, scope.targets, observed),
  };
  const checked = await checkPolicies(workspace, scope.projectFile, policies, now, observed);
  const refusal = endingOfChangedPolicies(now, checked, file);
  if (refusal !== undefined) return await withLostLock(refusal, locks);
  const done = await executePlan(workspace, options, now, accounts, locks);
  return await withLostLock(withLaunchActions(done, observed), locks);
}

/**
 * Plans from the commit that is checked out and applies that plan if it would do exactly what the saved one would:
 * nothing of the file is executed, so that it need not be trusted. The wave files on disk are not read.
 * @param options those that the plan was saved with: confirmations and lifted guards are not taken from the file
 * @returns exit code 4 and the differences where the two plans differ
 * @throws LandfallError as `apply`; GIT_FAILED outside of a git repository
 */
export async function applyVerified(
  workspace: Workspace,
  file: string,
  options: PlanOptions & ExecuteOptions = {},
): Promise<ApplyResult> {
  await using locks = new Locks(workspace, options, 'apply');
  const saved = await readPlanFile(workspace, file);
  const nothing = endingBeforeApply(saved.plan);
  if (nothing !== undefined) {
    workspace.onEvent?.({ kind: 'planned', plan: saved.plan });
    return { kind: 'ended', report: nothing };
  }
  const projectFile = findProjectFile(workspace);
  const { loaded, commit } = await loadProjectAt(workspace, projectFile, 'HEAD');
  const manifests = manifestsOf(workspace, projectFile, loaded, commit);
  if (manifests.kind === 'invalid') return manifests;
  const { selection, narrowing } = narrowedAs(saved, manifests, options);
  const scope = await locks.take(scopeOfPlan(manifests, selection, narrowing));
  await using accounts = await openAccounts(workspace, scope);
  const input = await observeManifests(workspace, manifests, accounts, selection, narrowing);
  const plan = planProject(input);
  workspace.onEvent?.({ kind: 'planned', plan });
  const end = endingOfSavedPlan(saved, plan, file, input) ?? endingBeforeApply(plan);
  const done = end ?? (await executePlan(workspace, options, plan, accounts, locks));
  return await ended(withLaunchActions(done, input.observed), locks);
}

/** How a run ends that would not do exactly what a saved plan does. Otherwise undefined. */
export function endingOfSavedPlan(
  saved: SavedPlan,
  plan: Plan,
  file: string,
  { observed, traits }: Pick<PlanInput, 'observed' | 'traits'>,
): ApplyReport | undefined {
  const changed = changedPreconditions(saved, observed, traits);
  const unread = new Set(unreachableTargets(plan.concerns).flatMap(({ target }) => target ?? []));
  const differences = planDifferences(saved.plan, plan, unread);
  const refusal = endingOfRefusal(plan);
  if (refusal !== undefined) return refusal;
  if (changed.length > 0) return endingOfStalePlan(plan, file, changed);
  return differences.length > 0 ? endingOfOtherPlan(plan, file, differences) : undefined;
}

async function ended(report: ApplyReport, locks: Locks): Promise<ApplyResult> {
  return { kind: 'ended', report: await withLostLock(report, locks) };
}

/**
 * Releases the locks. Returns how a run ends that lost one, whatever else came of it, or that could not release one: the
 * next run finds it held.
 */
export async function withLostLock(report: ApplyReport, locks: Locks): Promise<ApplyReport> {
  await locks.release();
  const { lost, unreleased } = locks;
  const failure = lost ?? unreleased;
  if (failure === undefined || report.error !== undefined) return report;
  const { code, message, remedy } = failure;
  const otherwise = report.exitCode === EXIT.done ? EXIT.error : report.exitCode;
  return {
    ...report,
    exitCode: lost === undefined ? otherwise : EXIT.locked,
    error: { code, message, ...(remedy !== undefined && { remedy }) },
  };
}

/** How a run ends whose plan the user has not approved. */
export function endingNotApproved(plan: Plan): ApplyReport {
  const error = { code: 'APPROVAL_NEEDED', message: 'the plan was not approved' };
  return { exitCode: EXIT.error, plan, outcome: outcomeNotStarted(plan, 'not approved'), error };
}

/** How a run ends that changes nothing: a guard refuses the plan, or it has no changes. Otherwise undefined. */
function endingBeforeApply(plan: Plan): ApplyReport | undefined {
  const refused = endingOfRefusal(plan);
  if (refused !== undefined) return refused;
  if (hasChanges(plan)) return undefined;
  const isPart = unreachableTargets(plan.concerns).length > 0;
  return { exitCode: isPart ? EXIT.partial : planExitCode(plan), plan };
}

/** How a run ends whose plan a guard refuses. Otherwise undefined. */
export function endingOfRefusal(plan: Plan): ApplyReport | undefined {
  const [refusal] = runRefusals(plan);
  if (refusal === undefined) return undefined;
  const { id, message, remedy } = refusal;
  const outcome = outcomeNotStarted(plan, 'a guard refuses the run');
  const error = { code: id, message, ...(remedy !== undefined && { remedy }) };
  return { exitCode: EXIT.refused, plan, outcome, error };
}

/** Applies a plan to open accounts. */
export async function executePlan(
  workspace: Workspace,
  { maxFailures, reporter = { started: () => undefined, ended: () => undefined } }: ExecuteOptions,
  plan: Plan,
  { providers, traits, targets, timeOf }: Accounts,
  locks: Locks,
): Promise<ApplyReport> {
  const unreachable = new Set(unreachableTargets(plan.concerns).map(({ target }) => target));
  // A run that follows its VMs executes hundreds of plans under the same locks.
  using inFlight = watchInFlight(workspace, locks, reporter);
  const outcome = await applyPlan(plan, {
    providers: new Map([...providers].filter(([name]) => !unreachable.has(name))),
    concurrency: new Map(targets.map(({ name, limits }) => [name, callsInWork(limits.apiRequests)])),
    batches: new Map([...traits].map(([name, { phases }]) => [name, phases.batch])),
    clock: workspace.host.clock,
    timeOf,
    reporter: inFlight.reporter,
    signal: locks.signal,
    ...(maxFailures !== undefined && { maxFailures }),
  });
  return { exitCode: applyExitCode(plan, outcome), plan, outcome };
}

/**
 * The exit code of an apply: 6 where a change was not made, or where some were and a critical concern blocked others or
 * a target could not be read.
 */
function applyExitCode(plan: Plan, { results }: ApplyOutcome): ExitCode {
  if (results.some(({ status }) => status !== 'done')) return EXIT.partial;
  const code = planExitCode(plan);
  return results.length > 0 && code !== EXIT.done ? EXIT.partial : code;
}

/** Adds to a reporter that the event `left-in-flight` names the changes in flight when the user leaves, until disposed of. */
function watchInFlight(
  { onEvent }: Workspace,
  { leaving }: Locks,
  reporter: ApplyReporter,
): Disposable & { readonly reporter: ApplyReporter } {
  const inFlight = new Set<ExecutableChange>();
  const tell = (): void => {
    if (inFlight.size > 0) onEvent?.({ kind: 'left-in-flight', changes: [...inFlight] });
  };
  leaving.addEventListener('abort', tell);
  return {
    reporter: {
      started(change) {
        inFlight.add(change);
        reporter.started(change);
      },
      ended(result) {
        inFlight.delete(result.change);
        reporter.ended(result);
      },
    },
    [Symbol.dispose]: () => {
      leaving.removeEventListener('abort', tell);
    },
  };
}
