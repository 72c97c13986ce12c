import type { DesiredVm, DesiredWave } from '../core/desired.ts';
import { addToGroup, byText } from '../core/lists.ts';

/** What decides who gets a slot first, at one moment. */
interface SlotState {
  /** Whether a wave has something under the cap. */
  readonly hasSlot: (wave: string) => boolean;
  /** How many of a wave want a slot now or later. */
  readonly left: (wave: string) => number;
}

/**
 * The order in which the waves of a target get slots of a cap: first one of each wave that has nothing under the cap, so
 * that no wave starves behind others; then by priority, the wave with the fewest left, which could be done with them, and
 * the name of the wave. A wave comes after those that it depends on, as long as these want slots. The one rule of plans
 * and forecasts.
 */
export class WaveOrder {
  /** The waves that each wave depends on, directly or through others; only waves of the list count. */
  readonly predecessors: ReadonlyMap<string, readonly string[]>;
  readonly #priorities: ReadonlyMap<string, number>;

  constructor(waves: readonly DesiredWave[]) {
    this.#priorities = new Map(waves.map(({ name, priority = 0 }) => [name, priority]));
    this.predecessors = wavePredecessors(waves);
  }

  /** Sorts what wants slots. Within a wave the order stays. */
  sort<Item>(items: readonly Item[], waveOf: (item: Item) => string, state: SlotState): readonly Item[] {
    const groups = new Map<string, Item[]>();
    for (const item of items) addToGroup(groups, waveOf(item), item);
    const counts = new Map([...groups].map(([wave, members]) => [wave, members.length]));
    const taken = new Map<string, number>();
    return this.turns(counts, state).flatMap(([wave, count]) => {
      const from = taken.get(wave) ?? 0;
      taken.set(wave, from + count);
      return (groups.get(wave) ?? []).slice(from, from + count);
    });
  }

  /**
   * Says which waves get slots one after the other, and how many each.
   * @param wanted how many slots each wave wants now
   */
  turns(
    wanted: ReadonlyMap<string, number>,
    { hasSlot, left }: SlotState,
  ): readonly (readonly [wave: string, count: number])[] {
    const priority = (wave: string): number => this.#priorities.get(wave) ?? 0;
    const isLater = (wave: string): boolean => this.#before(wave).some((name) => left(name) > 0);
    const ranked = [...wanted].toSorted(
      ([a], [b]) => priority(b) - priority(a) || left(a) - left(b) || byText(a, b),
    );
    const now = ranked.filter(([wave]) => !isLater(wave));
    const firsts = now.filter(([wave]) => !hasSlot(wave));
    const later = ranked
      .filter(([wave]) => isLater(wave))
      .toSorted(([a], [b]) => this.#before(a).length - this.#before(b).length);
    return [
      ...firsts.map(([wave]) => [wave, 1] as const),
      ...now.map(([wave, count]) => [wave, hasSlot(wave) ? count : count - 1] as const),
      ...later,
    ];
  }

  #before(wave: string): readonly string[] {
    return this.predecessors.get(wave) ?? [];
  }
}

