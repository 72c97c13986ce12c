import { applyPlan, notCarriedOut } from '../apply/index.ts';
import type { Target } from '../core/desired.ts';
import type { Ending } from '../core/ending.ts';
import { EXIT } from '../core/error.ts';
import type { Outcome, Reporter } from '../core/outcome.ts';
import { hasChanges, isDeed, type Plan, runRefusals } from '../core/plan.ts';
import { renderPlanText } from '../report/plan-text.ts';
import type { Accounts } from './accounts.ts';
import type { Context } from './context.ts';
import type { EventStream, StreamFlags } from './event-stream.ts';
import { planExitCode } from './planning.ts';
import { progressReporter } from './progress.ts';

export interface CarryOutFlags extends StreamFlags {
  readonly format: 'text' | 'json';
  readonly maxFailures?: number;
}

/** A context whose run is told of, line by line. */
export interface ApplyContext extends Context {
  readonly stream: EventStream;
}

/** Shows a plan before it is carried out: on stdout, unless that is for JSON. */
export function showPlan(context: ApplyContext, { format, json }: CarryOutFlags, plan: Plan): void {
  const { colors, errorColors, verbose, stream } = context;
  stream.planned(plan);
  if (format === 'json' || json === true) context.log(renderPlanText(plan, { colors: errorColors, verbose }));
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
  context: ApplyContext,
  { maxFailures }: CarryOutFlags,
  plan: Plan,
  { providers, traits }: Accounts,
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
      batches: new Map([...traits].map(([name, { phases }]) => [name, phases.batch])),
      clock: context.host.clock,
      reporter: both(context.stream.reporter, progress.reporter),
      signal,
      ...(maxFailures !== undefined && { maxFailures }),
    });
    return { exitCode: isWhole(outcome) ? planExitCode(plan) : EXIT.partial, plan, outcome };
  } finally {
    signal.removeEventListener('abort', finish);
    finish();
  }
}

function both(one: Reporter, other: Reporter): Reporter {
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
function isWhole({ results }: Outcome): boolean {
  return results.every(({ status }) => status === 'done');
}
