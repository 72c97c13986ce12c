import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalidParameter } from '../errors.ts';
import type { PageInput } from '../sms/operations/context.ts';

/** The default size of a page (API model). */
const DEFAULT_SIZE = 50;
const MAC_BYTES = 12;

/** A list that is read page by page. A token of one list is refused for any other list. */
export interface Listing<T> {
  readonly operation: string;
  /** The parameters that select the items. */
  readonly filter: string;
  readonly tokenKey: string;
  /** Returns up to `count` items after the cursor; the empty cursor is before the first item. */
  after(cursor: string, count: number): readonly T[];
  cursorOf(item: T): string;
  /** Creates the error for a wrong token; default InvalidParameterException. */
  readonly refusal?: (message: string) => Error;
}

/**
 * Returns a page. Its token contains the key of the last item, not a position: items that are added or removed between
 * two calls do not hide or repeat others.
 */
export function pageOf<T>(
  listing: Listing<T>,
  input: PageInput,
): { items: readonly T[]; nextToken?: string } {
  const size = input.maxResults ?? DEFAULT_SIZE;
  const { nextToken: token = '' } = input;
  // An empty token counts as absent.
  const cursor = token === '' ? '' : decodeToken(listing, token);
  const items = listing.after(cursor, size + 1);
  const last = items[size - 1];
  if (items.length <= size || last === undefined) return { items };
  return { items: items.slice(0, size), nextToken: encodeToken(listing, listing.cursorOf(last)) };
}

function encodeToken<T>(listing: Listing<T>, cursor: string): string {
  return Buffer.concat([tokenMac(listing, cursor), Buffer.from(cursor)]).toString('base64url');
}

function decodeToken<T>(listing: Listing<T>, token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const cursor = bytes.subarray(MAC_BYTES).toString();
  const genuine =
    bytes.length > MAC_BYTES &&
    timingSafeEqual(bytes.subarray(0, MAC_BYTES), tokenMac(listing, cursor)) &&
    bytes.toString('base64url') === token;
  if (!genuine) throw (listing.refusal ?? invalidParameter)('Invalid nextToken.');
  return cursor;
}

function tokenMac<T>({ operation, filter, tokenKey }: Listing<T>, cursor: string): Buffer {
  return createHmac('sha256', tokenKey)
    .update(JSON.stringify([operation, filter, cursor]))
    .digest()
    .subarray(0, MAC_BYTES);
}
