import type { Desired } from '../core/desired.ts';
import type { Phases } from '../core/phase.ts';
import type { ObserveScope } from '../core/provider.ts';

/** How far the waves of the manifests are to go that say so. */
export function phasesOf({ waves }: Desired): Phases {
  return new Map(waves.flatMap(({ name, phase }) => (phase === undefined ? [] : [[name, phase]])));
}

/** What an observation must bring for the manifests to be held against it. */
export function scopeOf(desired: Desired): Omit<ObserveScope, 'project'> {
  return { phases: phasesOf(desired), adopt: desired.vms.some(({ adopt }) => adopt) };
}
