import { DAY } from '../core/limits.ts';
import type { BurnDown, CapacitySeries, ForecastSeries, LeftSeries } from '../core/results/report.ts';
import type { Instant } from '../core/time.ts';
import type { Model } from './model.ts';
import { CUTOVER, PHASES_IN_A_RUN, REPLICATE, type SimVm } from './position.ts';
import type { Simulations } from './runs.ts';
import type { SimulationRun } from './simulate.ts';

const HOUR = 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Times that a series has at most, and how far apart they may be. */
const MOST_TIMES = 50;
const STEPS = [
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

/**
 * Tells how the runs of a simulation go over time: how many replications are active, and what is left to do. Pure.
 * @param isShown the waves whose VMs are counted as left; the replications of a target are those of all waves
 */
export function forecastSeries(
  { model, nominal, runs }: Simulations,
  isShown: (wave: string) => boolean = () => true,
): ForecastSeries {
  const shown = [...model.vms.keys()].filter((index) => isShown(model.vms[index]?.vm.wave ?? ''));
  const times = timesOf(model, runs, shown);
  const sizes = shown.map((index) => model.vms[index]?.sizeGiB);
  const goals = shown.map((index) => model.waves[model.vms[index]?.wave ?? -1]?.goal ?? REPLICATE);
  return {
    times,
    capacity: model.targets.map((_, target) => capacityOf(model, nominal, target, times)),
    left: ([REPLICATE, CUTOVER] as const).map((phase) => burnDown(model, runs, shown, phase, times)),
    withoutSize: sizes.filter((size) => size === undefined).length,
    withoutCutover: goals.filter((goal) => goal < CUTOVER).length,
  };
}

/** Times from now until the last VM has got where it gets, in nine of ten runs. */
function timesOf({ at, vms }: Model, runs: readonly SimulationRun[], shown: readonly number[]): Instant[] {
  const ends = runs.map(({ end }) => {
    let last = at;
    for (const index of shown) {
      const from = index * PHASES_IN_A_RUN;
      for (const phase of vms[index]?.path ?? []) {
        const time = end[from + phase] ?? NEVER;
        if (time < NEVER && time > last) last = time;
      }
    }
    return last;
  });
  const last = Math.max(quantile(ends, 0.9), at + DAY);
  const step = STEPS.find((each) => (last - at) / each <= MOST_TIMES - 2) ?? 28 * DAY;
  const first = Math.floor(at / step) * step + step;
  const count = Math.min(Math.ceil((last - first) / step), MOST_TIMES) + 1;
  return [at, ...Array.from({ length: count }, (_, index) => first + index * step)];
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;
}

/** The most replications of a target that are active at once between two times. */
function capacityOf(
  { at, vms, targets }: Model,
  run: SimulationRun,
  target: number,
  times: readonly Instant[],
): CapacitySeries {
  const { limit = 0, others = 0, target: { name = '' } = {} } = targets[target] ?? {};
  const changes: { readonly time: Instant; readonly by: number }[] = [];
  for (const [index, vm] of vms.entries()) {
    if (vm.target !== target) continue;
    const start = slotFrom(vm, at, run.start[index * PHASES_IN_A_RUN + REPLICATE] ?? NEVER);
    if (start === NEVER) continue;
    changes.push({ time: start, by: 1 });
    const freed = run.freed[index] ?? NEVER;
    if (freed < NEVER) changes.push({ time: freed, by: -1 });
  }
  // What is freed at a time makes room for what starts at it.
  changes.sort((a, b) => a.time - b.time || a.by - b.by);
  let [active, next] = [others, 0];
  const peaks = times.map((_, index) => {
    const until = times[index + 1] ?? NEVER;
    let peak = changes[next]?.time === times[index] ? 0 : active;
    for (let change = changes[next]; change !== undefined && change.time < until; change = changes[++next]) {
      active += change.by;
      // All that happens at one time is one change.
      if (changes[next + 1]?.time !== change.time) peak = Math.max(peak, active);
    }
    return peak;
  });
  return { target: name, limit, others, peaks };
}

/** From when on a VM counts against the caps; NEVER: it does not. */
function slotFrom({ isActive, since }: SimVm, at: Instant, start: number): number {
  if (isActive) return at;
  return since === undefined ? start : NEVER;
}

/** Counts what has not reached a phase at each of some times: VMs, and GiB of those whose size is known. */
function burnDown(
  model: Model,
  runs: readonly SimulationRun[],
  shown: readonly number[],
  phase: typeof REPLICATE | typeof CUTOVER,
  times: readonly Instant[],
): BurnDown {
  const ofRuns = runs.map(({ end }) => {
    const vms = new Float64Array(times.length);
    const gib = new Float64Array(times.length);
    for (const index of shown) {
      const vm = model.vms[index];
      const position = vm?.path.indexOf(phase) ?? -1;
      if (vm === undefined || position < vm.reached) continue;
      const done = firstFrom(times, end[index * PHASES_IN_A_RUN + phase] ?? NEVER);
      if (done === 0) continue;
      // It is left until then: the sums below carry this to the times before.
      vms[done - 1] = (vms[done - 1] ?? 0) + 1;
      gib[done - 1] = (gib[done - 1] ?? 0) + (vm.sizeGiB ?? 0);
    }
    for (let at = times.length - 2; at >= 0; at -= 1) {
      vms[at] = (vms[at] ?? 0) + (vms[at + 1] ?? 0);
      gib[at] = (gib[at] ?? 0) + (gib[at + 1] ?? 0);
    }
    return { vms, gib };
  });
  const series = (of: 'vms' | 'gib'): LeftSeries => {
    const at = (share: number): readonly number[] =>
      times.map((_, index) =>
        Math.round(
          quantile(
            ofRuns.map((run) => run[of][index] ?? 0),
            share,
          ),
        ),
      );
    return { median: at(0.5), bound: at(0.9) };
  };
  return { phase: phase === REPLICATE ? 'replicate' : 'cutover', vms: series('vms'), gib: series('gib') };
}

/** The index of the first time that is not before an instant; the number of times: there is none. */
function firstFrom(times: readonly Instant[], instant: Instant): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? NEVER) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
