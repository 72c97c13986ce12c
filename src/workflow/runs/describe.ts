import type { Concern } from '../../core/concern.ts';
import { type Desired, type DesiredVm, phaseOfWave, type VmReference } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { type ObserveScope, phasesOf, type ScopedVm, scopeOf } from '../../core/observed.ts';
import type { VmDescription, VmEntry } from '../../core/status.ts';
import { compareSettings } from '../../plan/compare.ts';
import { planProject } from '../../plan/index.ts';
import { type InvalidManifests, readValidManifests } from '../manifests.ts';
import { matcher } from '../name-patterns.ts';
import { findTarget, getOfTarget } from '../targets.ts';
import { readJobHistories } from './history.ts';
import { oneOfChosen, openVms, statusOf, type VmSelection } from './vm-selection.ts';

/** All that is known about a VM, or why it could not be read. */
export type DescribeResult =
  InvalidManifests | { readonly kind: 'observed'; readonly description: VmDescription };

/**
 * Observes one VM: its stage, its settings, and the history of all of its jobs, which costs one call for each job
 * where the service has runs.
 * @param name its name, address or path, or the id of its server or job; a glob that fits one VM
 * @throws LandfallError VM_UNKNOWN or VM_AMBIGUOUS for a name that does not mean exactly one VM
 */
export async function describe(
  workspace: Workspace,
  options: { readonly target?: readonly string[] },
  name: string,
): Promise<DescribeResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  await using scene = await openVms(workspace, manifests, options, [name], {
    scope: scopeToDescribe(manifests.desired, name),
  });
  const entry = oneOfChosen(scene, name);
  const { at, vms, concerns: ofTarget } = statusOf({ ...scene, chosen: [entry] });
  const [vm] = vms;
  if (vm === undefined) throw new Error(`${entry.address} is in no account that was observed`);
  const { desired, traits, unreachable } = scene;
  const isListed = desired.waves.some((wave) => wave.name === entry.wave);
  const found = [...unreachable, ...concernsOfPlan(scene, entry), ...vm.concerns, ...ofTarget];
  const description: VmDescription = {
    ...{ at, vm, target: findTarget(desired.targets, entry.target) },
    ...(isListed && { phase: phaseOfWave(phasesOf(desired), entry.wave ?? '').phase }),
    settings: compareSettings(entry.vm, entry.job, getOfTarget(traits, entry.target), at),
    jobs: await readJobHistories(scene, entry),
    concerns: [...new Map(found.map((concern) => [`${concern.id} ${concern.message}`, concern])).values()],
  };
  return { kind: 'observed', description };
}

/** Returns what a plan needs, and all settings of the VMs that a name may mean: of those that it fits, one is described. */
function scopeToDescribe(desired: Desired, name: string): Omit<ObserveScope, 'project'> {
  const matches = matcher([name]) ?? (() => false);
  // A label or an id may follow the name, and a wave precede it.
  const plain = name.replace(/(?: \(.*\))?(?:#.*)?$/, '');
  const texts = [name, plain, plain.slice(plain.indexOf('/') + 1)];
  const fits = ({ address, wave, reference }: DesiredVm): boolean =>
    [address, address.slice(wave.length + 1), ...Object.values<string>({ ...reference })].some(
      (text) => matches(text) || texts.includes(text),
    );
  const references: readonly VmReference[] = [
    ...desired.vms.filter(fits).map(({ reference }) => reference),
    ...texts.map((text) => ({ name: text })),
  ];
  const described = references.map((reference): ScopedVm => ({ reference, settings: 'all' }));
  const scope = scopeOf(desired);
  return { ...scope, vms: [...scope.vms, ...described] };
}

/** Returns the concerns that a plan raises about a VM, with those of validation. */
function concernsOfPlan(
  { desired, concerns, observed, unreachable, traits, makeGates }: VmSelection,
  { target, address }: VmEntry,
): readonly Concern[] {
  const plan = planProject({
    desired,
    concerns,
    observed,
    unreachable,
    traits,
    ...(makeGates && { makeGates }),
  });
  return plan.concerns.filter((one) => one.address === address && (one.target ?? target) === target);
}
