import { outcomeNotStarted } from '../../apply/index.ts';
import type { ApplyOutcome, ApplyReport, ChangeResult, RollbackReport } from '../../core/apply-result.ts';
import { type Desired, isEarlierPhase, mayBeLeftOut, phaseOfWave } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { type AdvanceChange, type Change, hasChanges, type Plan } from '../../core/plan.ts';
import { phasesOf, scopeOfStages } from '../../core/observed.ts';
import { findSubjects } from '../../journey/subjects.ts';
import { planRollback } from '../../plan/rollback.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import { Locks } from '../locking/locks.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import { selectVms, type VmSelection } from '../runs/vm-selection.ts';
import { scopeOfRun } from '../selection.ts';
import { findTarget, requireFeature } from '../targets.ts';
import { endingNotApproved, executePlan, type ExecuteOptions, withLostLock } from './apply.ts';
import { planExitCode } from './planning.ts';

export interface RollbackOptions extends ExecuteOptions {
  /** Targets; names or globs. */
  readonly target?: readonly string[];
  /** The instances of the cut-overs continue to run. */
  readonly keepInstances?: boolean;
  /** Decides whether the plan is applied. */
  readonly approve: (plan: Plan) => Promise<boolean>;
}

/** How a rollback ended, or why there was no plan. */
export type RollbackResult = InvalidManifests | { readonly kind: 'ended'; readonly report: RollbackReport };

/**
 * Takes the cut-overs of VMs back, under the locks of the targets, whatever phase their waves have: the first step of each
 * VM, then those that follow it. Tells of the plan with the event `planned` before it asks.
 * @param names waves, VMs, paths, servers, instances or jobs; names or globs
 * @throws LandfallError VM_UNKNOWN, TARGET_UNKNOWN, NOT_SUPPORTED or LOCK_HELD
 */
export async function rollback(
  workspace: Workspace,
  names: readonly string[],
  options: RollbackOptions,
): Promise<RollbackResult> {
  await using locks = new Locks(workspace, options, 'rollback');
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using accounts = await openAccounts(workspace, await locks.take(scopeOfRun(manifests, options)));
  const vms = await selectVms(manifests, accounts, names, scopeOfStages(manifests.desired));
  for (const name of new Set(vms.chosen.map(({ target }) => target))) {
    const phases = vms.traits.get(name)?.phases;
    const feature = phases?.rollback === undefined ? undefined : phases;
    requireFeature(feature, findTarget(vms.desired.targets, name), 'rollback');
  }
  const plan = planRollback(vms, options.keepInstances ?? false);
  workspace.onEvent?.({ kind: 'planned', plan });
  const end = async (report: ApplyReport): Promise<RollbackResult> => ({
    kind: 'ended',
    report: { ...(await withLostLock(report, locks)), plan, pastReady: wavesPastReady(vms.desired, plan) },
  });
  if (!hasChanges(plan)) return await end({ exitCode: rollbackExitCode(plan, []), plan });
  if (!locks.signal.aborted && !(await options.approve(plan))) return await end(endingNotApproved(plan));
  await locks.canContinue();
  const outcome = await takeAllSteps(workspace, options, { plan, vms, accounts }, locks);
  return await end({ exitCode: rollbackExitCode(plan, outcome.results), plan, outcome });
}

/** Lists the waves of a plan that are to be cut over, or may be: their files have errors. */
function wavesPastReady(desired: Desired, { changes }: Plan): readonly string[] {
  const phases = phasesOf(desired);
  const isPast = (wave: string): boolean =>
    mayBeLeftOut(desired, wave) || !isEarlierPhase(phaseOfWave(phases, wave).phase, 'cutover');
  return [...new Set(changes.map(({ wave }) => wave))].filter(isPast);
}

interface Scene {
  readonly plan: Plan;
  readonly vms: VmSelection;
  readonly accounts: Accounts;
}

