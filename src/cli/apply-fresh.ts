import { notCarriedOut } from '../apply/index.ts';
import type { Ending } from '../core/ending.ts';
import { EXIT } from '../core/error.ts';
import { approved } from './approval.ts';
import { type ApplyContext, carryOut, type CarryOutFlags, endAtOnce, showPlan } from './carry-out.ts';
import { type PlanFlags, withPlan } from './planning.ts';

export interface FreshFlags extends PlanFlags, CarryOutFlags {
  readonly autoApprove?: boolean;
}

/** Plans, shows the plan, asks, and carries it out. */
export async function applyFresh(
  context: ApplyContext,
  flags: FreshFlags,
  signal: AbortSignal,
): Promise<Ending> {
  const ending = await withPlan(context, flags, async (plan, { accounts, targets }): Promise<Ending> => {
    showPlan(context, flags, plan);
    const end = endAtOnce(plan);
    if (end !== undefined) return end;
    if (!signal.aborted && !(await approved(context, flags.autoApprove, 'Carry out this plan?'))) {
      return {
        exitCode: EXIT.error,
        plan,
        outcome: notCarriedOut(plan, 'not approved'),
        error: NOT_APPROVED,
      };
    }
    return carryOut(context, flags, plan, accounts, targets, signal);
  });
  return ending ?? { exitCode: EXIT.error, error: BROKEN };
}

const NOT_APPROVED = { code: 'APPROVAL_NEEDED', message: 'the plan was not approved' };
const BROKEN = {
  code: 'MANIFESTS_INVALID',
  message: 'the manifests have errors',
  remedy: 'run `landfall validate`, which shows all of them with their places',
};
