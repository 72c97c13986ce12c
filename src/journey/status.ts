import { byPlace, type Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';
import type { JobState, Observed } from '../core/observed.ts';
import { phasesOf, type ProviderTraits } from '../core/provider.ts';
import type { Status, VmStatus, WaveStatus } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import { missingSetupConcerns } from './account.ts';
import type { PhaseInput } from './phase.ts';
import { type VmSnapshot, vmStatus } from './vm-status.ts';

/** The status of the VMs that were looked at, each at the latest time that its own service has told. */
export function buildStatus(
  sightings: readonly VmSnapshot[],
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
  desired: Desired,
): Status {
  const times = latestTimes(sightings, observed);
  const contexts = contextsOf(desired, traits);
  const vms = sightings.flatMap((sighting) => {
    const { target } = sighting.subject;
    const context = contexts.get(target);
    return context === undefined ? [] : [vmStatus(sighting, context, times.get(target) ?? 0)];
  });
  return {
    at: Math.max(0, ...times.values()),
    vms,
    waves: summariseWaves(vms),
    concerns: [...observed]
      .flatMap(([target, account]) => accountConcerns(target, account, traits.get(target), vms))
      .toSorted(byPlace),
  };
}

function contextsOf(
  desired: Desired,
  traits: ReadonlyMap<string, ProviderTraits>,
): ReadonlyMap<string, PhaseInput> {
  const { project, targets } = desired;
  const phases = phasesOf(desired);
  return new Map(
    targets.flatMap((target) => {
      const ofTarget = traits.get(target.name);
      return ofTarget === undefined
        ? []
        : [[target.name, { project, target, traits: ofTarget, phases }] as const];
    }),
  );
}

function latestTimes(
  sightings: readonly VmSnapshot[],
  observed: ReadonlyMap<string, Observed>,
): ReadonlyMap<string, Instant> {
  const times = new Map([...observed].map(([target, { at }]) => [target, at]));
  for (const { subject, history, since } of sightings) {
    const at = Math.max(history?.at ?? 0, since?.at ?? 0);
    times.set(subject.target, Math.max(times.get(subject.target) ?? 0, at));
  }
  return times;
}

/** What is wrong with a target as a whole, as far as the VMs that are shown suffer from it. */
function accountConcerns(
  target: string,
  observed: Observed,
  traits: ProviderTraits | undefined,
  vms: readonly VmStatus[],
): readonly Concern[] {
  const ofTarget = vms.filter((vm) => vm.target === target);
  const replicated = ofTarget.flatMap(({ job }) => job?.server ?? []);
  const missing = ofTarget.filter(({ server, problem }) => server === undefined && problem === undefined);
  const replicating = replicated.length > 0 ? replicated : undefined;
  const ofService = traits?.accountConcerns(target, observed, missing.length, replicating) ?? [];
  return [...missingSetupConcerns(target, observed), ...ofService];
}

/** The counts of each wave, in the order in which its first VM comes. Jobs of others belong to no wave. */
function summariseWaves(vms: readonly VmStatus[]): readonly WaveStatus[] {
  const groups = new Map<string, { target: string; wave: string; vms: VmStatus[] }>();
  for (const vm of vms) {
    const { target, wave } = vm;
    if (wave === undefined) continue;
    const key = JSON.stringify([target, wave]);
    const group = groups.get(key) ?? { target, wave, vms: [] };
    group.vms.push(vm);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ target, wave, vms: members }) => ({ target, wave, ...count(members) }));
}

function count(vms: readonly VmStatus[]): Omit<WaveStatus, 'target' | 'wave'> {
  const many = (counts: (vm: VmStatus) => boolean): number => vms.filter(counts).length;
  const jobs: Partial<Record<JobState, number>> = {};
  for (const { job } of vms) if (job !== undefined) jobs[job.state] = (jobs[job.state] ?? 0) + 1;
  return {
    vms: vms.length,
    jobs,
    withoutJob: many(({ job }) => job === undefined),
    unlisted: many(({ vm, isLeftOut }) => vm === undefined && isLeftOut !== true),
    running: many(({ run }) => run?.state === 'active'),
    waiting: many(({ run }) => run?.state === 'pending'),
    withAmi: many(({ latestAmiId }) => latestAmiId !== undefined),
    withInstance: many(({ progress }) => progress?.instanceId !== undefined),
  };
}
