import type { Concern } from '../core/concern.ts';
import { byText } from '../core/order.ts';
import { append } from './append.ts';
import type { PlanInput } from './input.ts';
import { selects } from './select.ts';

/** The concerns of validation that a plan shows: those of the VMs it plans, and those about no single VM. */
export function carriedConcerns(
  { concerns, desired, selection = {} }: PlanInput,
  targets: ReadonlySet<string>,
): readonly Concern[] {
  const vms = new Map(desired.vms.map((vm) => [vm.address, vm]));
  return concerns.filter(({ address, target }) => {
    const vm = address === undefined ? undefined : vms.get(address);
    if (vm === undefined) return target === undefined || targets.has(target);
    return targets.has(vm.target) && selects(selection, vm);
  });
}

/** Ids of the critical concerns of each VM, by its address; sorted, each once. */
export function refusals(concerns: readonly Concern[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { severity, address, id } of concerns) {
    if (severity === 'critical' && address !== undefined) append(ids, address, id);
  }
  return new Map([...ids].map(([address, list]) => [address, [...new Set(list)].toSorted(byText)]));
}
