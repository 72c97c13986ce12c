import { omit } from '../../collections.ts';
import { pageOf } from '../../http/page.ts';
import type { MgnOperationContext } from './context.ts';
import { invalidRequest } from './errors.ts';

/** The input of every list. */
export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly filters?: object;
}

/** Reads up to a number of items after a cursor. The empty cursor is before the first item. */
export interface PagedList<T> {
  readonly operation: string;
  readonly after: (cursor: string, count: number) => readonly T[];
  readonly cursorOf: (item: T) => string;
}

/** Returns a page of a list in the form of the API. */
export function listPage<T>(
  { account }: MgnOperationContext,
  { operation, after, cursorOf }: PagedList<T>,
  input: PageInput,
  wire: (item: T) => object,
): object {
  const { items, nextToken } = pageOf<T>(
    {
      operation: `mgn:${operation}`,
      filter: JSON.stringify(omit(input, 'maxResults', 'nextToken')),
      tokenKey: account.tokenKey,
      after,
      cursorOf,
      refusal: (message) =>
        invalidRequest(message, [{ name: 'nextToken', message: 'is not a token of this list' }]),
    },
    input,
  );
  return { items: items.map(wire), nextToken };
}

/** Returns the items with numbers after `number`, in the order of their creation, up to a count. */
export function pageByNumber<T extends { readonly number: number }>(
  all: Iterable<T>,
  fits: (item: T) => boolean,
): Pick<PagedList<T>, 'after' | 'cursorOf'> {
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
