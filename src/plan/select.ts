import type { VmReference } from '../core/desired.ts';
import type { Matches, Selection } from './input.ts';

/** A VM of the manifests, or the delete of a job that no VM of them stands for any more. */
interface Named {
  readonly wave: string;
  readonly address: string;
  readonly reference?: VmReference;
}

/** Whether a run concerns itself with a VM. */
export function selects({ wave, vm }: Selection, named: Named): boolean {
  return wave?.(named.wave) !== false && (vm === undefined || means(vm, named));
}

/** Whether one of the names a VM goes by is meant: its whole address, the part after the wave, its name. */
export function means(matches: Matches, { wave, address, reference }: Named): boolean {
  const name = reference?.name;
  return matches(address) || matches(address.slice(wave.length + 1)) || (name !== undefined && matches(name));
}
