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
