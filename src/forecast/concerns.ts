import { type Concern, byPlace, raiseForTarget } from '../core/concern.ts';
import { PHASES } from '../core/desired.ts';
import { DAY } from '../core/limits.ts';
import type { Expected, WaveForecast } from '../core/results/forecast.ts';
import { formatDuration, type Instant } from '../core/time.ts';
import { displayInZone } from '../schedule/zones.ts';
import type { Hold } from './arrivals.ts';
import { Variation } from './durations.ts';
import { type Model, type SimWave } from './model.ts';
import { CUTOVER, PHASES_IN_A_RUN, type SimVm } from './position.ts';
import type { Openings } from '../schedule/opening.ts';
import { simulate, type SimulationRun } from './simulate.ts';

const NEVER = Number.POSITIVE_INFINITY;

interface Context {
  readonly model: Model;
  readonly openings: Openings;
  /** The run in which everything takes as long as estimated. */
  readonly nominal: SimulationRun;
  readonly waves: readonly WaveForecast[];
}

/** Finds what looks wrong in the future of the waves: one concern for a wave or a cap, whatever the number of VMs. */
export function forecastConcerns(context: Context): readonly Concern[] {
  const { model, waves } = context;
  const byName = new Map(waves.map((wave) => [wave.wave, wave]));
  const ofWaves = model.waves.flatMap((sim) => {
    const found = byName.get(sim.wave.name);
    if (found === undefined || sim.goal < CUTOVER) return [];
    // A VM whose replication has ended is not ready either: that is said once.
    return [expiresBefore(context, sim, found) ?? unreachable(sim, found), stalePoint(context, sim, found)];
  });
  return [...ofWaves.flatMap((concern) => concern ?? []), ...smallCaps(context)].toSorted(byPlace);
}

/** Not all VMs of a wave are ready when its own time of the cut-over comes. */
function unreachable({ wave }: SimWave, { window, timeZone, blocked }: WaveForecast): Concern | undefined {
  if (window === undefined || window.name !== undefined) return undefined;
  const { opensAt, closesAt, ready, met } = window;
  const isReady = (ready.bound ?? NEVER) <= opensAt;
  if (met === 'yes' && isReady) return undefined;
  const time = (at: Instant): string => displayInZone(at, timeZone);
  if (isReady) {
    const reason = blocked?.reason ?? 'it waits for a window or for other VMs';
    return raise('window.unreachable', wave, {
      message: `wave ${wave.name} is ready for its cut-over at ${time(opensAt)}, but may not begin it before ${closesAt === undefined ? 'its time ends' : time(closesAt)}: ${reason}`,
      remedy: 'move cutover.at, change the window, or have what it waits for done earlier',
    });
  }
  const when =
    ready.median === undefined
      ? `some of its VMs are never ready${blocked === undefined ? '' : ` (${blocked.reason})`}`
      : ready.median > opensAt
        ? `it is ready at ${time(ready.median)}, ${formatDuration(ready.median - opensAt)} later`
        : `it is ready at ${time(ready.median)}, but in one run of ten only ${lateText(ready, opensAt, time)}`;
  const missed = met !== 'yes' && closesAt !== undefined ? `, and its time ends at ${time(closesAt)}` : '';
  return raise('window.unreachable', wave, {
    message: `wave ${wave.name} may not be ready for its cut-over at ${time(opensAt)}: ${when}${missed}`,
    remedy: 'start it earlier, give it a higher priority or more active replications, or move cutover.at',
  });
}

function lateText({ bound }: Expected, opensAt: Instant, time: (at: Instant) => string): string {
  return bound === undefined ? 'never' : `at ${time(bound)}, ${formatDuration(bound - opensAt)} later`;
}

/** The service ends the replication of VMs before they are cut over. */
function expiresBefore(
  { model, nominal }: Context,
  { wave, vms }: SimWave,
  { timeZone }: WaveForecast,
): Concern | undefined {
  const late = vms.filter((index) => {
    const expires = nominal.expires[index] ?? NEVER;
    const start = nominal.start[index * PHASES_IN_A_RUN + CUTOVER] ?? NEVER;
    const hold = nominal.holds.get(index)?.by;
    // One that is late is not ready at its time: that is another concern, unless its replication has ended by then.
    const isOver = hold === 'lifetime' || (hold === 'late' && expires <= (wave.cutover?.at ?? NEVER));
    const goesOn = hold === undefined || isOver;
    return isBeforeCutover(model.vms[index]) && expires < NEVER && goesOn && start >= expires;
  });
  const [first] = late.toSorted((a, b) => (nominal.expires[a] ?? 0) - (nominal.expires[b] ?? 0));
  const vm = first === undefined ? undefined : model.vms[first];
  if (first === undefined || vm === undefined) return undefined;
  const end = displayInZone(nominal.expires[first] ?? 0, timeZone);
  return raise('job.expires-before-cutover', wave, {
    message: `the 90 days of ${countVms(late.length)} of wave ${wave.name} end before the cut-over, first those of ${vm.vm.address} at ${end}`,
    remedy: 'move the cut-over to before that time, or start the replication later',
  });
}

function isBeforeCutover(vm: SimVm | undefined): boolean {
  return vm !== undefined && vm.path.indexOf(CUTOVER) >= vm.reached;
}

