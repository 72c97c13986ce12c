import { LandfallError } from '../../core/error.ts';
import { isServiceError } from './errors.ts';

/** The size of the largest page (domain, MGN: "maxResults 1–1000"; the model of SMS names no maximum). */
const PAGE_SIZE = 1000;

/**
 * The limits of one listing. The largest account of MGN has 50,000 servers (FAQ), a page of the service's own size 50
 * items, and a source server up to 20 kB.
 */
interface ListLimits {
  readonly pages: number;
  /** Pages without items that follow one another: a filter of the service may leave some empty. */
  readonly emptyPages: number;
  readonly bytes: number;
  readonly milliseconds: number;
}
const LIMITS: ListLimits = {
  pages: 10_000,
  emptyPages: 100,
  bytes: 1024 * 2 ** 20,
  milliseconds: 30 * 60_000,
};

interface Page {
  readonly nextToken?: string | undefined;
  /** Has the size of the response, which `watchResponses` adds. */
  readonly $metadata?: object;
}

/**
 * Reads the pages of a listing by one of the SDK's paginators. Asks for large pages, and once more for the service's
 * own page size where it refuses them.
 * @param paginate starts the listing
 * @throws LandfallError SERVICE_ERROR when a token comes back a second time, or the listing exceeds a limit: it may never
 *   end
 */
export async function* listPages<P extends Page>(
  paginate: (size: { readonly pageSize?: number }) => AsyncIterable<P>,
  limits: ListLimits = LIMITS,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  const began = performance.now();
  let [count, empty, bytes] = [0, 0, 0];
  const large = paginate({ pageSize: PAGE_SIZE })[Symbol.asyncIterator]();
  const first = await large.next().catch((error: unknown) => {
    if (!isServiceError(error, 'InvalidParameterException')) throw error;
    return undefined;
  });
  const pages = first === undefined ? paginate({})[Symbol.asyncIterator]() : large;
  for (let next = first ?? (await pages.next()); next.done !== true; next = await pages.next()) {
    yield next.value;
    const { nextToken: token = '', $metadata } = next.value;
    if (token === '') return;
    if (seen.has(token)) throw endlessListError('the service returned the same nextToken twice');
    seen.add(token);
    count += 1;
    bytes += ($metadata as { readonly bytes?: number } | undefined)?.bytes ?? 0;
    empty = isEmpty(next.value) ? empty + 1 : 0;
    const exceeded = exceededLimit(limits, count, empty, bytes, performance.now() - began);
    if (exceeded !== undefined) throw endlessListError(`a list of the service has more than ${exceeded}`);
  }
}

function isEmpty(page: Page): boolean {
  return Object.values(page).every((value) => !Array.isArray(value) || value.length === 0);
}

/** Returns the limit that a listing with a further page exceeds. */
function exceededLimit(
  limits: ListLimits,
  pages: number,
  empty: number,
  bytes: number,
  milliseconds: number,
): string | undefined {
  if (empty >= limits.emptyPages) return `${limits.emptyPages} empty pages one after the other`;
  if (pages >= limits.pages) return `${limits.pages} pages`;
  if (bytes > limits.bytes) return `${Math.floor(limits.bytes / 2 ** 20)} MiB`;
  if (milliseconds > limits.milliseconds) {
    return `can be read in ${Math.floor(limits.milliseconds / 60_000)} minutes`;
  }
  return undefined;
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

function endlessListError(what: string): LandfallError {
  return new LandfallError('SERVICE_ERROR', `${what}, so its list would never end`, {
    source: 'service',
    remedy:
      'run again; if the error stays, check which endpoint or proxy answers: no account of AWS has so many items',
  });
}
