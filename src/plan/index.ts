import { byPlace } from '../core/concern.ts';
import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys, byText } from '../core/order.ts';
import type { Change, Plan } from '../core/plan.ts';
import { carriedConcerns, refusals } from './carried-concerns.ts';
import { checksum } from './checksum.ts';
import type { PlanInput } from './input.ts';
import { neighboursOf } from './neighbours.ts';
import type { TargetPlan } from './plan-target.ts';
import { planTarget } from './plan-target.ts';
import { summarise } from './summary.ts';

export type { Guard, PlanInput } from './input.ts';

/**
 * Compares what git wants with what the accounts hold. Pure: the same input in any order gives the same plan to the
 * byte, and time is the accounts' own (`Observed.at`).
 *
 * Plans the targets of `observed`. A narrowed selection changes nothing outside itself; caps count everything all
 * the same.
 *
 * @throws LandfallError `INTERNAL` if a target has no table of fields
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
  const { desired, fields, selection = {}, allowEmpty = false, force = [], replace = () => false } = input;
  const rules = fields.get(target.name);
  if (rules === undefined) {
    throw new LandfallError('INTERNAL', `no table of fields for target "${target.name}"`, {
      source: 'landfall',
    });
  }
  const vms = desired.vms.filter((vm) => vm.target === target.name).toSorted(byAddress);
  const waves = desired.waves
    .filter((wave) => wave.target === target.name && selection.wave?.(wave.name) !== false)
    .toSorted((a, b) => byText(a.name, b.name));
  return planTarget(
    {
      project: desired.project,
      target,
      vms,
      neighbours: neighboursOf(target, desired, input.observed),
      protectedWaves: new Map(
        desired.waves.filter(({ protect }) => protect).map((wave) => [wave.name, wave]),
      ),
      observed,
      rules,
      selection,
      allowEmpty,
      force,
      replace,
      refused,
    },
    waves,
  );
}

const byAddress = byKeys<{ readonly address: string }>(({ address }) => address);

const inOrder = byKeys<Change>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
);
