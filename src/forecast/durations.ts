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
  readonly runs: number;
}

/** Measures the completed runs of an account. `vmOf` finds the VM of a job. */
export function durationHistory(
  { jobs, pastJobs = [] }: Observed,
  vmOf: (jobId: string) => DesiredVm | undefined,
): DurationHistory {
  const seeds: number[] = [];
  const perGiB: number[] = [];
  const updates: number[] = [];
  let runs = 0;
  for (const job of [...jobs, ...pastJobs]) {
    for (const run of job.runs ?? []) {
      const duration = durationOf(run);
      if (duration === undefined) continue;
      runs += 1;
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
    runs,
  };
}

/** Estimates the durations of a VM: from the account's history, else from its size, else from the defaults. */
export function estimateVm(
  vm: DesiredVm,
  job: Pick<ObservedJob, 'runs' | 'settings'> | undefined,
  history: DurationHistory,
  bandwidthMbps: number | undefined,
): VmEstimates {
  const { sizeGiB } = vm;
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
  const measured = (duration: number): Estimate => ({ duration, source: 'history' });
  const { seed, seedPerGiB, update } = history;
  const seedTime =
    sizeGiB !== undefined && seedPerGiB !== undefined ? DEFAULTS.base + sizeGiB * seedPerGiB : seed;
  const updateTime = own ?? update;
  return {
    seed: seedTime === undefined ? copy(1) : measured(seedTime),
    update: updateTime === undefined ? copy(DEFAULTS.changedShare) : measured(updateTime),
    launch: { duration: DEFAULTS.launch, source: 'default' },
    terminate: { duration: DEFAULTS.terminate, source: 'default' },
  };
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
  of(target: number, { source }: Estimate): number {
    const next = this.#next;
    if (next === undefined) return 1;
    const { all, each } = SPREAD[source];
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
