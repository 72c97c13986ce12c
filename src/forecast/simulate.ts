import type { Instant } from '../core/time.ts';
import { Arrivals, type Hold } from './arrivals.ts';
import { endOfRun, nextApply, type Variation } from './durations.ts';
import type { Model } from './model.ts';
import { CUTOVER, FINALIZE, PHASES_IN_A_RUN, READY, REPLICATE, type SimVm, TEST } from './position.ts';
import type { Openings } from '../schedule/opening.ts';
import { EventQueue, SharedLine } from './queues.ts';
import { Slots } from './slots.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** One run of the simulation. Times are by VM and phase (`vm * PHASES_IN_A_RUN + phase`); NEVER: it did not happen. */
export interface SimulationRun {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** When each VM could begin its cut-over if it were open. */
  readonly ready: Float64Array;
  readonly expires: Float64Array;
  /** When each VM stopped to count against the caps. */
  readonly freed: Float64Array;
  readonly holds: ReadonlyMap<number, Hold>;
  readonly slots: Slots;
}

/**
 * Simulates all waves from where they stand until nothing happens any more: applies run every ten minutes and when a window
 * opens, steps wait for their gates, replications for the caps, and launches for the quotas. Pure: the same input and
 * variation give the same run.
 */
export function simulate(model: Model, openings: Openings, variation: Variation): SimulationRun {
  return new Simulation(model, openings, variation).run();
}

type Event = { readonly vm: number } & (
  | { readonly kind: 'try' | 'expire' | 'send' }
  | { readonly kind: 'end'; readonly phase: number }
  | { readonly kind: 'line' | 'slots'; readonly version: number }
);

class Simulation {
  readonly #model: Model;
  readonly #openings: Openings;
  readonly #variation: Variation;
  readonly #events = new EventQueue<Event>();
  readonly #lines: readonly (SharedLine | undefined)[];
  readonly #slots: Slots;
  readonly #arrivals: Arrivals;
  readonly #holds = new Map<number, Hold>();
  readonly #runAt: Float64Array;
  /** How long a replication after the first takes, and what the first sends. */
  readonly #update: Float64Array;
  readonly #size: Float64Array;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #ready: Float64Array;
  readonly #expires: Float64Array;
  readonly #freed: Float64Array;

