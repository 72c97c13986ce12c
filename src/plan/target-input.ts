import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys } from '../core/order.ts';
import type { PlanInput, TargetInput } from './input.ts';
import { neighboursOf } from './neighbours.ts';

/**
 * What concerns one target, out of all that a run looks at.
 * @param refused ids of the critical concerns that validation raised, by the address of the VM
 * @throws LandfallError `INTERNAL` if the target has no table of fields
 */
export function targetInput(
  input: PlanInput,
  target: Target,
  observed: Observed,
  refused: ReadonlyMap<string, readonly string[]>,
): TargetInput {
  const { desired, fields, selection = {}, allowEmpty = false, force = [], replace = () => false } = input;
  const rules = fields.get(target.name);
  if (rules === undefined) {
    throw new LandfallError('INTERNAL', `no table of fields for target "${target.name}"`, {
      source: 'landfall',
    });
  }
  return {
    project: desired.project,
    target,
    vms: desired.vms.filter((vm) => vm.target === target.name).toSorted(byAddress),
    neighbours: neighboursOf(target, desired, input.observed),
    protectedWaves: new Map(desired.waves.filter(({ protect }) => protect).map((wave) => [wave.name, wave])),
    observed,
    rules,
    selection,
    allowEmpty,
    force,
    replace,
    refused,
  };
}

const byAddress = byKeys<{ readonly address: string }>(({ address }) => address);
