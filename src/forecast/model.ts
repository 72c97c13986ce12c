import {
  type Desired,
  type DesiredWave,
  isEarlierPhase,
  type Phase,
  PHASES,
  type Target,
} from '../core/desired.ts';
import { DAY, JOB_LIFETIME_DAYS } from '../core/limits.ts';
import { addToGroup, byText } from '../core/lists.ts';
import { isActive, limitsOf, type Observed, phasesOf } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import { journeyOf } from '../journey/journey.ts';
import { windowsFor } from '../schedule/opening.ts';
import { depthsOf, WaveOrder } from '../schedule/slot-order.ts';
import { type OpenWindow, openWindows } from '../schedule/windows.ts';
import { groupOf, pathOf, positionOf, type SimVm } from './position.ts';
import { type DurationHistory, durationHistory, estimateVm } from './durations.ts';

/** All input of a forecast: the manifests, and what their accounts show. */
export interface ForecastInput {
  readonly desired: Desired;
  readonly observed: ReadonlyMap<string, Observed>;
  readonly traits: ReadonlyMap<string, ProviderTraits>;
  /** The VMs as `findSubjects` finds them in the same accounts. */
  readonly subjects: readonly VmEntry[];
  /** From when on it is simulated; absent: the time of the accounts. */
  readonly at?: Instant;
}

/** How far ahead windows are computed: what has not happened until then counts as never. */
const HORIZON = 400 * DAY;

/** A target as the simulation needs it. */
interface SimTarget {
  readonly target: Target;
  /** Replications that may be active, without those that are not of a VM of the manifests. */
  readonly slots: number;
  /** Those that may be active, and how many of others are. */
  readonly limit: number;
  readonly others: number;
  /** GiB for each millisecond that all replications share; absent: each has its own speed. */
  readonly bandwidth?: number;
  /** Quotas of launches; absent: the service makes no jobs. */
  readonly quotas?: { readonly jobs: number; readonly servers: number; readonly batch: number };
  /** How long the service replicates a VM, in milliseconds; absent: without end. */
  readonly lifetime?: number;
  readonly history: DurationHistory;
  readonly order: WaveOrder;
}

/** A wave as the simulation needs it. */
export interface SimWave {
  readonly wave: DesiredWave;
  readonly target: number;
  /** The phase of the manifest, and the one that it is forecast to. */
  readonly phase: Phase;
  readonly goal: number;
  /** Waves that must have reached a phase first; `wave` -1: it cannot be known. */
  readonly dependsOn: readonly { readonly wave: number; readonly name: string; readonly phase: number }[];
  /** Windows about each phase. */
  readonly windows: readonly (readonly OpenWindow[])[];
  readonly vms: readonly number[];
}

export interface Model {
  readonly at: Instant;
  readonly targets: readonly SimTarget[];
  readonly waves: readonly SimWave[];
  /** The numbers of waves by name. */
  readonly waveIndex: ReadonlyMap<string, number>;
  readonly vms: readonly SimVm[];
}

