import { pageOf } from '../../operations/page.ts';
import { without } from '../without.ts';
import { invalid } from './errors.ts';
import type { MgnDesk } from './desk.ts';

/** What every list takes. */
export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly filters?: object;
}

/** What a page is taken of: items after a cursor, up to a number. The empty cursor is before the first. */
export interface Listed<T> {
  readonly operation: string;
  readonly after: (cursor: string, count: number) => readonly T[];
  readonly cursorOf: (item: T) => string;
}

/** One page of a list, as the API answers it. */
export function listed<T>(
  { world }: MgnDesk,
  { operation, after, cursorOf }: Listed<T>,
  input: PageInput,
  wire: (item: T) => object,
): object {
  const { items, nextToken } = pageOf<T>(
    {
      operation: `mgn:${operation}`,
      filter: JSON.stringify(without(input, 'maxResults', 'nextToken')),
      tokenKey: world.tokenKey,
      after,
      cursorOf,
      refusal: (message) => invalid(message, [{ name: 'nextToken', message: 'is not a token of this list' }]),
    },
    input,
  );
  return { items: items.map(wire), nextToken };
}

/** Of things that are numbered in the order in which they were made: those after a number, as far as they fit. */
export function numberedAfter<T extends { readonly number: number }>(
  all: Iterable<T>,
  fits: (item: T) => boolean,
): Pick<Listed<T>, 'after' | 'cursorOf'> {
  return {
    after: (cursor, count) => {
      const found: T[] = [];
      for (const item of all) {
        if (item.number <= Number(cursor) || !fits(item)) continue;
        if (found.push(item) === count) break;
      }
      return found;
    },
    cursorOf: ({ number }) => String(number),
  };
}
