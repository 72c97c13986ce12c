import type { DesiredVm } from '../core/desired.ts';
import type { Observed, ObservedJob, ReplicationRun } from '../core/observed.ts';
import type { DurationSource } from '../core/results/forecast.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * What is assumed where neither the account nor the manifest tells more, in milliseconds and GiB: the rates of the built-in
 * endpoint. No source gives figures of AWS (?). docs/schedule.md lists them.
 */
const DEFAULTS = {
  sizeGiB: 100,
  /** Of each replication, whatever its size: snapshot, conversion. */
  base: 30 * MINUTE,
  perGiB: HOUR / 25,
  /** The share of the data that changes between two replications. */
  changedShare: 0.1,
  /** From the end of the first copy until it can be launched. */
  snapshot: 5 * MINUTE,
  launch: 20 * MINUTE,
  terminate: 3 * MINUTE,
} as const;

/** How often an apply is assumed to run, in milliseconds: what the service has done by itself is seen by the next one. */
const APPLY_INTERVAL = 10 * MINUTE;

/** When the next apply runs. */
export function nextApply(at: number): number {
  return Math.ceil(at / APPLY_INTERVAL) * APPLY_INTERVAL;
}

/** How long something takes, and how certain that is. */
export interface Estimate {
  /** In milliseconds, without the transfer of `shared`. */
  readonly duration: number;
  readonly source: DurationSource;
  /** What is sent over the bandwidth that the replications of a target share, in GiB. Absent: nothing. */
  readonly shared?: number;
  /** It is the time of VMs of other sizes: that of this one is not known. */
  readonly isOfOthers?: true;
}

/** How long the parts of a migration take on one VM. */
export interface VmEstimates {
  readonly seed: Estimate;
  /** A replication after the first one. */
  readonly update: Estimate;
  readonly launch: Estimate;
  readonly terminate: Estimate;
}

/** What an account shows of durations. */
export interface DurationHistory {
  /** Median time of a first replication, and for each GiB beyond the fixed part; absent: no run shows it. */
  readonly seed?: number;
  readonly seedPerGiB?: number;
  readonly update?: number;
  /** Median times of the service's jobs. */
  readonly launch?: number;
  readonly terminate?: number;
}

/** The least share of a first copy from which its speed can be told. */
const LEAST_COPIED = 0.02;

/** Measures the completed runs and jobs of an account, and the copies that run. `vmOf` finds the VM of a job. */
export function durationHistory(
  { at, jobs, pastJobs = [], jobDurations }: Observed,
  vmOf: (jobId: string) => DesiredVm | undefined,
): DurationHistory {
  const seeds: number[] = [];
  const perGiB: number[] = [];
  const updates: number[] = [];
  for (const { firstCopy, diskGiB = 0 } of jobs)
    if (firstCopy !== undefined && firstCopy.doneGiB > diskGiB * LEAST_COPIED)
      perGiB.push((at - firstCopy.since) / firstCopy.doneGiB);
  for (const job of [...jobs, ...pastJobs]) {
    for (const run of job.runs ?? []) {
      const duration = durationOf(run);
      if (duration === undefined) continue;
      if (!isSeed(job, run)) updates.push(duration);
      else {
        seeds.push(duration);
        const size = vmOf(job.id)?.sizeGiB;
        if (size !== undefined && size > 0)
          perGiB.push(Math.max(duration / 2, duration - DEFAULTS.base) / size);
      }
    }
  }
  return {
    ...named('seed', seeds),
    ...named('seedPerGiB', perGiB),
    ...named('update', updates),
    ...named('launch', jobDurations?.launch ?? []),
    ...named('terminate', jobDurations?.terminate ?? []),
  };
}

/**
 * Estimates the durations of a VM: from what the service says of its own copy, from the account's history, else from its
 * size, else from the defaults.
 * @param at the account's time
 * @param diskGiB the size as the service knows it before the VM replicates
 */
