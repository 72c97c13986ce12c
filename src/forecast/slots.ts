import { addToGroup, byText } from '../core/lists.ts';
import type { CapForecast } from '../core/results/forecast.ts';
import type { Instant } from '../core/time.ts';
import type { Openings } from '../schedule/opening.ts';
import { SafeSlots } from '../schedule/slot-order.ts';
import type { Hold } from './arrivals.ts';
import { nextApply } from './durations.ts';
import { JobSlots, type Started } from './job-slots.ts';
import type { Model } from './model.ts';
import { REPLICATE, type SimVm } from './position.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** The slots of all caps and quotas in one run of the simulation, and who waits for them. */
export class Slots {
  readonly #model: Model;
  readonly #openings: Openings;
  readonly #usedOfTarget: number[];
  readonly #usedOfWave: number[];
  readonly jobs: JobSlots;
  readonly #active = new Set<number>();
  /** VMs that wait for their replication to start, by wave. */
  readonly #pending: number[][];
  /** Waves in which some of those have come later than others. */
  readonly #unsorted = new Set<number>();
  /** Why the VMs of a wave still wait. */
  readonly #reasons = new Map<number, Hold>();
  /** When the latest replications of a wave with `stagger` started. */
  readonly #starts = new Map<number, Instant[]>();
  /** VMs of each wave whose replication has not started: they want a slot now or later. */
  readonly #left: number[];
  readonly #asked: { at: Instant; version: number }[];
  readonly #full = new Map<
    string,
    { cap: Omit<CapForecast, 'full'>; times: { from: Instant; until?: Instant }[] }
  >();
  readonly #wavesOf: readonly (readonly number[])[];

