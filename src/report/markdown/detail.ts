/** How much a summary tells where there is much to tell. What is left out is counted. */
export interface Detail {
  /** Items of a list that are shown. */
  readonly items: number;
  /** Bytes of a message or remedy. */
  readonly text: number;
  /** Bytes of a name. */
  readonly name: number;
}

/** From all that anyone would read to what fits the smallest budget. */
export const DETAILS: readonly [Detail, ...Detail[]] = [
  { items: 100, text: 1000, name: 200 },
  { items: 30, text: 600, name: 160 },
  { items: 10, text: 400, name: 120 },
  { items: 3, text: 160, name: 80 },
];

/** The first items as `say` puts them, and how many more there are. */
export function listed<T>(items: readonly T[], { items: most }: Detail, say: (item: T) => string): string {
  const more = items.length - most;
  return [...items.slice(0, most).map(say), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
