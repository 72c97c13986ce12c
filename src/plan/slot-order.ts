import type { DesiredWave } from '../core/desired.ts';
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
 * Sorts what wants slots of a cap: first one of each wave that has nothing under the cap, so that no wave starves behind waves of a higher priority; then by priority, the wave with the fewest left, which could be done with them, and the
 * name of the wave. Within a wave the order stays.
 * @param waveOf the wave of an item
 */
export function inSlotOrder<Item>(
  items: readonly Item[],
  waveOf: (item: Item) => string,
  { waves, hasSlot, left }: SlotRules,
): readonly Item[] {
  const priorities = new Map(waves.map(({ name, priority = 0 }) => [name, priority]));
  const priority = (wave: string): number => priorities.get(wave) ?? 0;
  const groups = new Map<string, Item[]>();
  for (const item of items) addToGroup(groups, waveOf(item), item);
  const ranked = [...groups].toSorted(
    ([a], [b]) => priority(b) - priority(a) || left(a) - left(b) || byText(a, b),
  );
  const firsts = ranked.flatMap(([wave, members]) => (hasSlot(wave) ? [] : members.slice(0, 1)));
  const others = ranked.flatMap(([wave, members]) => (hasSlot(wave) ? members : members.slice(1)));
  return [...firsts, ...others];
}
