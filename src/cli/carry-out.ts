import { applyPlan, notCarriedOut } from '../apply/index.ts';
import type { Target } from '../core/desired.ts';
import type { Ending } from '../core/ending.ts';
import { EXIT } from '../core/error.ts';
import type { Outcome } from '../core/outcome.ts';
import { hasChanges, isDeed, type Plan, runRefusals } from '../core/plan.ts';
import { renderPlanText } from '../report/plan-text.ts';
import type { Accounts } from './accounts.ts';
import type { Context } from './context.ts';
import { planExitCode } from './planning.ts';
import { progressReporter } from './progress.ts';

export interface CarryOutFlags {
  readonly format: 'text' | 'json';
  readonly maxFailures?: number;
}

/** Shows a plan before it is carried out: on stdout, unless that is for JSON. */
export function showPlan(context: Context, { format }: CarryOutFlags, plan: Plan): void {
  const { colors, errorColors, verbose } = context;
  if (format === 'json') context.log(renderPlanText(plan, { colors: errorColors, verbose }));
  else context.print(renderPlanText(plan, { colors, verbose }));
}

/** How a run ends at once, without anything to carry out or because a guard will not have it; else undefined. */
export function endAtOnce(plan: Plan): Ending | undefined {
  const [refusal] = runRefusals(plan);
  if (refusal !== undefined) {
    const { id, message, remedy } = refusal;
    const outcome = notCarriedOut(plan, 'a guard refuses the run');
    const error = { code: id, message, ...(remedy !== undefined && { remedy }) };
    return { exitCode: EXIT.refused, plan, outcome, error };
  }
  return hasChanges(plan) ? undefined : { exitCode: planExitCode(plan), plan };
}

/** Carries out a plan on open accounts, telling on stderr how it gets on. */
export async function carryOut(
  context: Context,
  { maxFailures }: CarryOutFlags,
  plan: Plan,
  { providers }: Accounts,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<Ending> {
  const progress = progressReporter(context, plan.changes.filter(isDeed).length);
  const finish = (): void => {
    progress.finish();
  };
  signal.addEventListener('abort', finish);
  try {
    const outcome = await applyPlan(plan, {
      providers,
      concurrency: new Map(targets.map(({ name, limits }) => [name, limits.apiRequests])),
      clock: context.host.clock,
      reporter: progress.reporter,
      signal,
      ...(maxFailures !== undefined && { maxFailures }),
    });
    return { exitCode: isWhole(outcome) ? planExitCode(plan) : EXIT.partial, plan, outcome };
  } finally {
    signal.removeEventListener('abort', finish);
    finish();
  }
}

/** Whether all was done that was to be done. */
function isWhole({ results }: Outcome): boolean {
  return results.every(({ status }) => status === 'done');
}
