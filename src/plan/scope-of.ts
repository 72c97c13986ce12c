import type { Desired } from '../core/desired.ts';
import type { Phases } from '../core/phase.ts';
import type { ObserveScope } from '../core/provider.ts';

/** How far each wave of the manifests is to go: one that says nothing replicates. */
export function phasesOf({ waves }: Desired): Phases {
  return new Map(waves.map(({ name, phase = 'replicate' }) => [name, phase]));
}

/** What an observation must bring for the manifests to be held against it. */
export function scopeOf(desired: Desired): Omit<ObserveScope, 'project'> {
  return { phases: phasesOf(desired), adopt: desired.vms.some(({ adopt }) => adopt) };
}
