import type { Concern } from '../core/concern.ts';
import { CONCERNS } from '../core/concern-ids.ts';
import type { Observed } from '../core/observed.ts';
import { byText } from '../core/order.ts';
import type { Change } from '../core/plan.ts';
import { raiseForTarget } from '../core/raise.ts';

/** What an account lacks before anything can be done in it. */
export function lackConcerns(target: string, { lacks = [] }: Observed): readonly Concern[] {
  return lacks.map(({ id, words }) => raiseForTarget(id, target, words(target)));
}

/** Blocks creates where the account lacks what every create needs: each would fail by itself. */
export function blockCreates({ lacks = [] }: Observed, changes: readonly Change[]): readonly Change[] {
  const ids = lacks.flatMap(({ id }) => (CONCERNS[id].severity === 'critical' ? [id] : []));
  if (ids.length === 0) return changes;
  return changes.map((change) =>
    change.action === 'create'
      ? { ...change, blockedBy: [...new Set([...change.blockedBy, ...ids])].toSorted(byText) }
      : change,
  );
}
