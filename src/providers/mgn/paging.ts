import { LandfallError } from '../../core/error.ts';

/** The largest page there is (domain, MGN: "maxResults 1–1000"). */
const PAGE_SIZE = 1000;

export interface PageRequest {
  readonly maxResults: number;
  readonly nextToken?: string;
}

interface Page<T> {
  readonly items?: readonly T[];
  readonly nextToken?: string;
}

/**
 * All items of a listing, page by page: a page's token comes with the page before.
 * @param get makes the call for one page
 * @throws LandfallError SERVICE_ERROR when a token comes back that was there before: the listing would never end
 */
export async function listAll<T>(get: (request: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  let request: PageRequest = { maxResults: PAGE_SIZE };
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
