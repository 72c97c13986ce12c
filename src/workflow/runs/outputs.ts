import { scopeOfStages } from '../../core/observed.ts';
import type { Concern } from '../../core/concern.ts';
import type { Workspace } from '../../core/environment.ts';
import type { VmOutputs, VmStatus } from '../../core/status.ts';
import type { Instant } from '../../core/time.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import type { Selection } from '../selection.ts';
import { findTarget } from '../targets.ts';
import { inWaves, openVms, statusOf, type VmSelection } from './vm-selection.ts';

interface OutputOptions extends Pick<Selection, 'target' | 'wave'> {
  /** As `landfall status` takes them. */
  readonly names: readonly string[];
}

/** The images and instances of VMs, or why there are none. */
export type OutputResult =
  | InvalidManifests
  | {
      readonly kind: 'observed';
      readonly at: Instant;
      readonly outputs: readonly VmOutputs[];
      /** The targets that could not be read. */
      readonly unreachable: readonly Concern[];
    };

/**
 * Observes which AMI or instance each VM has become, also where its job is deleted.
 * @throws LandfallError VM_UNKNOWN or WAVE_UNKNOWN for a name that fits nothing, or where an account cannot be reached
 */
export async function findOutputs(workspace: Workspace, options: OutputOptions): Promise<OutputResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using opened = await openVms(workspace, manifests, options, options.names, {
    scope: scopeOfStages(manifests.desired),
  });
  const selection = inWaves(opened, options.wave);
  const { at, vms } = statusOf(selection);
  const { desired, observed, unreachable } = selection;
  const addresses = await addressesOf(selection, vms);
  const outputs = vms.map((vm): VmOutputs => {
    const account = observed.get(vm.target)?.account;
    const { region } = findTarget(desired.targets, vm.target);
    return { vm, region, addresses, ...(account !== undefined && { account }) };
  });
  return { kind: 'observed', at, outputs, unreachable };
}

/** Reads the private addresses of all instances; those of a target that does not tell them stay unknown. */
async function addressesOf(
  { instances }: VmSelection,
  vms: readonly VmStatus[],
): Promise<ReadonlyMap<string, string>> {
  const found = [...instances].map(async ([target, service]) => {
    const outputs = vms.flatMap((vm) => (vm.target === target ? vm.outputs : []));
    const ids = outputs.flatMap(({ kind, id }) => (kind === 'instance' ? [id] : []));
    return [...(ids.length === 0 ? [] : await service.addresses(ids).catch(() => []))];
  });
  return new Map((await Promise.all(found)).flat());
}
