import { groupBy } from '../core/lists.ts';
import type { ObservedJob } from '../core/observed.ts';
import { type Change, CONFIRMED_BY, type Plan, type StepAhead } from '../core/plan.ts';
import type { PlanInput } from './input.ts';

/**
 * Lists the steps that follow the changes of a plan and must be confirmed by the name of their wave, so that a run which
 * takes them does not stop at night for want of a flag. Sorted as the plan is; one entry a wave and step.
 */
export function stepsAhead(input: PlanInput, { changes }: Pick<Plan, 'changes'>): readonly StepAhead[] {
  const waves = new Map(input.desired.waves.map((wave) => [wave.name, wave]));
  const jobs = new Map(
    [...input.observed].map(([target, { jobs: all }]) => [target, new Map(all.map((job) => [job.id, job]))]),
  );
  const found = changes.flatMap((change) => {
    const job = change.id === undefined ? undefined : jobs.get(change.target)?.get(change.id);
    return destructionsAhead(input, change, job);
  });
  const groups = groupBy(found, ({ target, wave, step }) => JSON.stringify([target, wave, step]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { wave, destroys } = first;
    const isChecked = destroys !== 'finalize' || waves.get(wave)?.cutover?.finalizeAfter !== undefined;
    const isConfirmed = input.confirm?.[CONFIRMED_BY[destroys]]?.(wave) === true;
    return [{ ...first, vms: group.length, isConfirmed, isChecked }];
  });
}

/** The steps after the change of a VM that end something, without those that wait for a time only. */
function destructionsAhead(
  { traits }: PlanInput,
  change: Change,
  job: ObservedJob | undefined,
): readonly Pick<StepAhead, 'target' | 'wave' | 'step' | 'destroys'>[] {
  const { target, wave, remaining = [], blockedBy } = change;
  const rules = traits.get(target)?.phases;
  if (rules === undefined || blockedBy.length > 0) return [];
  const now = change.step === undefined ? [] : [change.step];
  const steps = [...now, ...remaining];
  const first = change.action === 'defer' ? 0 : now.length;
  return steps.flatMap((step, index) => {
    const destroys = index < first ? undefined : rules.destroysLater?.(step, steps.slice(0, index), job);
    return destroys === undefined ? [] : [{ target, wave, step, destroys }];
  });
}
