import { PHASES } from '../core/desired.ts';
import type { Concern } from '../core/concern.ts';
import { byKeys, byText } from '../core/lists.ts';
import type {
  DurationSource,
  Expected,
  Forecast,
  PhaseForecast,
  VmForecast,
  WaveForecast,
} from '../core/results/forecast.ts';
import type { Instant } from '../core/time.ts';
import { forecastConcerns, holdText } from './concerns.ts';
import type { ForecastInput, Model, SimWave } from './model.ts';
import { CUTOVER, PHASES_IN_A_RUN, READY, REPLICATE, type SimVm } from './position.ts';
import { Openings } from '../schedule/opening.ts';
import { simulateAll, type Simulations } from './runs.ts';
import type { SimulationRun } from './simulate.ts';

/**
 * Forecasts when each wave and each VM gets where, by many runs of a simulation from what the accounts show, each with other
 * durations. Pure: the same input gives the same forecast.
 * @param unreachable the targets that could not be read
 */
export function forecast(input: ForecastInput, unreachable: readonly Concern[] = []): Forecast {
  return summarize(input.desired.project, simulateAll(input), unreachable);
}

/** The same from the runs of a simulation that others use too. */
export function summarize(
  project: string,
  simulations: Simulations,
  unreachable: readonly Concern[] = [],
): Forecast {
  const { model, openings, nominal, runs } = simulations;
  const context: Context = { model, nominal, runs, values: new Float64Array(runs.length) };
  const waves = model.waves.flatMap((wave) => (wave.vms.length === 0 ? [] : [waveForecast(context, wave)]));
  const concerns = forecastConcerns({ model, openings, nominal, waves });
  return {
    ...{ project, at: model.at, runs: runs.length },
    waves: waves.toSorted(byKeys(({ wave }) => wave)),
    vms: model.vms
      .map((vm, index) => vmForecast(context, vm, index))
      .toSorted((a, b) => byText(a.address, b.address) || byText(a.target, b.target)),
    caps: nominal.slots.caps,
    ...{ concerns, unreachable },
  };
}

interface Context {
  readonly model: Model;
  /** The run in which everything takes as long as estimated. */
  readonly nominal: SimulationRun;
  readonly runs: readonly SimulationRun[];
  /** For sorting: one value of each run. */
  readonly values: Float64Array;
}

/** Finds median and bound of a value of each run. */
function expected({ runs, values }: Context, valueOf: (run: SimulationRun) => number): Expected {
  for (const [index, run] of runs.entries()) values[index] = valueOf(run);
  values.sort();
  const at = (share: number): Instant | undefined => {
    const value = values[Math.ceil(share * values.length) - 1];
    return value === undefined || !Number.isFinite(value) ? undefined : Math.round(value / 1000) * 1000;
  };
  const [median, bound] = [at(0.5), at(0.9)];
  return { ...(median !== undefined && { median }), ...(bound !== undefined && { bound }) };
}

function vmForecast(context: Context, vm: SimVm, index: number): VmForecast {
  const { model, nominal } = context;
  const { address, label, target, wave } = vm.vm;
  const goal = model.waves[vm.wave]?.goal ?? REPLICATE;
  const phases = vm.path
    .filter((phase) => phase <= goal)
    .map((phase, position): PhaseForecast => {
      const name = PHASES[phase] ?? 'replicate';
      if (position < vm.reached) return { phase: name, start: {}, end: {}, source: 'observed' };
      const place = index * PHASES_IN_A_RUN + phase;
      return {
        phase: name,
        start: expected(context, (run) => run.start[place] ?? Number.POSITIVE_INFINITY),
        end: expected(context, (run) => run.end[place] ?? Number.POSITIVE_INFINITY),
        source: sourceOf(model, vm, phase),
      };
    });
  const blocked = blockedReason(model, nominal, index);
  const expires = goalReached(vm, CUTOVER)
    ? {}
    : expected(context, (run) => run.expires[index] ?? Number.POSITIVE_INFINITY);
  return {
    ...{ address, target, wave, phases },
    ...(label !== undefined && { label }),
    ...(expires.median !== undefined && { expires }),
    ...(blocked !== undefined && { blocked }),
  };
}

function goalReached({ path, reached }: SimVm, phase: number): boolean {
  return path.slice(0, reached).some((each) => each >= phase);
}

function blockedReason(model: Model, run: SimulationRun, index: number): string | undefined {
  const vm = model.vms[index];
  const goal = vm === undefined ? undefined : model.waves[vm.wave]?.goal;
  if (vm === undefined || goal === undefined) return undefined;
  const last = vm.path.findLast((phase) => phase <= goal);
  if (last === undefined || vm.path.indexOf(last) < vm.reached) return undefined;
  if (Number.isFinite(run.end[index * PHASES_IN_A_RUN + last] ?? 0)) return undefined;
  return holdText(model, vm, run.holds.get(index));
}

