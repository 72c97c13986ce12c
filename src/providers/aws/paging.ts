import { LandfallError } from '../../core/error.ts';
import { isServiceError } from './errors.ts';

/** The largest page we ask for. The model gives 50 as the default and names no maximum. */
const PREFERRED_PAGE_SIZE = 1000;

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/**
 * All pages of a listing, one after the other: a page's token comes with the page before. Asks for large pages, and
 * once more for the service's own size where it refuses them (then for all pages of the listing).
 * @param get makes the call for one page
 * @throws LandfallError SERVICE_ERROR when a token comes back that was there before: the listing would never end
 */
export async function* listPages<P extends { nextToken?: string }>(
  get: (request: PageRequest) => Promise<P>,
): AsyncGenerator<P, void> {
  let size: PageRequest = { maxResults: PREFERRED_PAGE_SIZE };
  let page = await get(size).catch((error: unknown) => {
    if (!isServiceError(error, 'InvalidParameterException')) throw error;
    size = {};
    return get(size);
  });
  const seen = new Set<string>();
  for (;;) {
    yield page;
    const { nextToken } = page;
    if (nextToken === undefined || nextToken === '') return;
    if (seen.has(nextToken)) {
      throw new LandfallError(
        'SERVICE_ERROR',
        'the service gave the same nextToken twice: its list has no end',
        {
          source: 'service',
          remedy: 'run again; if it stays so, the endpoint is at fault',
        },
      );
    }
    seen.add(nextToken);
    page = await get({ ...size, nextToken });
  }
}

/** The largest page there is (domain, MGN: "maxResults 1–1000"). */
const MAX_PAGE_SIZE = 1000;

interface SizedPageRequest {
  readonly maxResults: number;
  readonly nextToken?: string;
}

interface ItemPage<T> {
  readonly items?: readonly T[];
  readonly nextToken?: string;
}

/**
 * All items of a listing, page by page: a page's token comes with the page before.
 * @param get makes the call for one page
 * @throws LandfallError SERVICE_ERROR when a token comes back that was there before: the listing would never end
 */
export async function listAll<T>(get: (request: SizedPageRequest) => Promise<ItemPage<T>>): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  let request: SizedPageRequest = { maxResults: MAX_PAGE_SIZE };
  for (;;) {
    const { items = [], nextToken } = await get(request);
    for (const item of items) all.push(item);
    if (nextToken === undefined || nextToken === '') return all;
    if (seen.has(nextToken)) {
      throw new LandfallError(
        'SERVICE_ERROR',
        'the service gave the same nextToken twice: its list has no end',
        { source: 'service', remedy: 'run again; if it stays so, the endpoint is at fault' },
      );
    }
    seen.add(nextToken);
    request = { ...request, nextToken };
  }
}
