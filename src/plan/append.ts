/** Adds an item to the group of a key, in place: grouping hundreds of thousands of items must not copy lists. */
export function append<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
