import type { DesiredVm, DesiredWave } from '../core/desired.ts';
import { addToGroup, byText } from '../core/lists.ts';

/** What decides who gets a slot first. */
export interface SlotRules {
  readonly waves: readonly DesiredWave[];
  /** Whether a wave has something under the cap. */
  readonly hasSlot: (wave: string) => boolean;
  /** How many of a wave want a slot now or later. */
  readonly left: (wave: string) => number;
}

/**
 * Sorts what wants slots of a cap: first one of each wave that has nothing under the cap, so that no wave starves behind
 * others; then by priority, the wave with the fewest left, which could be done with them, and the name of the wave. A wave
 * comes after those that it depends on, as long as these want slots. Within a wave the order stays.
 * @param waveOf the wave of an item
 */
export function inSlotOrder<Item>(
  items: readonly Item[],
  waveOf: (item: Item) => string,
  { waves, hasSlot, left }: SlotRules,
): readonly Item[] {
  const priorities = new Map(waves.map(({ name, priority = 0 }) => [name, priority]));
  const priority = (wave: string): number => priorities.get(wave) ?? 0;
  const predecessors = wavePredecessors(waves);
  const isLater = (wave: string): boolean => (predecessors.get(wave) ?? []).some((name) => left(name) > 0);
  const groups = new Map<string, Item[]>();
  for (const item of items) addToGroup(groups, waveOf(item), item);
  const ranked = [...groups].toSorted(
    ([a], [b]) => priority(b) - priority(a) || left(a) - left(b) || byText(a, b),
  );
  const hasFirst = (wave: string): boolean => !hasSlot(wave) && !isLater(wave);
  const now = ranked.filter(([wave]) => !isLater(wave));
  const firsts = now.flatMap(([wave, members]) => (hasFirst(wave) ? members.slice(0, 1) : []));
  const others = now.flatMap(([wave, members]) => (hasFirst(wave) ? members.slice(1) : members));
  const later = ranked
    .filter(([wave]) => isLater(wave))
    .toSorted(([a], [b]) => (predecessors.get(a)?.length ?? 0) - (predecessors.get(b)?.length ?? 0));
  return [...firsts, ...others, ...later.flatMap(([, members]) => members)];
}

/** The waves that each wave depends on, directly or through others; only waves of the list count. */
export function wavePredecessors(waves: readonly DesiredWave[]): ReadonlyMap<string, readonly string[]> {
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
export interface WaveSlots {
  held: number;
  left: number;
}

/**
 * Whether all waves could be completed one after the other: a wave that has all of its slots, and whose predecessors are
 * complete, gives them back (the banker's algorithm). If not, waves could keep the slots that others wait for.
 */
function canComplete(
  free: number,
  slots: ReadonlyMap<string, WaveSlots>,
  predecessors: ReadonlyMap<string, readonly string[]>,
): boolean {
  const open = new Set(slots.keys());
  let room = free;
  for (let before = -1; open.size !== before;) {
    before = open.size;
    for (const name of open) {
      const { held = 0, left = 0 } = slots.get(name) ?? {};
      if (left > room || (predecessors.get(name) ?? []).some((other) => open.has(other))) continue;
      room += held;
      open.delete(name);
    }
  }
  return open.size === 0;
}

/** Counts a slot that a wave has got. */
export function takeSlot(own: WaveSlots): void {
  own.held += 1;
  own.left = Math.max(0, own.left - 1);
}

/** Whether all waves can still be completed if a wave gets a slot; also if they could not be before. */
export function isSafe(
  free: number,
  own: WaveSlots,
  slots: ReadonlyMap<string, WaveSlots>,
  predecessors: ReadonlyMap<string, readonly string[]>,
): boolean {
  const wanted = [...slots.values()].reduce((sum, { left }) => sum + left, 0);
  if (wanted <= free || !canComplete(free, slots, predecessors)) return true;
  const { held, left } = own;
  takeSlot(own);
  const isStillSafe = canComplete(free - 1, slots, predecessors);
  own.held = held;
  own.left = left;
  return isStillSafe;
}

/** How many VMs of its wave must go on before each VM, one after the other; absent: none. */
export function depthsOf(vms: readonly DesiredVm[]): ReadonlyMap<string, number> {
  const after = new Map<string, readonly string[]>(
    vms.flatMap((vm) => (vm.after === undefined ? [] : [[vm.address, vm.after] as const])),
  );
  const depths = new Map<string, number>();
  const depthOf = (address: string): number => {
    const known = depths.get(address);
    if (known !== undefined) return known;
    // A circle is an error of the manifests, and ends here.
    depths.set(address, 0);
    const depth = Math.max(0, ...(after.get(address) ?? []).map((other) => 1 + depthOf(other)));
    depths.set(address, depth);
    return depth;
  };
  for (const address of after.keys()) depthOf(address);
  return depths;
}
