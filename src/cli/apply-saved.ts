import type { Drift } from '../core/drift.ts';
import type { Ending } from '../core/ending.ts';
import { EXIT, LandfallError } from '../core/error.ts';
import type { Plan } from '../core/plan.ts';
import { recount } from '../plan/saved/index.ts';
import { driftLines } from '../report/drift-text.ts';
import { renderError } from '../report/error-text.ts';
import { type ApplyContext, carryOut, type CarryOutFlags, endAtOnce, showPlan } from './carry-out.ts';
import type { Context } from './context.ts';
import { judged, type Locks } from './locking.ts';
import { meet } from './saved-plan.ts';
import { readPlanFile } from './saved-plan-files.ts';

/** Carries out exactly what a plan file says, without asking: who saved it has been shown it. Or says what has moved. */
export async function applySaved(
  context: ApplyContext,
  flags: CarryOutFlags,
  file: string,
  locks: Locks,
): Promise<Ending> {
  const saved = await readPlanFile(context, file);
  const { plan } = saved;
  showPlan(context, flags, plan);
  const end = endAtOnce(plan);
  if (end !== undefined) return end;

  const ending = await meet(
    context,
    saved,
    (meeting): Ending | Promise<Ending> => {
      if (!('accounts' in meeting)) return stale(context, plan, file, meeting.drift);
      const { accounts, observed, targets } = meeting;
      const names = new Set(targets.map(({ name }) => name));
      const now: Plan = {
        ...plan,
        targets: plan.targets.filter(({ name }) => names.has(name)),
        capacity: recount(plan, targets, observed),
      };
      return carryOut(context, flags, now, accounts, targets, locks.signal);
    },
    locks,
  );
  return judged(ending, locks);
}

function stale(context: Context, plan: Plan, file: string, drift: readonly Drift[]): Ending {
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
  host.stderr.write(`${driftLines(drift, errorColors).join('\n')}\n`);
  const { code, message, remedy = '' } = error;
  return { exitCode: EXIT.stale, plan, drift, error: { code, message, remedy } };
}