export function estimateVm(
  vm: DesiredVm,
  job: ObservedJob | undefined,
  history: DurationHistory,
  {
    bandwidthMbps,
    at,
    diskGiB,
  }: {
    readonly bandwidthMbps: number | undefined;
    readonly at: number;
    readonly diskGiB?: number | undefined;
  },
): VmEstimates {
  const sizeGiB = job?.diskGiB ?? diskGiB ?? vm.sizeGiB;
  const size = sizeGiB ?? DEFAULTS.sizeGiB;
  const own = median(
    (job?.runs ?? []).flatMap((run) =>
      job === undefined || isSeed(job, run) ? [] : (durationOf(run) ?? []),
    ),
  );
  const ofSize: DurationSource = sizeGiB === undefined ? 'default' : 'size';
  const copy = (share: number): Estimate =>
    bandwidthMbps === undefined
      ? { duration: DEFAULTS.base + share * size * DEFAULTS.perGiB, source: ofSize }
      : { duration: DEFAULTS.base, shared: share * size, source: ofSize };
  const estimate = (duration: number | undefined, otherwise: Estimate): Estimate =>
    duration === undefined ? otherwise : { duration, source: 'history' };
  const { seed, seedPerGiB, update, launch, terminate } = history;
  const ofOwn =
    ownSeedTime(job, at) ??
    (sizeGiB !== undefined && seedPerGiB !== undefined ? DEFAULTS.base + sizeGiB * seedPerGiB : undefined);
  return {
    seed:
      ofOwn === undefined && seed !== undefined
        ? { duration: seed, source: 'history', isOfOthers: true }
        : estimate(ofOwn, copy(1)),
    update: estimate(own ?? update, copy(DEFAULTS.changedShare)),
    launch: estimate(launch, { duration: DEFAULTS.launch, source: 'default' }),
    terminate: estimate(terminate, { duration: DEFAULTS.terminate, source: 'default' }),
  };
}

/** How long the first replication of a job takes whose copy runs: by when the service expects its end, else by its speed. */
function ownSeedTime(job: ObservedJob | undefined, at: number): number | undefined {
  const { firstCopy, diskGiB = 0, startsAt } = job ?? {};
  if (firstCopy === undefined || startsAt === undefined) return undefined;
  const { since, doneGiB, endsAt } = firstCopy;
  const left = doneGiB > diskGiB * LEAST_COPIED ? ((diskGiB - doneGiB) * (at - since)) / doneGiB : undefined;
  const end = endsAt ?? (left === undefined ? undefined : at + left);
  return end === undefined || end < startsAt ? undefined : end - startsAt + DEFAULTS.snapshot;
}

/**
 * Returns when the scheduled replication ends that runs at an instant; the instant itself where none does.
 * @param first when the first of them started
 */
export function endOfRun(first: number, interval: number, duration: number, now: number): number {
  if (!Number.isFinite(first)) return now;
  // One that is due while another runs is skipped.
  const period = Math.max(1, Math.ceil(duration / interval)) * interval;
  const started = first + Math.floor((now - first) / period) * period;
  return now > started && now < started + duration ? started + duration : now;
}

/**
 * How far durations spread, as the standard deviation of their logarithm: `all` is the error that the estimates of a
 * target share, `each` that of one VM.
 */
const SPREAD: Readonly<Record<DurationSource, { readonly all: number; readonly each: number }>> = {
  observed: { all: 0, each: 0 },
  history: { all: 0.1, each: 0.15 },
  size: { all: 0.25, each: 0.2 },
  default: { all: 0.4, each: 0.5 },
};

/** Factors by which durations differ from their estimates in one run of a simulation: the same for the same seed. */
export class Variation {
  readonly #next: (() => number) | undefined;
  readonly #shared = new Map<string, number>();

  /** @param seed absent: nothing varies */
  constructor(seed?: number) {
    this.#next = seed === undefined ? undefined : randomNumbers(seed);
  }

  /** The factor of one duration on a target. */
  of(target: number, { source, isOfOthers }: Estimate): number {
    const next = this.#next;
    if (next === undefined) return 1;
    const { all } = SPREAD[source];
    const { each } = SPREAD[isOfOthers === true ? 'default' : source];
    const key = `${target} ${source}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) this.#shared.set(key, (shared = all * normal(next)));
    return Math.exp(shared + each * normal(next));
  }
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (Mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number of the standard normal distribution (Box and Muller). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

function durationOf({ state, scheduledAt, completedAt }: ReplicationRun): number | undefined {
  if (state !== 'completed' || scheduledAt === undefined || completedAt === undefined) return undefined;
  return completedAt > scheduledAt ? completedAt - scheduledAt : undefined;
}

/** Whether a run is the first of its job: it is due at the job's seed time. */
function isSeed({ settings }: Pick<ObservedJob, 'settings'>, { scheduledAt, type }: ReplicationRun): boolean {
  const seed = settings['seedReplicationTime'];
  if (type === 'on-demand' || typeof seed !== 'string' || scheduledAt === undefined) return false;
  return scheduledAt - Date.parse(seed) < HOUR;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

function named<Key extends string>(key: Key, values: readonly number[]): { readonly [K in Key]?: number } {
  const value = median(values);
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: number });
}
