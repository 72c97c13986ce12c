import type { Concern } from '../core/concern.ts';
import { addToGroup } from '../core/lists.ts';
import { type Plan, withBlocks } from '../core/plan.ts';
import { sumUp, withChecksum, withPolicies } from './index.ts';
import type { PlanInput } from './input.ts';

/**
 * Checks policies on a merged plan: some are about the plan as a whole, which no runner has seen.
 * What a runner has found about a change stays, even where these policies do not find it: they may be looser than its own.
 * @param names the policies, by name: what runners have said of the plan as a whole by others stays
 */
export function withWholePolicies(
  plan: Plan,
  names: ReadonlySet<string>,
  check: NonNullable<PlanInput['policies']>['check'],
): Plan {
  const isKnown = (id: string): boolean => id.startsWith('policy.') && names.has(id.slice('policy.'.length));
  const bare = withParts(
    plan,
    plan.changes.map((change) =>
      change.blockedBy.some(isKnown)
        ? { ...change, blockedBy: change.blockedBy.filter((id) => !isKnown(id)) }
        : change,
    ),
    plan.concerns.filter(({ id }) => !isKnown(id)),
  );
  const checked = withPolicies(bare, { check, overrides: plan.policyOverrides ?? [] });
  const found = new Set(checked.concerns.map(keyOf));
  return withFindings(
    checked,
    plan.concerns.filter((one) => isKnown(one.id) && one.address !== undefined && !found.has(keyOf(one))),
  );
}

/** Adds concerns about changes; critical ones block theirs. */
function withFindings(plan: Plan, concerns: readonly Concern[]): Plan {
  if (concerns.length === 0) return plan;
  const blocks = new Map<string, string[]>();
  for (const { id, severity, target, address } of concerns)
    if (severity === 'critical') addToGroup(blocks, JSON.stringify([target, address]), id);
  const changes = plan.changes.map((change) => {
    const ids = blocks.get(JSON.stringify([change.target, change.address]));
    return ids === undefined ? change : withBlocks(change, ids);
  });
  return withParts(plan, changes, [...plan.concerns, ...concerns]);
}

/** Returns a plan with other changes and concerns, and what follows from them. */
function withParts(plan: Plan, changes: Plan['changes'], concerns: Plan['concerns']): Plan {
  const others = { ...plan };
  delete others.validUntil;
  return withChecksum({ ...others, ...sumUp(changes, concerns) });
}

function keyOf({ id, target, address }: Concern): string {
  return JSON.stringify([id, target, address]);
}
