import { omit } from '../../objects.ts';
import { pageOf } from '../../http/page.ts';
import type { MgnOperationContext } from './context.ts';
import { invalidRequest } from './errors.ts';

/** What every list takes. */
export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly filters?: object;
}

/** What a page is taken of: items after a cursor, up to a number. The empty cursor is before the first. */
export interface PagedList<T> {
  readonly operation: string;
  readonly after: (cursor: string, count: number) => readonly T[];
  readonly cursorOf: (item: T) => string;
}

/** One page of a list, as the API answers it. */
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

/** Of things that are numbered in the order in which they were made: those after a number, as far as they fit. */
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