/** Collects what the simulation needs: waves with their gates, and VMs where they stand. */
export function buildModel(input: ForecastInput): Model {
  const { desired, observed, traits, subjects } = input;
  const times = [...observed.values()].map(({ at }) => at);
  const at = input.at ?? Math.max(0, ...times);
  const entries = new Map(subjects.flatMap((entry) => (entry.vm === undefined ? [] : [[entry.vm, entry]])));
  const vmOfJob = new Map(
    subjects.flatMap(({ vm, job }) => (vm === undefined || job === undefined ? [] : [[job.id, vm]])),
  );
  const targetIndex = new Map(desired.targets.map(({ name }, index) => [name, index]));
  const waveIndex = new Map(desired.waves.map(({ name }, index) => [name, index]));
  const targets = desired.targets.map((target): SimTarget => {
    const account = observed.get(target.name);
    const own = account === undefined ? target.limits : limitsOf(target, account);
    const others = (account?.jobs ?? []).filter((job) => isActive(job) && !vmOfJob.has(job.id)).length;
    const ofTraits = traits.get(target.name);
    const { activeJobs: jobs, serversInJobs: servers, bandwidthMbps } = own;
    const makesJobs = ofTraits?.phases.makesJob !== undefined && jobs !== undefined && servers !== undefined;
    return {
      target,
      slots: Math.max(0, own.activeReplications - others),
      ...{ limit: own.activeReplications, others },
      ...(bandwidthMbps !== undefined && { bandwidth: (bandwidthMbps * 1e6) / 8 / 2 ** 30 / 1000 }),
      ...(makesJobs && { quotas: { jobs, servers, batch: ofTraits.phases.batch } }),
      ...(isPeriodic(ofTraits) && { lifetime: JOB_LIFETIME_DAYS * DAY }),
      order: new WaveOrder(desired.waves.filter((wave) => wave.target === target.name)),
      history: account === undefined ? {} : durationHistory(account, (id) => vmOfJob.get(id)),
    };
  });
  const windows = openWindows(desired.windows ?? [], at, at + HORIZON);
  const vmIndex = new Map(desired.vms.map(({ target, address }, index) => [`${target} ${address}`, index]));
  const members = new Map<string, number[]>();
  for (const [index, { wave }] of desired.vms.entries()) addToGroup(members, wave, index);
  const waves = desired.waves.map((wave): SimWave => {
    const { phase = 'replicate', dependsOn = [] } = wave;
    const goal = goalOf(wave);
    return {
      wave,
      target: targetIndex.get(wave.target) ?? 0,
      ...{ phase, goal: PHASES.indexOf(goal) },
      dependsOn: dependsOn.map((one) => ({
        wave: waveIndex.get(one.wave) ?? -1,
        name: one.wave,
        phase: PHASES.indexOf(one.phase),
      })),
      windows: PHASES.map((each) => windowsFor(windows, wave.name, each)),
      vms: members.get(wave.name) ?? [],
    };
  });
  const phases = phasesOf(desired);
  const depths = depthsOf(desired.vms);
  const depth = (vm: Desired['vms'][number]): number => depths.get(vm.address) ?? 0;
  const ranked = desired.vms.toSorted((a, b) => depth(a) - depth(b) || byText(a.address, b.address));
  const ranks = new Map(ranked.map((vm, rank) => [vm, rank]));
  const vms = desired.vms.map((vm): SimVm => {
    const target = targetIndex.get(vm.target) ?? 0;
    const ofTarget = targets[target];
    const account = observed.get(vm.target);
    const ofTraits = traits.get(vm.target);
    const entry = entries.get(vm);
    const journey =
      entry?.server === undefined || account === undefined || ofTraits === undefined || ofTarget === undefined
        ? undefined
        : journeyOf(
            {
              project: desired.project,
              target: ofTarget.target,
              traits: ofTraits,
              phases,
              observed: account,
            },
            { vm, server: entry.server, past: entry.past, ...(entry.job && { job: entry.job }) },
          );
    const { job } = entry ?? {};
    const history = ofTarget?.history ?? {};
    const isRead = account !== undefined && ofTraits !== undefined;
    const sizeGiB = job?.diskGiB ?? entry?.server?.diskGiB ?? vm.sizeGiB;
    return {
      vm,
      target,
      wave: waveIndex.get(vm.wave) ?? 0,
      rank: ranks.get(vm) ?? 0,
      path: pathOf(vm, ofTraits),
      ...(sizeGiB !== undefined && { sizeGiB }),
      after: (vm.after ?? []).flatMap((address) => vmIndex.get(`${vm.target} ${address}`) ?? []),
      estimates: estimateVm(vm, job, history, {
        bandwidthMbps: ofTarget?.target.limits.bandwidthMbps,
        at: account?.at ?? at,
        diskGiB: entry?.server?.diskGiB,
      }),
      ...positionOf(
        vm,
        PHASES[waves[waveIndex.get(vm.wave) ?? 0]?.goal ?? 0] ?? 'replicate',
        ofTraits,
        journey,
        entry,
        at,
      ),
      ...groupOf(vm, ofTraits, entry),
      ...(!isRead && { stuck: `target ${vm.target} was not read` }),
    };
  });
  return { at, targets, waves, waveIndex, vms };
}

/**
 * The phase that a wave is forecast to: its own, or, where its `cutover` has a time, the one that git needs by then: cutover,
 * and finalize if `finalizeAfter` says when.
 */
function goalOf({ phase = 'replicate', cutover }: DesiredWave): Phase {
  if (cutover === undefined) return phase;
  const { at, finalizeAfter } = cutover;
  if (at === undefined) return phase;
  const assumed = finalizeAfter === undefined ? 'cutover' : 'finalize';
  return isEarlierPhase(phase, assumed) ? assumed : phase;
}

/** Whether the service replicates at an interval. It then ends the replication of a VM after 90 days (domain: SMS rules). */
function isPeriodic(traits: ProviderTraits | undefined): boolean {
  return traits?.fields.some(({ name }) => name === 'frequency') === true;
}
