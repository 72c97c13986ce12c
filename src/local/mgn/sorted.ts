/** Where in a sorted list the first string stands that comes after `text`. */
export function upperBound(list: readonly string[], text: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? '') <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function insertSorted(list: string[], text: string): void {
  list.splice(upperBound(list, text), 0, text);
}

/** The strings of two sorted lists that come after `text`, in order, each once. */
export function* mergedAfter(a: readonly string[], b: readonly string[], text: string): Generator<string> {
  let i = upperBound(a, text);
  let j = upperBound(b, text);
  for (;;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) return;
    const next = x !== undefined && (y === undefined || x <= y) ? x : (y ?? '');
    yield next;
    if (x === next) i += 1;
    if (y === next) j += 1;
  }
}
