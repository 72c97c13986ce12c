import { addToGroup } from '../core/lists.ts';
import type { Model } from './model.ts';
import { CUTOVER, PHASES_IN_A_RUN, REPLICATE, type SimVm } from './position.ts';

/** What keeps a VM from its next step. */
export type Hold =
  | { readonly by: 'stuck'; readonly reason: string }
  | { readonly by: 'suspend' | 'window' | 'late' | 'lifetime' | 'after' | 'group' }
  | { readonly by: 'wave'; readonly wave: string; readonly phase: number }
  | { readonly by: 'cap'; readonly of: 'target' | 'wave' };

/** Which phases the VMs have reached in one run of the simulation, and who waits for whom. */
export class Arrivals {
  readonly #model: Model;
  /** How many phases of its path each VM has reached. */
  readonly #reached: number[];
  /** VMs of each wave that have not reached each phase. */
  readonly #open: readonly number[][];
  readonly #waiting = new Map<string, number[]>();
  readonly #groups = new Map<string, { left: number; readonly ready: Set<number> }>();

  constructor(model: Model) {
    const { vms, waves } = model;
    this.#model = model;
    this.#reached = vms.map(() => 0);
    this.#open = waves.map((wave) => Array.from({ length: PHASES_IN_A_RUN }, () => wave.vms.length));
    for (const [index, vm] of vms.entries()) {
      this.reach(index, vm.reached);
      const key = groupKey(vm);
      if (key === undefined || vm.path.indexOf(CUTOVER) < vm.reached) continue;
      const group = this.#groups.get(key) ?? { left: 0, ready: new Set<number>() };
      group.left += 1;
      this.#groups.set(key, group);
    }
  }

  /** The phase that a VM goes to next; past the end of its path: a number beyond all phases. */
  phaseOf(index: number): number {
    return this.#model.vms[index]?.path[this.#reached[index] ?? 0] ?? PHASES_IN_A_RUN;
  }

  /** A VM has reached its next phase. Returns the VMs that may have waited for that. */
  next(index: number): readonly number[] {
    return this.reach(index, (this.#reached[index] ?? 0) + 1);
  }

  /** A VM has reached so many phases of its path. Returns the VMs that may have waited for that. */
  reach(index: number, reached: number): readonly number[] {
    const { path = [], wave = 0 } = this.#model.vms[index] ?? {};
    const before = this.#reached[index] ?? 0;
    this.#reached[index] = reached;
    const open = this.#open[wave] ?? [];
    const woken = this.#wake(`vm ${index}`);
    const from = before === 0 ? 0 : (path[before] ?? PHASES_IN_A_RUN);
    const until = reached === 0 ? 0 : (path[reached] ?? PHASES_IN_A_RUN);
    for (let phase = from; phase < until; phase += 1) {
      open[phase] = (open[phase] ?? 0) - 1;
      if (open[phase] === 0) woken.push(...this.#wake(`wave ${wave} ${phase}`));
    }
    return woken;
  }

  /**
   * Returns what keeps a VM from a phase, beside times and caps; undefined: nothing. A VM that waits for another one is
   * returned by `reach` when that has arrived.
   */
  holdOf(index: number, phase: number): Hold | undefined {
    const vm = this.#model.vms[index];
    const wave = vm === undefined ? undefined : this.#model.waves[vm.wave];
    if (vm === undefined || wave === undefined) return undefined;
    if (wave.wave.suspend === true) return { by: 'suspend' };
    for (const { wave: other, name, phase: needed } of wave.dependsOn) {
      if (needed > phase || (other >= 0 && this.#open[other]?.[needed] === 0)) continue;
      addToGroup(this.#waiting, `wave ${other} ${needed}`, index);
      return { by: 'wave', wave: name, phase: needed };
    }
    for (const other of phase === REPLICATE ? [] : vm.after) {
      if (this.phaseOf(other) > phase) continue;
      addToGroup(this.#waiting, `vm ${other}`, index);
      return { by: 'after' };
    }
    return undefined;
  }

  /**
   * A VM could start its cut-over. Returns the VMs that start theirs with it and have waited for it; undefined: it waits for
   * others.
   */
  joinGroup(index: number): readonly number[] | undefined {
    const vm = this.#model.vms[index];
    const key = vm === undefined ? undefined : groupKey(vm);
    const group = key === undefined ? undefined : this.#groups.get(key);
    if (group === undefined || group.left === 0) return [];
    if (!group.ready.has(index)) group.left -= 1;
    group.ready.add(index);
    return group.left > 0 ? undefined : [...group.ready].filter((other) => other !== index);
  }

  #wake(key: string): number[] {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    return waiting;
  }
}

function groupKey({ group, target }: SimVm): string | undefined {
  return group === undefined ? undefined : `${target} ${group}`;
}