function wavePredecessors(waves: readonly DesiredWave[]): ReadonlyMap<string, readonly string[]> {
  const direct = new Map(
    waves.map(({ name, dependsOn = [] }) => [name, dependsOn.map(({ wave }) => wave)] as const),
  );
  return new Map(
    waves.map(({ name }) => {
      const found = new Set<string>();
      const open = [...(direct.get(name) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (next === name || found.has(next) || !direct.has(next)) continue;
        found.add(next);
        open.push(...(direct.get(next) ?? []));
      }
      return [name, [...found]];
    }),
  );
}

/** The slots that a wave holds, and those that it still wants. */
interface WaveSlots {
  readonly held: number;
  readonly left: number;
}

/**
 * Keeps waves from holding the slots that others wait for: a slot is given only where all waves can still be completed one
 * after the other (the banker's algorithm). A wave gives its slots back once it is complete; one that is larger than a cap
 * is completed in parts.
 */
export class SafeSlots {
  readonly #predecessors: WaveOrder['predecessors'];
  readonly #slots: Map<string, WaveSlots>;
  /** Waves for which a slot was refused, until another one is given. */
  readonly #refused = new Set<string>();
  #wanted: number;
  /** Whether all waves could be completed before the last slot was given; it does not change while none is given back. */
  #isSafe: boolean | undefined;

  /** @param mostOf how many slots a wave can have at once */
  constructor(
    { predecessors }: WaveOrder,
    slots: ReadonlyMap<string, WaveSlots>,
    mostOf: (wave: string) => number,
  ) {
    this.#predecessors = predecessors;
    this.#slots = new Map(
      [...slots].map(([wave, { held, left }]) => [
        wave,
        { held, left: held + left > mostOf(wave) ? 0 : left },
      ]),
    );
    this.#wanted = [...this.#slots.values()].reduce((sum, { left }) => sum + left, 0);
  }

  /**
   * Whether a wave may take one of the free slots: all waves can still be completed then, or could not be before either.
   * @param free how many slots are free
   */
  allows(wave: string, free: number): boolean {
    if (this.#refused.has(wave)) return false;
    const own = this.#slots.get(wave);
    if (own === undefined || this.#wanted <= free || this.#canBeNext(wave, own, free)) return true;
    this.#isSafe ??= this.#canComplete(free);
    if (!this.#isSafe) return true;
    this.#slots.set(wave, withOneMore(own));
    const isStillSafe = this.#canComplete(free - 1);
    this.#slots.set(wave, own);
    if (!isStillSafe) this.#refused.add(wave);
    return isStillSafe;
  }

  /** Counts a slot that a wave has got. */
  take(wave: string): void {
    const own = this.#slots.get(wave);
    this.#refused.clear();
    if (own === undefined) return;
    const taken = withOneMore(own);
    this.#wanted += taken.left - own.left;
    this.#slots.set(wave, taken);
  }

  /** Whether a wave has all of its slots with those that are free, and waits for no other: it is then complete first. */
  #canBeNext(wave: string, { left }: WaveSlots, free: number): boolean {
    return left <= free && this.#before(wave).every((name) => (this.#slots.get(name)?.left ?? 0) === 0);
  }

  #canComplete(free: number): boolean {
    const open = new Set<string>();
    let most = 0;
    for (const [name, { held, left }] of this.#slots) {
      if (held + left > 0) open.add(name);
      most = Math.max(most, left);
    }
    let room = free;
    for (let before = -1; open.size !== before;) {
      before = open.size;
      for (const name of open) {
        // There is room for any of the others now.
        if (room >= most) return true;
        const { held = 0, left = 0 } = this.#slots.get(name) ?? {};
        if (left > room || this.#before(name).some((other) => open.has(other))) continue;
        room += held;
        open.delete(name);
      }
    }
    return open.size === 0;
  }

  #before(wave: string): readonly string[] {
    return this.#predecessors.get(wave) ?? [];
  }
}

function withOneMore({ held, left }: WaveSlots): WaveSlots {
  return { held: held + 1, left: Math.max(0, left - 1) };
}

/** How many VMs of its wave must go on before each VM, one after the other; absent: none. */
export function depthsOf(vms: readonly DesiredVm[]): ReadonlyMap<string, number> {
  const after = new Map<string, readonly string[]>(
    vms.flatMap((vm) => (vm.after === undefined ? [] : [[vm.address, vm.after] as const])),
  );
  const depths = new Map<string, number>();
  const seen = new Set<string>();
  const open = [...after.keys()];
  for (let address = open.at(-1); address !== undefined; address = open.at(-1)) {
    const others = after.get(address) ?? [];
    // A circle is an error of the manifests, and ends here.
    const unknown = seen.has(address) ? [] : others.filter((other) => !seen.has(other) && !depths.has(other));
    seen.add(address);
    open.push(...unknown);
    if (unknown.length > 0) continue;
    open.pop();
    if (!depths.has(address))
      depths.set(address, Math.max(0, ...others.map((other) => 1 + (depths.get(other) ?? 0))));
  }
  return depths;
}
