import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys } from '../core/order.ts';
import type { PlanInput, TargetInput } from './input.ts';
import { phasesOf } from './scope-of.ts';
import { neighboursOf } from './neighbours.ts';

/**
 * What concerns one target, out of all that a run looks at.
 * @param refused ids of the critical concerns that validation raised, by the address of the VM
 * @throws LandfallError `INTERNAL` if the target's provider is not known
 */
export function targetInput(
  input: PlanInput,
  target: Target,
  observed: Observed,
  refused: ReadonlyMap<string, readonly string[]>,
): TargetInput {
  const { desired, selection = {}, allowEmpty = false, force = [] } = input;
  const { replace = () => false, confirmFinalize = () => false } = input;
  const traits = input.traits.get(target.name);
  if (traits === undefined) {
    throw new LandfallError('INTERNAL', `nothing is known of the provider of target "${target.name}"`, {
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
    traits,
    phases: phasesOf(desired),
    selection,
    allowEmpty,
    force,
    replace,
    confirmFinalize,
    refused,
  };
}

const byAddress = byKeys<{ readonly address: string }>(({ address }) => address);
