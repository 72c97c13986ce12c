import type { ApplyOutcome, ChangeResult } from '../core/apply-result.ts';
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
function kindOf(result: ChangeResult): string {
  if (result.status !== 'done') return result.status;
  return result.alreadyExisted === true ? 'already-there' : DONE[result.change.action];
}

/**
 * What was done, in a word; a job that another run has created was not created by this one, and one that goes on
 * replicating is not gone.
 */
export function doneWord({
  alreadyExisted: wasThere,
  change,
}: Extract<ChangeResult, { status: 'done' }>): string {
  if (wasThere === true) return 'there already';
  return change.action === 'delete' && change.replicatesOn === true ? 'released' : DONE[change.action];
}

/** How many results of an outcome are of each kind: `created`, …, `already-there`, `failed`, `not-tried`. */
export function countOutcome({ results }: ApplyOutcome): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(kindOf(result), (counts.get(kindOf(result)) ?? 0) + 1);
  return counts;
}