/** A cut-over uses data that is much older than it. */
function stalePoint(
  { model, nominal }: Context,
  { wave, vms }: SimWave,
  { timeZone }: WaveForecast,
): Concern | undefined {
  const at = wave.cutover?.at;
  const stale = vms.flatMap((index) => {
    const vm = model.vms[index];
    if (vm === undefined || !isBeforeCutover(vm)) return [];
    const start = nominal.start[index * PHASES_IN_A_RUN + CUTOVER] ?? NEVER;
    const copied = vm.once ? start : vm.staleSince;
    const cutover = vm.once && at !== undefined ? Math.max(start, at) : start;
    return copied !== undefined && cutover < NEVER && cutover - copied > DAY ? [{ vm, copied, cutover }] : [];
  });
  const [first] = stale.toSorted((a, b) => a.copied - b.copied);
  if (first === undefined) return undefined;
  const { vm, copied, cutover } = first;
  return raise('stale.recovery-point', wave, {
    message: `at the cut-over of wave ${wave.name}, the data of ${countVms(stale.length)} is more than a day old: that of ${vm.vm.address} is of ${displayInZone(copied, timeZone)}, ${formatDuration(cutover - copied)} earlier`,
    remedy: vm.once
      ? 'replicate at an interval (`frequency`) instead of once, or set seedReplicationTime close to the cut-over'
      : 'fix the cause of its failing replication first',
  });
}

/** Most caps of which a better limit is looked for. */
const MOST_CAPS = 3;

/** Caps that make waves late, or keep VMs from starting at all, each with the lowest limit that does not. */
function smallCaps({ model, openings, nominal }: Context): readonly Concern[] {
  const before = harmOf(model, nominal);
  if (before === 0) return [];
  const caps = nominal.slots.caps.filter(({ of }) => of === undefined).slice(0, MOST_CAPS);
  return caps.flatMap((cap): readonly Concern[] => {
    const harm = (limit: number): number => {
      const changed = withLimit(model, cap, limit);
      return harmOf(changed, simulate(changed, openings, new Variation()));
    };
    const enough = cap.limit + model.vms.length;
    const best = harm(enough);
    if (best >= before) return [];
    let [low, high] = [cap.limit, enough];
    // In a large project, a few more than needed will do.
    while (high - low > Math.max(1, model.vms.length / 100)) {
      const middle = Math.floor((low + high) / 2);
      if (harm(middle) <= best) high = middle;
      else low = middle;
    }
    const found = model.waves.find(({ wave }) => wave.name === cap.wave)?.wave;
    const place =
      found?.place ?? model.targets.find(({ target }) => target.name === cap.target)?.target.place;
    const owner = cap.wave === undefined ? `target ${cap.target}` : `wave ${cap.wave}`;
    return [
      raiseForTarget('cap.too-small', cap.target, {
        message: `the cap of ${cap.limit} active replications of ${owner} makes ${before - best} waves late, or keeps their VMs from starting; ${high} would do`,
        remedy: `set limits.activeReplications of ${owner} to ${high}, if the service allows it, or finalize earlier waves sooner`,
        ...(place !== undefined && { place }),
      }),
    ];
  });
}

/** How many waves are not ready at their time of the cut-over, or have VMs that a cap keeps from starting. */
function harmOf({ waves }: Model, { ready, holds, start }: SimulationRun): number {
  return waves.filter(({ wave, vms, goal }) => {
    if (vms.some((index) => holds.get(index)?.by === 'cap')) return true;
    const at = wave.cutover?.at;
    if (goal < CUTOVER || at === undefined) return false;
    return vms.some((index) => {
      const begun = start[index * PHASES_IN_A_RUN + CUTOVER] ?? NEVER;
      const from = ready[index] ?? NEVER;
      return (
        holds.get(index)?.by !== 'stuck' && (holds.has(index) ? begun === NEVER : from < NEVER && from > at)
      );
    });
  }).length;
}

/** The model with another limit of one cap. */
function withLimit(
  model: Model,
  { target, wave }: { readonly target: string; readonly wave?: string },
  limit: number,
): Model {
  if (wave !== undefined) {
    const waves = model.waves.map((sim) =>
      sim.wave.name === wave ? { ...sim, wave: { ...sim.wave, limits: { activeReplications: limit } } } : sim,
    );
    return { ...model, waves };
  }
  const targets = model.targets.map((sim) => {
    if (sim.target.name !== target) return sim;
    const { activeReplications } = sim.target.limits;
    return { ...sim, slots: Math.max(0, sim.slots + limit - activeReplications) };
  });
  return { ...model, targets };
}

function countVms(count: number): string {
  return count === 1 ? '1 VM' : `${count} VMs`;
}

function raise(
  id: 'window.unreachable' | 'job.expires-before-cutover' | 'stale.recovery-point',
  { target, place }: SimWave['wave'],
  words: { readonly message: string; readonly remedy: string },
): Concern {
  return raiseForTarget(id, target, { ...words, place });
}

/** Says in words why a VM does not get to the phase of its wave. */
export function holdText({ waves, targets }: Model, { wave, target }: SimVm, hold: Hold | undefined): string {
  const name = waves[wave]?.wave.name ?? '';
  switch (hold?.by) {
    case 'stuck':
      return hold.reason;
    case 'suspend':
      return `wave ${name} is suspended`;
    case 'wave':
      return `waits for wave ${hold.wave} to reach ${PHASES[hold.phase] ?? ''}, which it never does`;
    case 'after':
      return 'waits for another VM of its wave, which never gets there';
    case 'group':
      return 'waits for the VMs with which it starts its cut-over, and one of them never gets there';
    case 'cap': {
      const owner = hold.of === 'wave' ? `wave ${name}` : `target ${targets[target]?.target.name ?? ''}`;
      return `waits for a slot under the cap of ${owner}, and none gets free`;
    }
    case 'late':
      return 'it is ready only after the time of its cut-over';
    case 'lifetime':
      return 'its 90 days are over before its cut-over';
    case 'window':
    case undefined:
      return 'no window opens for it within 400 days';
  }
}
