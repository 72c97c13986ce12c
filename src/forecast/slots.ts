import { addToGroup, byText } from '../core/lists.ts';
import type { CapForecast } from '../core/results/forecast.ts';
import type { Instant } from '../core/time.ts';
import type { Model } from './model.ts';
import { PHASES_IN_A_RUN, REPLICATE } from './position.ts';
import type { Openings } from '../schedule/opening.ts';
import type { Hold } from './arrivals.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** A VM that starts a phase. */
interface Started {
  readonly vm: number;
  readonly phase: number;
}

/** The slots of all caps and quotas in one run of the simulation, and who waits for them. */
export class Slots {
  readonly #model: Model;
  readonly #openings: Openings;
  readonly #usedOfTarget: number[];
  readonly #usedOfWave: number[];
  readonly #jobs: number[];
  readonly #serversInJobs: number[];
  readonly #active = new Set<number>();
  /** VMs that wait for their replication to start, by wave. */
  readonly #pending: number[][];
  /** Why the VMs of a wave still wait. */
  readonly #reasons = new Map<number, Hold>();
  /** When the latest replications of a wave with `stagger` started. */
  readonly #starts = new Map<number, Instant[]>();
  /** VMs that wait for a launch, by wave and phase. */
  readonly #launches = new Map<number, number[]>();
  readonly #jobOf = new Map<number, { left: number; readonly size: number }>();
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
    this.#jobs = targets.map(() => 0);
    this.#serversInJobs = targets.map(() => 0);
    this.#asked = targets.map(() => ({ at: NEVER, version: 0 }));
    this.#usedOfWave = waves.map(() => 0);
    this.#pending = waves.map(() => []);
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
    this.#pending[this.#model.vms[vm]?.wave ?? 0]?.push(vm);
  }

  /** Queues a VM for a step for which the service makes a job. */
  waitForJob(vm: number, phase: number): void {
    addToGroup(this.#launches, (this.#model.vms[vm]?.wave ?? 0) * PHASES_IN_A_RUN + phase, vm);
  }

  /** Ends the part of a VM in a job; the job ends with its last VM. Returns whether the job has ended. */
  endJob(vm: number): boolean {
    const job = this.#jobOf.get(vm);
    const { target = 0 } = this.#model.vms[vm] ?? {};
    if (job === undefined) return false;
    this.#jobOf.delete(vm);
    job.left -= 1;
    if (job.left > 0) return false;
    this.#jobs[target] = (this.#jobs[target] ?? 0) - 1;
    this.#serversInJobs[target] = (this.#serversInJobs[target] ?? 0) - job.size;
    return true;
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
    this.#startJobs(target, started, blocking);
    this.#noteFull(target, now, blocking);
    return again === NEVER ? { started } : { started, again };
  }

  /**
   * Starts replications under the caps: those of waves that have none yet, so that none starves, then of a higher priority,
   * then of the wave that could be complete first, then by name.
   */
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
    const slots = targets[target]?.slots ?? NEVER;
    for (const index of open) if (this.#isWaveFull(index)) block(index, 'wave');
    while (open.size > 0 && (this.#usedOfTarget[target] ?? 0) < slots) {
      const index = this.#first(open);
      const vm = this.#pending[index]?.shift();
      if (vm === undefined) {
        open.delete(index);
        continue;
      }
      this.occupy(vm);
      started.push({ vm, phase: REPLICATE });
      if (waves[index]?.wave.stagger !== undefined) addToGroup(this.#starts, index, now);
      const turn = this.#turnOf(index, now);
      if (this.#pending[index]?.length === 0) open.delete(index);
      else if (this.#isWaveFull(index)) block(index, 'wave');
      else if (turn > now) {
        open.delete(index);
        again = Math.min(again, turn);
      }
    }
    for (const index of open) block(index, 'target');
    return again;
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

  #first(open: ReadonlySet<number>): number {
    let best = -1;
    for (const index of open) if (best < 0 || this.#comesBefore(index, best)) best = index;
    return best;
  }

  #comesBefore(one: number, other: number): boolean {
    const { waves } = this.#model;
    const isIdle = this.#usedOfWave[one] === 0;
    if (isIdle !== (this.#usedOfWave[other] === 0)) return isIdle;
    const priority = (waves[one]?.wave.priority ?? 0) - (waves[other]?.wave.priority ?? 0);
    if (priority !== 0) return priority > 0;
    const left = (this.#pending[one]?.length ?? 0) - (this.#pending[other]?.length ?? 0);
    return left === 0 ? one < other : left < 0;
  }

  /** When a wave with `stagger` may start the next replication. */
  #turnOf(index: number, now: Instant): Instant {
    const stagger = this.#model.waves[index]?.wave.stagger;
    const starts = this.#starts.get(index) ?? [];
    if (stagger === undefined || starts.length < stagger.batch) return now;
    return Math.max(now, (starts.at(-stagger.batch) ?? now) + stagger.every);
  }

  /** Starts launches under the quotas: the servers of a wave that take the same step share jobs. */
  #startJobs(target: number, started: Started[], blocking: Set<string>): void {
    const quotas = this.#model.targets[target]?.quotas;
    if (quotas === undefined) return;
    for (const key of [...this.#launches.keys()].toSorted((a, b) => a - b)) {
      const waiting = this.#launches.get(key) ?? [];
      const wave = Math.floor(key / PHASES_IN_A_RUN);
      if (this.#model.waves[wave]?.target !== target) continue;
      while (waiting.length > 0) {
        const free = quotas.servers - (this.#serversInJobs[target] ?? 0);
        if (free <= 0 || (this.#jobs[target] ?? 0) >= quotas.jobs) {
          blocking.add(free <= 0 ? 'servers-in-jobs' : 'jobs');
          break;
        }
        const members = waiting.splice(0, Math.min(free, quotas.batch));
        const job = { left: members.length, size: members.length };
        this.#jobs[target] = (this.#jobs[target] ?? 0) + 1;
        this.#serversInJobs[target] = (this.#serversInJobs[target] ?? 0) + members.length;
        for (const vm of members) {
          this.#jobOf.set(vm, job);
          started.push({ vm, phase: key % PHASES_IN_A_RUN });
        }
      }
      if (waiting.length === 0) this.#launches.delete(key);
    }
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