  constructor(model: Model, openings: Openings, variation: Variation) {
    const { vms, targets } = model;
    this.#model = model;
    this.#openings = openings;
    this.#variation = variation;
    this.#lines = targets.map(({ bandwidth }) =>
      bandwidth === undefined ? undefined : new SharedLine(bandwidth),
    );
    this.#slots = new Slots(model, openings);
    this.#arrivals = new Arrivals(model);
    const times = (length: number): Float64Array => new Float64Array(length).fill(NEVER);
    this.#start = times(vms.length * PHASES_IN_A_RUN);
    this.#end = times(vms.length * PHASES_IN_A_RUN);
    this.#ready = times(vms.length);
    this.#expires = times(vms.length);
    this.#freed = times(vms.length);
    this.#runAt = times(vms.length);
    this.#update = new Float64Array(vms.length);
    this.#size = new Float64Array(vms.length);
  }

  run(): SimulationRun {
    const { vms, at } = this.#model;
    for (const [index, vm] of vms.entries()) this.#begin(index, vm, at);
    for (let next = this.#events.take(); next !== undefined; next = this.#events.take())
      this.#process(next, this.#events.now);
    for (const [index, hold] of this.#slots.holdsOfWaiting()) this.#holds.set(index, hold);
    return {
      ...{ start: this.#start, end: this.#end, ready: this.#ready, expires: this.#expires },
      ...{ freed: this.#freed, holds: this.#holds, slots: this.#slots },
    };
  }

  /** Puts a VM where it stands. */
  #begin(index: number, vm: SimVm, at: Instant): void {
    const { since, path, reached, estimates, target, stuck, isActive, expires, runAt } = vm;
    this.#update[index] = estimates.update.duration * this.#variation.of(target, estimates.update);
    if (runAt !== undefined) this.#runAt[index] = runAt;
    if (isActive) this.#slots.occupy(index);
    if (expires !== undefined) this.#expireAt(index, Math.max(at, expires));
    if (stuck !== undefined) {
      this.#holds.set(index, { by: 'stuck', reason: stuck });
      return;
    }
    const phase = path[reached];
    if (since === undefined || phase === undefined) {
      this.#events.add(at, { kind: 'try', vm: index });
      return;
    }
    this.#startPhase(index, phase, since, at);
  }

  #process(event: Event, now: Instant): void {
    const { vm } = event;
    switch (event.kind) {
      case 'try':
        this.#try(vm, now);
        return;
      case 'end':
        this.#finish(vm, event.phase, now);
        return;
      case 'expire':
        if (this.#expires[vm] === now && this.#arrivals.phaseOf(vm) <= FINALIZE) this.#free(vm, now);
        return;
      case 'slots':
        this.#dispatch(vm, now, event.version);
        return;
      case 'send':
        this.#lines[this.#vm(vm).target]?.add(vm, this.#size[vm] ?? 0, now);
        this.#watchLine(this.#vm(vm).target, now);
        return;
      case 'line': {
        const line = this.#lines[vm];
        if (line?.version !== event.version) return;
        for (const sent of line.takeSent(now)) {
          const { seed } = this.#vm(sent).estimates;
          this.#events.add(now + seed.duration, { kind: 'end', vm: sent, phase: REPLICATE });
        }
        this.#watchLine(vm, now);
      }
    }
  }

  #vm(index: number): SimVm {
    const vm = this.#model.vms[index];
    if (vm === undefined) throw new RangeError(`no VM ${index}`);
    return vm;
  }

  /** Takes the next step of a VM, if all that it waits for has come; else it is tried again then. */
  #try(index: number, now: Instant): void {
    const vm = this.#vm(index);
    const phase = this.#arrivals.phaseOf(index);
    if (phase > (this.#model.waves[vm.wave]?.goal ?? -1)) return;
    const gate = this.#gateOf(index, vm, phase, now);
    if (typeof gate === 'number') this.#events.add(gate, { kind: 'try', vm: index });
    else if (gate !== undefined) this.#holds.set(index, gate);
    else if (phase === REPLICATE || this.#makesJob(vm, phase)) {
      if (phase === REPLICATE) this.#slots.wait(index);
      else this.#slots.jobs.wait(index, phase);
      this.#dispatchSoon(vm.target, now);
    } else this.#startPhase(index, phase, now, now);
  }

  /** What keeps a VM from a phase, beside caps: what it waits for, or until when; undefined: nothing. */
  #gateOf(index: number, vm: SimVm, phase: number, now: Instant): Hold | Instant | undefined {
    const hold = this.#arrivals.holdOf(index, phase);
    // What waits for its own wave is ready: the wave's cut-over can begin.
    const isReady = hold === undefined || hold.by === 'after';
    if (phase === CUTOVER && isReady && this.#ready[index] === NEVER) this.#ready[index] = now;
    if (hold !== undefined || phase === REPLICATE) return hold;
    const { wave, windows } = this.#model.waves[vm.wave] ?? {};
    if (phase === FINALIZE) {
      const done = vm.cutOverAt ?? this.#end[index * PHASES_IN_A_RUN + CUTOVER] ?? now;
      const earliest = (Number.isFinite(done) ? done : now) + (wave?.cutover?.finalizeAfter ?? 0);
      if (earliest > now) return nextApply(earliest);
    }
    const others = phase === CUTOVER ? this.#arrivals.joinGroup(index) : [];
    if (others === undefined) return { by: 'group' };
    for (const other of others) this.#events.add(now, { kind: 'try', vm: other });
    const cutover = phase === CUTOVER ? wave?.cutover : undefined;
    const opening = this.#openings.next(windows?.[phase] ?? [], now, cutover);
    if (opening === undefined) return { by: now >= (cutover?.until ?? NEVER) ? 'late' : 'window' };
    // An apply runs when a window opens.
    if (opening.opensAt > now) return opening.opensAt;
    if (phase !== CUTOVER) return undefined;
    if (now >= (this.#expires[index] ?? NEVER)) return { by: 'lifetime' };
    // A last replication starts beside no other.
    const { interval, once } = vm;
    if (interval === undefined || once) return undefined;
    const free = endOfRun(this.#runAt[index] ?? NEVER, interval, this.#update[index] ?? 0, now);
    return free > now ? nextApply(free) : undefined;
  }

  #makesJob({ target }: SimVm, phase: number): boolean {
    const { quotas } = this.#model.targets[target] ?? {};
    return quotas !== undefined && (phase === TEST || phase === READY || phase === CUTOVER);
  }

  /** Begins a phase, or goes on with one that has begun before the simulation. */
  #startPhase(index: number, phase: number, since: Instant, now: Instant): void {
    const vm = this.#vm(index);
    this.#holds.delete(index);
    this.#start[index * PHASES_IN_A_RUN + phase] = since;
    if (phase === REPLICATE) {
      this.#startSeed(index, vm, since, now);
      return;
    }
    const isFinalRun = phase === CUTOVER && !this.#makesJob(vm, phase);
    const took = isFinalRun ? (vm.once ? 0 : (this.#update[index] ?? 0)) : this.#varied(vm, phase);
    this.#events.add(Math.max(now, since + took), { kind: 'end', vm: index, phase });
  }

  /** How long a launch, or the end of a test, takes in this run; the other phases take no time. */
  #varied({ estimates, target }: SimVm, phase: number): number {
    const launches = phase === TEST || phase === CUTOVER;
    const estimate = launches ? estimates.launch : phase === READY ? estimates.terminate : undefined;
    return estimate === undefined ? 0 : estimate.duration * this.#variation.of(target, estimate);
  }

  #startSeed(index: number, vm: SimVm, since: Instant, now: Instant): void {
    const { target, estimates, seedAt = since } = vm;
    const { lifetime } = this.#model.targets[target] ?? {};
    const from = Math.max(since, seedAt);
    if (this.#runAt[index] === NEVER) this.#runAt[index] = from;
    if (lifetime !== undefined && this.#expires[index] === NEVER)
      this.#expireAt(index, Math.max(now, from + lifetime));
    const { duration, shared } = estimates.seed;
    const factor = this.#variation.of(target, estimates.seed);
    const line = this.#lines[target];
    if (line === undefined || shared === undefined || shared === 0) {
      const total = (duration + (shared ?? 0)) * factor;
      // One that takes longer than estimated is expected to end soon.
      const end = from + total > now ? from + total : now + total / 10;
      this.#events.add(end, { kind: 'end', vm: index, phase: REPLICATE });
      return;
    }
    this.#size[index] = shared * factor;
    this.#events.add(Math.max(now, from), { kind: 'send', vm: index });
  }

  #watchLine(target: number, now: Instant): void {
    const line = this.#lines[target];
    const at = line?.nextSent(now);
    if (line !== undefined && at !== undefined)
      this.#events.add(at, { kind: 'line', vm: target, version: line.version });
  }

  #expireAt(index: number, at: Instant): void {
    this.#expires[index] = at;
    this.#events.add(at, { kind: 'expire', vm: index });
  }

  /** A VM has reached a phase: those that wait for it are tried by the next apply, and so is its own next step. */
  #finish(index: number, phase: number, now: Instant): void {
    const vm = this.#vm(index);
    this.#end[index * PHASES_IN_A_RUN + phase] = now;
    const isLast = phase === REPLICATE && vm.once;
    if (isLast && vm.path.includes(CUTOVER)) {
      this.#start[index * PHASES_IN_A_RUN + CUTOVER] = now;
      this.#end[index * PHASES_IN_A_RUN + CUTOVER] = now;
      this.#ready[index] = now;
    }
    const woken = isLast
      ? this.#arrivals.reach(index, vm.path.filter((each) => each <= CUTOVER).length)
      : this.#arrivals.next(index);
    for (const other of woken) this.#tryAt(other, now);
    if (this.#slots.jobs.end(index)) this.#dispatchSoon(vm.target, now);
    if (isLast || phase === FINALIZE) this.#free(index, now);
    this.#tryAt(index, now);
  }

  /** Tries a VM in the next apply, or at an instant at which something opens. */
  #tryAt(index: number, at: Instant): void {
    this.#events.add(nextApply(at), { kind: 'try', vm: index });
  }

  #free(index: number, now: Instant): void {
    if (!this.#slots.release(index)) return;
    this.#freed[index] = now;
    this.#dispatchSoon(this.#vm(index).target, now);
  }

  #dispatchSoon(target: number, now: Instant): void {
    const at = nextApply(now);
    const version = this.#slots.ask(target, at);
    if (version !== undefined) this.#events.add(at, { kind: 'slots', vm: target, version });
  }

  /** Gives free slots to those that wait for them. */
  #dispatch(target: number, now: Instant, version: number): void {
    const { started, again } = this.#slots.dispatch(target, now, version);
    for (const { vm, phase } of started) this.#startPhase(vm, phase, now, now);
    const next = again === undefined ? undefined : this.#slots.ask(target, again);
    if (again !== undefined && next !== undefined)
      this.#events.add(again, { kind: 'slots', vm: target, version: next });
  }
}