/** What the duration of a phase is estimated from; one that takes no time has the source of what comes before it. */
function sourceOf({ targets }: Model, { estimates, target }: SimVm, phase: number): DurationSource {
  if (phase === REPLICATE) return estimates.seed.source;
  const makesJobs = targets[target]?.quotas !== undefined;
  if (phase >= CUTOVER && !makesJobs) return estimates.update.source;
  if (phase === READY) return estimates.terminate.source;
  return estimates.launch.source;
}

const CERTAINTY: readonly DurationSource[] = ['observed', 'history', 'size', 'default'];

function waveForecast(context: Context, sim: SimWave): WaveForecast {
  const { model, nominal } = context;
  const { wave, phase, goal, vms } = sim;
  const members = vms.flatMap((index) => {
    const vm = model.vms[index];
    return vm === undefined ? [] : [{ index, vm }];
  });
  const phases = PHASES.flatMap((name, number): readonly PhaseForecast[] => {
    if (number > goal) return [];
    const on = members.filter(({ vm }) => vm.path.includes(number));
    if (on.length === 0) return [];
    const open = on.filter(({ vm }) => vm.path.indexOf(number) >= vm.reached);
    if (open.length === 0) return [{ phase: name, start: {}, end: {}, source: 'observed' }];
    const places = open.map(({ index }) => index * PHASES_IN_A_RUN + number);
    const source = CERTAINTY.findLast((each) => open.some(({ vm }) => sourceOf(model, vm, number) === each));
    return [
      {
        phase: name,
        start: expected(context, ({ start }) => least(start, places)),
        end: expected(context, ({ end }) => most(end, places)),
        source: source ?? 'default',
      },
    ];
  });
  const reasons = vms.flatMap((index) => blockedReason(model, nominal, index) ?? []);
  const waiting = members.filter(({ vm }) => !goalReached(vm, CUTOVER)).map(({ index }) => index);
  const expires = expected(context, (run) => least(run.expires, waiting));
  const [reason] = reasons;
  const window = goal < CUTOVER || waiting.length === 0 ? undefined : windowOf(context, sim, waiting);
  const assumed = PHASES[goal];
  return {
    ...{ wave: wave.name, target: wave.target, labels: wave.labels, vms: vms.length, phase, phases },
    timeZone: wave.cutover?.timeZone ?? sim.windows[CUTOVER]?.[0]?.timeZone ?? 'UTC',
    ...(assumed !== undefined && assumed !== phase && { assumedPhase: assumed }),
    ...(window !== undefined && { window }),
    ...(expires.median !== undefined && { expires }),
    ...(reason !== undefined && { blocked: { vms: reasons.length, reason } }),
  };
}

function least(values: Float64Array, places: readonly number[]): number {
  let result = Number.POSITIVE_INFINITY;
  for (const place of places) result = Math.min(result, values[place] ?? result);
  return result;
}

function most(values: Float64Array, places: readonly number[]): number {
  let result = Number.NEGATIVE_INFINITY;
  for (const place of places) result = Math.max(result, values[place] ?? result);
  return result;
}

/** When the wave's own time of its cut-over and the windows allow it first, else the opening of a window in which its first VM is cut over. */
function windowOf(context: Context, sim: SimWave, waiting: readonly number[]): WaveForecast['window'] {
  const { nominal, runs } = context;
  const { cutover } = sim.wave;
  const places = waiting.map((index) => index * PHASES_IN_A_RUN + CUTOVER);
  const ready = expected(context, (run) => most(run.ready, waiting));
  const met = (closesAt = Number.POSITIVE_INFINITY): 'yes' | 'likely' | 'no' => {
    const inTime = runs.filter(({ start }) => most(start, places) < closesAt).length / runs.length;
    return inTime >= 0.9 ? 'yes' : inTime >= 0.5 ? 'likely' : 'no';
  };
  if (cutover?.at !== undefined) {
    const { at, until } = cutover;
    // At that time, windows may be shut.
    const { opensAt = at } = new Openings().next(sim.windows[CUTOVER] ?? [], at, cutover) ?? {};
    return { opensAt, ...(until !== undefined && { closesAt: until }), ready, met: met(until) };
  }
  const first = least(nominal.start, places);
  for (const { name, kind, open } of sim.windows[CUTOVER] ?? []) {
    if (kind !== 'allow') continue;
    const found = open.find(([start, end]) => start <= first && first < end);
    if (found !== undefined)
      return { name, opensAt: found[0], closesAt: found[1], ready, met: met(found[1]) };
  }
  return undefined;
}
