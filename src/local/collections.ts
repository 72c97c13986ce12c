type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** An object type whose members that may be undefined are optional instead. */
type WithoutUndefined<T> = { [K in Exclude<keyof T, OptionalKeys<T>>]: T[K] } & {
  [K in OptionalKeys<T>]?: Exclude<T[K], undefined>;
};

/** Copies an object without its undefined members. */
export function omitUndefined<T extends object>(object: T): WithoutUndefined<T> {
  return pick(object, ([, value]) => value !== undefined) as WithoutUndefined<T>;
}

/** Copies an object without some of its members. */
export function omit(object: object, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  return pick(object, ([name]) => !names.includes(name));
}

/** Copies an object without its members that are null. */
export function omitNulls(object: object): Readonly<Record<string, unknown>> {
  return pick(object, ([, value]) => value !== null);
}

function pick(object: object, keep: (entry: [string, unknown]) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(keep));
}

/** Finds the index of the first item of a sorted list whose key comes after `key`. */
export function upperBound<T>(list: readonly T[], key: string, keyOf: (item: T) => string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && keyOf(item) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const itself = (text: string) => text;

export function insertSorted(list: string[], text: string): void {
  list.splice(upperBound(list, text, itself), 0, text);
}

/** Merges two sorted lists: the strings that come after `text`, in order, each once. */
export function* mergedAfter(a: readonly string[], b: readonly string[], text: string): Generator<string> {
  let i = upperBound(a, text, itself);
  let j = upperBound(b, text, itself);
  for (;;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) return;
    const next = x !== undefined && (y === undefined || x <= y) ? x : (y ?? '');
    yield next;
    if (x === next) i += 1;
    if (y === next) j += 1;
  }
}
