import { LandfallError } from '../../core/error.ts';
import { isServiceError } from '../../aws/service-error.ts';

/** The largest page we ask for. The model gives 50 as the default and names no maximum. */
const PAGE_SIZE = 1000;

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
export async function* pagesOf<P extends { nextToken?: string }>(
  get: (request: PageRequest) => Promise<P>,
): AsyncGenerator<P, void> {
  let size: PageRequest = { maxResults: PAGE_SIZE };
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
