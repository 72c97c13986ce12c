import type { Freshness } from '../../core/apply-result.ts';
import type { Plan } from '../../core/plan.ts';
import { planData } from '../../core/results/plan-data.ts';
import { formatJson } from '../text/json.ts';

export { actionsOf, toConcern, toErrors, toStages, toTarget } from '../../core/results/plan-data.ts';

/** The plan as JSON of `schemas/plan.schema.json`; of a saved plan with its freshness. Ends in a newline. */
export function renderPlanJson(plan: Plan, freshness?: Freshness): string {
  return formatJson({
    ...planData(plan),
    freshness: freshness && { status: freshness.status, drift: freshness.drift, reason: freshness.reason },
  });
}
