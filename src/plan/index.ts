import { byPlace } from '../core/concern.ts';
import type { Target } from '../core/desired.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys, byText } from '../core/order.ts';
import type { Change, Plan } from '../core/plan.ts';
import { carriedConcerns, refusals } from './carried-concerns.ts';
import { checksum } from './checksum.ts';
import type { PlanInput } from './input.ts';
import type { TargetPlan } from './plan-target.ts';
import { planTarget } from './plan-target.ts';
import { summarise } from './summary.ts';
import { targetInput } from './target-input.ts';

export type { Guard, PlanInput } from './input.ts';
export { scopeOf } from './scope-of.ts';
export { findDrift } from './find-drift.ts';

/**
 * Compares what git wants with what the accounts hold. Pure: the same input in any order gives the same plan to the
 * byte, and time is the accounts' own (`Observed.at`).
 *
 * Plans the targets of `observed`. A narrowed selection changes nothing outside itself; caps count everything all
 * the same.
 *
 * @throws LandfallError `INTERNAL` if a target's provider is not known
 */
export function planProject(input: PlanInput): Plan {
  const { desired, observed } = input;
  const refused = refusals(input.concerns);
  const parts = desired.targets
    .toSorted((a, b) => byText(a.name, b.name))
    .flatMap((target) => {
      const account = observed.get(target.name);
      return account === undefined ? [] : [planOne(input, target, account, refused)];
    });

  const targets = parts.map(({ target }) => target);
  const names = new Set(targets.map(({ name }) => name));
  const changes = parts.flatMap((part) => part.changes).toSorted(inOrder);
  const concerns = [...carriedConcerns(input, names), ...parts.flatMap((part) => part.concerns)];
  return {
    project: desired.project,
    at: parts.reduce((latest, { at }) => Math.max(latest, at), 0),
    targets,
    changes,
    concerns: concerns.toSorted(byPlace),
    capacity: parts.flatMap(({ capacity }) => capacity),
    summary: summarise(changes, concerns),
    checksum: checksum(targets, changes),
  };
}

function planOne(
  input: PlanInput,
  target: Target,
  observed: Observed,
  refused: ReadonlyMap<string, readonly string[]>,
): TargetPlan {
  const { desired, selection = {} } = input;
  const waves = desired.waves
    .filter((wave) => wave.target === target.name && selection.wave?.(wave.name) !== false)
    .toSorted((a, b) => byText(a.name, b.name));
  return planTarget(targetInput(input, target, observed, refused), waves);
}

const inOrder = byKeys<Change>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
);
