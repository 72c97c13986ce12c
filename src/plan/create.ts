import type { DesiredVm } from '../core/desired.ts';
import type { ObservedServer } from '../core/observed.ts';
import type { Change } from '../core/plan.ts';
import { settingsAsFields } from './compare.ts';
import type { TargetInput } from './input.ts';

/** A change of a VM of the manifests: what every such change says of the VM, and what this one does. */
export function changeOf(
  { project }: TargetInput,
  { address, target, wave, place }: DesiredVm,
  { serverId }: ObservedServer,
  deed: Omit<Change, 'address' | 'target' | 'wave' | 'serverId' | 'owner' | 'blockedBy' | 'place'>,
): Change {
  return { address, target, wave, serverId, owner: { project, wave }, blockedBy: [], place, ...deed };
}

/** A job for a VM that has none. */
export function createJob(input: TargetInput, vm: DesiredVm, server: ObservedServer): Change {
  return changeOf(input, vm, server, {
    action: 'create',
    settings: vm.settings,
    fields: settingsAsFields(vm.settings),
    effects: input.traits.startEffects(vm.settings, input.observed.at),
    activeBefore: false,
  });
}