  constructor(model: Model, openings: Openings) {
    const { targets, waves } = model;
    this.#model = model;
    this.#openings = openings;
    this.#usedOfTarget = targets.map(() => 0);
    this.jobs = new JobSlots(model);
    this.#asked = targets.map(() => ({ at: NEVER, version: 0 }));
    this.#usedOfWave = waves.map(() => 0);
    this.#pending = waves.map(() => []);
    this.#left = waves.map(({ vms }) => vms.filter((vm) => wantsSlot(model.vms[vm])).length);
    this.#wavesOf = targets.map((_, target) =>
      [...waves.keys()].filter((index) => waves[index]?.target === target),
    );
  }

  /** The caps that were full while something waited for them, sorted. */
  get caps(): readonly CapForecast[] {
    return [...this.#full]
      .toSorted(([one], [other]) => byText(one, other))
      .map(([, { cap, times }]) => ({ ...cap, full: times }));
  }

  occupy(vm: number): void {
    if (this.#active.has(vm)) return;
    this.#active.add(vm);
    this.#add(vm, 1);
  }

  /** Frees the slot of a VM. Returns whether it had one. */
  release(vm: number): boolean {
    if (!this.#active.delete(vm)) return false;
    this.#add(vm, -1);
    return true;
  }

  #add(vm: number, count: number): void {
    const { target = 0, wave = 0 } = this.#model.vms[vm] ?? {};
    this.#usedOfTarget[target] = (this.#usedOfTarget[target] ?? 0) + count;
    this.#usedOfWave[wave] = (this.#usedOfWave[wave] ?? 0) + count;
  }

  /** Queues a VM whose replication may start. */
  wait(vm: number): void {
    const { wave = 0 } = this.#model.vms[vm] ?? {};
    this.#pending[wave]?.push(vm);
    this.#unsorted.add(wave);
  }

  /** Asks for a dispatch. Returns its version; undefined: there is one by then already. */
  ask(target: number, at: Instant): number | undefined {
    const asked = this.#asked[target];
    if (asked === undefined || asked.at <= at) return undefined;
    asked.at = at;
    asked.version += 1;
    return asked.version;
  }

  /**
   * Gives the free slots of a target to those that wait.
   * @returns who starts, and when to ask again if nothing is freed before; undefined: nothing to ask for
   */
  dispatch(
    target: number,
    now: Instant,
    version: number,
  ): { readonly started: readonly Started[]; readonly again?: Instant } {
    const asked = this.#asked[target];
    if (asked?.version !== version) return { started: [] };
    asked.at = NEVER;
    const started: Started[] = [];
    const blocking = new Set<string>();
    const again = this.#startSeeds(target, now, started, blocking);
    this.jobs.start(target, started, blocking);
    this.#noteFull(target, now, blocking);
    return again === NEVER ? { started } : { started, again };
  }

  /** Starts replications under the caps, in the order of slots. Returns when the next one may start. */
  #startSeeds(target: number, now: Instant, started: Started[], blocking: Set<string>): Instant {
    const { waves, targets } = this.#model;
    let again = NEVER;
    const open = new Set<number>();
    for (const index of this.#wavesOf[target] ?? []) {
      if ((this.#pending[index] ?? []).length === 0) continue;
      const opening = this.#openings.next(waves[index]?.windows[REPLICATE] ?? [], now);
      const opensAt = Math.max(opening?.opensAt ?? NEVER, this.#turnOf(index, now));
      if (opensAt === now) open.add(index);
      else again = Math.min(again, opensAt);
      this.#reasons.set(index, { by: 'window' });
    }
    const block = (index: number, of: 'wave' | 'target'): void => {
      open.delete(index);
      blocking.add(of === 'wave' ? `wave ${index}` : of);
      this.#reasons.set(index, { by: 'cap', of });
    };
    for (const index of open) if (this.#isWaveFull(index)) block(index, 'wave');
    const free = (): number => (targets[target]?.slots ?? NEVER) - (this.#usedOfTarget[target] ?? 0);
    const safe = open.size === 0 || free() <= 0 ? undefined : this.#safeSlots(target);
    for (const [name, count] of safe === undefined ? [] : this.#turns(target, open)) {
      const index = this.#model.waveIndex.get(name) ?? -1;
      for (let given = 0; given < count && open.has(index) && free() > 0; given += 1) {
        if (safe?.allows(name, free()) === false) {
          // A slot that another wave gets after it may make room for it.
          again = Math.min(again, nextApply(now + 1));
          break;
        }
        safe?.take(name);
        this.#startSeed(index, now, started);
        const turn = this.#turnOf(index, now);
        if (this.#pending[index]?.length === 0) open.delete(index);
        else if (this.#isWaveFull(index)) block(index, 'wave');
        else if (turn > now) {
          open.delete(index);
          again = Math.min(again, turn);
        }
      }
    }
    for (const index of open) block(index, 'target');
    return again;
  }

  #startSeed(index: number, now: Instant, started: Started[]): void {
    const vm = this.#pending[index]?.shift();
    if (vm === undefined) return;
    this.occupy(vm);
    this.#left[index] = (this.#left[index] ?? 0) - 1;
    started.push({ vm, phase: REPLICATE });
    if (this.#model.waves[index]?.wave.stagger !== undefined) addToGroup(this.#starts, index, now);
  }

  /** Which waves get slots one after the other, and how many each; their VMs are then in the order in which they start. */
  #turns(target: number, open: ReadonlySet<number>): readonly (readonly [string, number])[] {
    const { vms, waves, targets, waveIndex } = this.#model;
    const wanted = new Map<string, number>();
    for (const index of open) {
      const pending = this.#pending[index] ?? [];
      wanted.set(waves[index]?.wave.name ?? '', pending.length);
      if (this.#unsorted.delete(index)) pending.sort((a, b) => (vms[a]?.rank ?? 0) - (vms[b]?.rank ?? 0));
    }
    const of = (counts: readonly number[], wave: string): number => counts[waveIndex.get(wave) ?? -1] ?? 0;
    const state = {
      hasSlot: (wave: string) => of(this.#usedOfWave, wave) > 0,
      left: (wave: string) => of(this.#left, wave),
    };
    return targets[target]?.order.turns(wanted, state) ?? [];
  }

  #safeSlots(target: number): SafeSlots | undefined {
    const { waves, targets, waveIndex } = this.#model;
    const { order, slots = NEVER } = targets[target] ?? {};
    if (order === undefined) return undefined;
    const held = (this.#wavesOf[target] ?? []).map((index) => {
      const [used = 0, left = 0] = [this.#usedOfWave[index], this.#left[index]];
      return [waves[index]?.wave.name ?? '', { held: used, left }] as const;
    });
    return new SafeSlots(order, new Map(held), (name) => {
      const { activeReplications = NEVER } = waves[waveIndex.get(name) ?? -1]?.wave.limits ?? {};
      return Math.min(slots, activeReplications);
    });
  }

  #isWaveFull(index: number): boolean {
    const { activeReplications = NEVER } = this.#model.waves[index]?.wave.limits ?? {};
    return (this.#usedOfWave[index] ?? 0) >= activeReplications;
  }

  /** Why VMs still wait for their replication to start. */
  holdsOfWaiting(): readonly (readonly [number, Hold])[] {
    return [...this.#pending.entries()].flatMap(([wave, waiting]) => {
      const hold = this.#reasons.get(wave);
      return hold === undefined ? [] : waiting.map((vm) => [vm, hold] as const);
    });
  }

  /** When a wave with `stagger` may start the next replication. */
  #turnOf(index: number, now: Instant): Instant {
    const stagger = this.#model.waves[index]?.wave.stagger;
    const starts = this.#starts.get(index) ?? [];
    if (stagger === undefined || starts.length < stagger.batch) return now;
    return Math.max(now, (starts.at(-stagger.batch) ?? now) + stagger.every);
  }

  #noteFull(target: number, now: Instant, blocking: ReadonlySet<string>): void {
    for (const what of blocking) {
      const key = `${target} ${what}`;
      const cap = this.#capOf(target, what);
      if (cap === undefined) continue;
      const known = this.#full.get(key) ?? { cap, times: [] };
      this.#full.set(key, known);
      const last = known.times.at(-1);
      if (last === undefined || last.until !== undefined) known.times.push({ from: now });
    }
    for (const [key, { times }] of this.#full) {
      const last = times.at(-1);
      const [of, ...what] = key.split(' ');
      if (of !== String(target) || blocking.has(what.join(' ')) || last === undefined) continue;
      last.until ??= now;
    }
  }

  #capOf(target: number, what: string): Omit<CapForecast, 'full'> | undefined {
    const { targets, waves } = this.#model;
    const name = targets[target]?.target.name;
    if (name === undefined) return undefined;
    const { quotas } = targets[target] ?? {};
    if (what === 'jobs') return { target: name, of: what, limit: quotas?.jobs ?? 0 };
    if (what === 'servers-in-jobs') return { target: name, of: what, limit: quotas?.servers ?? 0 };
    if (what === 'target')
      return { target: name, limit: targets[target]?.target.limits.activeReplications ?? 0 };
    const wave = waves[Number(what.slice('wave '.length))]?.wave;
    if (wave === undefined) return undefined;
    return { target: name, wave: wave.name, limit: wave.limits.activeReplications ?? 0 };
  }
}

/** Whether the replication of a VM will start by itself. */
function wantsSlot(vm: SimVm | undefined): boolean {
  if (vm === undefined || vm.isActive || vm.since !== undefined || vm.stuck !== undefined) return false;
  return vm.path[vm.reached] === REPLICATE;
}
