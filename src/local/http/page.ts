import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalidParameter } from '../errors.ts';
import type { PageInput } from '../sms/operations/context.ts';

/** The API model's default. */
const DEFAULT_SIZE = 50;
const MAC_BYTES = 12;

/** The list a page is part of: a token of one list is refused for any other. */
export interface Listing<T> {
  readonly operation: string;
  /** The parameters that choose what is listed. */
  readonly filter: string;
  readonly tokenKey: string;
  /** Up to `count` items that come after the cursor; the empty cursor is before the first. */
  after(cursor: string, count: number): readonly T[];
  cursorOf(item: T): string;
  /** What a token is refused with, where it is not InvalidParameterException. */
  readonly refusal?: (message: string) => Error;
}

/**
 * One page. The token holds the last item's own key, not a position: items that come and go
 * between two calls neither hide nor repeat others.
 */
export function pageOf<T>(
  listing: Listing<T>,
  input: PageInput,
): { items: readonly T[]; nextToken?: string } {
  const size = input.maxResults ?? DEFAULT_SIZE;
  const cursor = input.nextToken === undefined ? '' : decodeToken(listing, input.nextToken);
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