/** Takes the steps of the plan, then observes the VMs again and takes the steps that follow. */
async function takeAllSteps(
  workspace: Workspace,
  options: RollbackOptions,
  { plan, vms, accounts }: Scene,
  locks: Locks,
): Promise<ApplyOutcome> {
  const first = await takeSteps(workspace, options, plan, accounts, locks);
  const following = first.results.flatMap(({ status, change }) => {
    const [step, ...remaining] = change.remaining ?? [];
    const goesOn = status === 'done' && change.action === 'advance' && step !== undefined;
    return goesOn ? [{ ...change, step, remaining }] : [];
  });
  if (following.length === 0) return first;
  const { able, left } = await planFollowing(vms, following);
  const second = able === undefined ? undefined : await takeSteps(workspace, options, able, accounts, locks);
  for (const result of left) options.reporter?.ended(result);
  return {
    results: [...first.results, ...(second?.results ?? []), ...left],
    interrupted: first.interrupted || locks.signal.aborted,
    milliseconds: first.milliseconds + (second?.milliseconds ?? 0),
  };
}

async function takeSteps(
  workspace: Workspace,
  options: RollbackOptions,
  plan: Plan,
  accounts: Accounts,
  locks: Locks,
): Promise<ApplyOutcome> {
  const { outcome } = await executePlan(workspace, options, plan, accounts, locks);
  return outcome ?? outcomeNotStarted(plan, 'nothing was started');
}

/**
 * Plans the steps that follow those that have been taken. Only what was approved is planned.
 * @returns the plan, and the results of steps that cannot be taken now
 */
async function planFollowing(
  vms: VmSelection,
  following: readonly AdvanceChange[],
): Promise<{ readonly able?: Plan; readonly left: readonly ChangeResult[] }> {
  const notTried = (change: AdvanceChange, reason: string): ChangeResult => ({
    status: 'not-tried',
    change,
    reason: `${reason}; its instance still runs`,
  });
  try {
    const read = await vms.observeAgain(new Set(following.map(({ target }) => target)));
    const observed = new Map([...vms.observed, ...read]);
    const keys = new Set(following.map(keyOf));
    const subjects = findSubjects(vms.desired, observed, vms.traits);
    const chosen = subjects.filter((subject) => keys.has(keyOf(subject)));
    const again = planRollback({ ...vms, observed, chosen }, false);
    const now = new Map(again.changes.map((change) => [keyOf(change), change]));
    const isAble = (change: AdvanceChange): boolean => {
      const next = now.get(keyOf(change));
      return next?.action === 'advance' && next.step === change.step && next.blockedBy.length === 0;
    };
    const able = new Set(following.filter(isAble).map(keyOf));
    return {
      able: { ...again, changes: again.changes.filter((change) => able.has(keyOf(change))) },
      left: following
        .filter((change) => !isAble(change))
        .map((change) => notTried(change, reasonOf(now.get(keyOf(change))))),
    };
  } catch (error) {
    if (!(error instanceof LandfallError)) throw error;
    return { left: following.map((change) => notTried(change, error.message)) };
  }
}

function reasonOf(change: Change | undefined): string {
  return change?.reason ?? 'the service does not show yet that the cut-over is taken back';
}

function keyOf({ target, address }: { readonly target: string; readonly address: string }): string {
  return JSON.stringify([target, address]);
}

/**
 * The exit code: 6 where a step was not taken, or where some were and other VMs are refused or must wait; if none was
 * taken, that of a plan, and 7 where VMs only wait.
 */
function rollbackExitCode(plan: Plan, results: readonly ChangeResult[]): ExitCode {
  if (results.some(({ status }) => status !== 'done')) return EXIT.partial;
  const code = planExitCode(plan);
  const left = code === EXIT.done && plan.summary.defer > 0 ? EXIT.waiting : code;
  return results.length > 0 && left !== EXIT.done ? EXIT.partial : left;
}
