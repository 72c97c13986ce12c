import type { Outcome } from '../core/outcome.ts';
import type { Plan } from '../core/plan.ts';
import { isDeed } from '../core/plan.ts';

/** The outcome of a run that started nothing: each change that was to be run, with the reason. */
export function notCarriedOut({ changes }: Plan, reason: string, interrupted = false): Outcome {
  return {
    results: changes.filter(isDeed).map((change) => ({ status: 'not-tried', change, reason })),
    interrupted,
    milliseconds: 0,
  };
}
