import type { Desired } from '../core/desired.ts';
import type { Phases } from '../core/phase.ts';

/** How far each wave of the manifests is to go: one that says nothing replicates. */
export function phasesOf({ waves }: Desired): Phases {
  return new Map(waves.map(({ name, phase = 'replicate' }) => [name, phase]));
}
