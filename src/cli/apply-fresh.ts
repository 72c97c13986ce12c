import { notCarriedOut } from '../apply/index.ts';
import type { Ending } from '../core/ending.ts';
import { EXIT } from '../core/error.ts';
import type { Plan } from '../core/plan.ts';
import { approved } from './approval.ts';
import { type ApplyContext, carryOut, type CarryOutFlags, endAtOnce, showPlan } from './carry-out.ts';
import { judged, type LockFlags, type Locks } from './locking.ts';
import { type PlanFlags, type Scene, withPlan } from './planning.ts';

export interface FreshFlags extends PlanFlags, CarryOutFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** Plans, shows the plan, asks, and carries it out; all of it under the locks, so that what was planned still holds. */
export async function applyFresh(context: ApplyContext, flags: FreshFlags, locks: Locks): Promise<Ending> {
  const { signal } = locks;
  const use = async (plan: Plan, { accounts, targets }: Scene): Promise<Ending> => {
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
    // The answer may have taken hours. Where it may not go on, it says of each change why it was not tried.
    await locks.mayGoOn();
    return carryOut(context, flags, plan, accounts, targets, signal);
  };
  const ending = await withPlan(context, flags, use, undefined, locks);
  return ending === undefined ? { exitCode: EXIT.error, error: BROKEN } : judged(ending, locks);
}

const NOT_APPROVED = { code: 'APPROVAL_NEEDED', message: 'the plan was not approved' };
const BROKEN = {
  code: 'MANIFESTS_INVALID',
  message: 'the manifests have errors',
  remedy: 'run `landfall validate`, which shows all of them with their places',
};
