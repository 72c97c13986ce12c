import { applyPlan, outcomeNotStarted } from '../../apply/index.ts';
import { requestApproval } from '../../cli/approval.ts';
import type { Context } from '../../cli/context.ts';
import { type EventStream, progressReporter, type StreamFlags } from '../../cli/plan/apply-progress.ts';
import type {
  ApplyOutcome,
  ApplyReport,
  ApplyReporter,
  ChangedPrecondition,
} from '../../core/apply-result.ts';
import type { Target } from '../../core/desired.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { hasChanges, isExecutable, type Plan, runRefusals } from '../../core/plan.ts';
import { recountCapacity } from '../../plan/caps.ts';
import { changedPreconditionLines } from '../../report/plan/saved.ts';
import { renderPlanText } from '../../report/plan/text.ts';
import { renderError } from '../../report/text/errors.ts';
import type { Accounts } from '../accounts.ts';
import { type LockFlags, type Locks, withLostLock } from '../locking/locks.ts';
import { planExitCode, type PlanFlags, type PlanSession, withPlan } from './planning.ts';
import { withSavedPlanCheck } from './saved-plan-check.ts';
import { readPlanFile } from './saved-plan-file.ts';

export interface NewPlanFlags extends PlanFlags, ExecuteFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** Plans, shows the plan, asks, and carries it out; all of it under the locks, so that what was planned still holds. */
export async function applyNewPlan(
  context: ApplyContext,
  flags: NewPlanFlags,
  locks: Locks,
): Promise<ApplyReport> {
  const { signal } = locks;
  const use = async (plan: Plan, { accounts, targets }: PlanSession): Promise<ApplyReport> => {
    showPlan(context, flags, plan);
    const end = endingBeforeApply(plan);
    if (end !== undefined) return end;
    if (!signal.aborted && !(await requestApproval(context, flags.autoApprove, 'Carry out this plan?'))) {
      return {
        exitCode: EXIT.error,
        plan,
        outcome: outcomeNotStarted(plan, 'not approved'),
        error: NOT_APPROVED,
      };
    }
    // The answer may have taken hours. Where it may not go on, it says of each change why it was not tried.
    await locks.canContinue();
    return executePlan(context, flags, plan, accounts, targets, signal);
  };
  const ending = await withPlan(context, flags, use, undefined, locks);
  return ending === undefined
    ? { exitCode: EXIT.error, error: INVALID_MANIFESTS }
    : withLostLock(ending, locks);
}

const NOT_APPROVED = { code: 'APPROVAL_NEEDED', message: 'the plan was not approved' };
const INVALID_MANIFESTS = {
  code: 'MANIFESTS_INVALID',
  message: 'the manifests have errors',
  remedy: 'run `landfall validate`, which shows all of them with their places',
};

/** Carries out exactly what a plan file says, without asking: who saved it has been shown it. Or says what has moved. */
export async function applySavedPlan(
  context: ApplyContext,
  flags: ExecuteFlags,
  file: string,
  locks: Locks,
): Promise<ApplyReport> {
  const saved = await readPlanFile(context, file);
  const { plan } = saved;
  showPlan(context, flags, plan);
  const end = endingBeforeApply(plan);
  if (end !== undefined) return end;

  const ending = await withSavedPlanCheck(
    context,
    saved,
    (meeting): ApplyReport | Promise<ApplyReport> => {
      if (!('accounts' in meeting)) return endingOfStalePlan(context, plan, file, meeting.drift);
      const { accounts, observed, targets } = meeting;
      const names = new Set(targets.map(({ name }) => name));
      const now: Plan = {
        ...plan,
        targets: plan.targets.filter(({ name }) => names.has(name)),
        capacity: recountCapacity(plan, targets, observed),
      };
      return executePlan(context, flags, now, accounts, targets, locks.signal);
    },
    locks,
  );
  return withLostLock(ending, locks);
}

function endingOfStalePlan(
  context: Context,
  plan: Plan,
  file: string,
  drift: readonly ChangedPrecondition[],
): ApplyReport {
  const { host, errorColors } = context;
  const what =
    drift.length === 1
      ? '1 thing it stands on has changed'
      : `${drift.length} things it stands on have changed`;
  const error = new LandfallError(
    'PLAN_STALE',
    `the plan in ${file} is stale: ${what}, and nothing was done`,
    {
      remedy: 'plan again, and review what is new',
    },
  );
  host.stderr.write(renderError(error, errorColors));
  host.stderr.write(`${changedPreconditionLines(drift, errorColors).join('\n')}\n`);
  const { code, message, remedy = '' } = error;
  return { exitCode: EXIT.stale, plan, drift, error: { code, message, remedy } };
}

interface ExecuteFlags extends StreamFlags {
  readonly format: 'text' | 'json';
  readonly maxFailures?: number;
}

/** A context whose run is told of, line by line. */
export interface ApplyContext extends Context {
  readonly stream: EventStream;
}

/** Shows a plan before it is carried out: on stdout, unless that is for JSON. */
function showPlan(context: ApplyContext, { format, json }: ExecuteFlags, plan: Plan): void {
  const { colors, errorColors, verbose, stream } = context;
  stream.planned(plan);
  if (format === 'json' || json === true) context.log(renderPlanText(plan, { colors: errorColors, verbose }));
  else context.print(renderPlanText(plan, { colors, verbose }));
}

/** How a run ends at once, without anything to carry out or because a guard will not have it; else undefined. */
function endingBeforeApply(plan: Plan): ApplyReport | undefined {
  const [refusal] = runRefusals(plan);
  if (refusal !== undefined) {
    const { id, message, remedy } = refusal;
    const outcome = outcomeNotStarted(plan, 'a guard refuses the run');
    const error = { code: id, message, ...(remedy !== undefined && { remedy }) };
    return { exitCode: EXIT.refused, plan, outcome, error };
  }
  return hasChanges(plan) ? undefined : { exitCode: planExitCode(plan), plan };
}

/** Carries out a plan on open accounts, telling on stderr how it gets on. */
async function executePlan(
  context: ApplyContext,
  { maxFailures }: ExecuteFlags,
  plan: Plan,
  { providers, traits }: Accounts,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<ApplyReport> {
  const progress = progressReporter(context, plan.changes.filter(isExecutable).length);
  const finish = (): void => {
    progress.finish();
  };
  signal.addEventListener('abort', finish);
  try {
    const outcome = await applyPlan(plan, {
      providers,
      concurrency: new Map(targets.map(({ name, limits }) => [name, limits.apiRequests])),
      batches: new Map([...traits].map(([name, { phases }]) => [name, phases.batch])),
      clock: context.host.clock,
      reporter: combineReporters(context.stream.reporter, progress.reporter),
      signal,
      ...(maxFailures !== undefined && { maxFailures }),
    });
    return { exitCode: isComplete(outcome) ? planExitCode(plan) : EXIT.partial, plan, outcome };
  } finally {
    signal.removeEventListener('abort', finish);
    finish();
  }
}

function combineReporters(one: ApplyReporter, other: ApplyReporter): ApplyReporter {
  return {
    started(change) {
      one.started(change);
      other.started(change);
    },
    ended(result) {
      one.ended(result);
      other.ended(result);
    },
  };
}

/** Whether all was done that was to be done. */
function isComplete({ results }: ApplyOutcome): boolean {
  return results.every(({ status }) => status === 'done');
}
