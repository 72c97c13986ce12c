const SHOWN = 5;

/** A list for a sentence: the first few items, and how many more there are of `total`. */
export function listed(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, SHOWN);
  const more = total - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
