import type { Outcome, Result } from '../core/outcome.ts';
import type { Action } from '../core/plan.ts';

/** What an action is called once it is done; an apply has nothing to do for the last two. */
export const DONE = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  advance: 'advanced',
  'no-op': 'unchanged',
  defer: 'deferred',
} as const satisfies Record<Action, string>;

/** What a result counts as. */
function kindOf({ status, change }: Result): string {
  return status === 'done' ? DONE[change.action] : status;
}

/** How many results of an outcome are of each kind: `created`, …, `failed`, `not-tried`. */
export function countOutcome({ results }: Outcome): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(kindOf(result), (counts.get(kindOf(result)) ?? 0) + 1);
  return counts;
}
