import { LandfallError } from '../../core/error.ts';
import { isServiceError } from './errors.ts';

/** The size of the largest page (domain, MGN: "maxResults 1–1000"; the model of SMS names no maximum). */
const PAGE_SIZE = 1000;

interface Page {
  readonly nextToken?: string | undefined;
}

/**
 * Reads the pages of a listing by one of the SDK's paginators. Asks for large pages, and once more for the service's
 * own page size where it refuses them.
 * @param paginate starts the listing
 * @throws LandfallError SERVICE_ERROR when a token comes back a second time: the listing would never end
 */
export async function* listPages<P extends Page>(
  paginate: (size: { readonly pageSize?: number }) => AsyncIterable<P>,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  const large = paginate({ pageSize: PAGE_SIZE })[Symbol.asyncIterator]();
  const first = await large.next().catch((error: unknown) => {
    if (!isServiceError(error, 'InvalidParameterException')) throw error;
    return undefined;
  });
  const pages = first === undefined ? paginate({})[Symbol.asyncIterator]() : large;
  for (let next = first ?? (await pages.next()); next.done !== true; next = await pages.next()) {
    yield next.value;
    const { nextToken: token = '' } = next.value;
    if (token === '') return;
    if (seen.has(token)) throw endlessListError();
    seen.add(token);
  }
}

/** Reads all items of a listing whose pages hold them as `items`. Arguments and errors as for `listPages`. */
export async function listItems<T>(
  paginate: (size: {
    readonly pageSize?: number;
  }) => AsyncIterable<Page & { readonly items?: readonly T[] | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const { items = [] } of listPages(paginate)) for (const item of items) all.push(item);
  return all;
}

function endlessListError(): LandfallError {
  return new LandfallError(
    'SERVICE_ERROR',
    'the service returned the same nextToken twice, so its list would never end',
    {
      source: 'service',
      remedy: 'run again; if the error stays, the endpoint is at fault',
    },
  );
}
