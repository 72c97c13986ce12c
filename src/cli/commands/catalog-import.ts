import { EXIT, LandfallError } from '../../core/error.ts';
import type { CatalogState } from '../../core/observed.ts';
import type { Operations } from '../../core/operations.ts';
import { renderCatalogImportJson } from '../../report/catalog-json.ts';
import { renderCatalogImport, renderCatalogProgress } from '../../report/catalog-text.ts';
import { span } from '../../report/time.ts';
import type { Context } from '../context.ts';
import { liveBlock } from '../live-block.ts';
import { supported } from '../not-supported.ts';
import { repeat } from '../repeat.ts';
import { type TargetFlags, withTarget } from '../target.ts';

interface Flags extends TargetFlags {
  readonly wait?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** The service gathers for up to a minute (domain: operations). */
const INTERVAL = 5000;

/** `landfall catalog import`: has the service gather its catalogue of servers, and waits for it if asked to. */
export function gather(context: Context, flags: Flags): Promise<number> {
  return withTarget(context, flags, async (target) => {
    const operations = supported(target.operations, target.name, 'catalog import');
    await operations.importCatalog();
    const { state, isLate } =
      flags.wait === true
        ? await wait(context, target.name, operations, flags.timeout)
        : { state: await operations.catalogState(), isLate: false };
    // Counting takes a listing of the whole catalogue: worth it once it is there.
    const whole = flags.wait === true && state === 'available';
    const end = { state, ...(whole && { servers: (await target.observe()).servers.length }) };
    const { name } = target;
    context.print(
      flags.format === 'json' ? renderCatalogImportJson(name, end) : renderCatalogImport(name, end),
    );
    if (isLate) throw late(name, flags.timeout);
    return state === 'available' || state === 'importing' ? EXIT.done : EXIT.error;
  });
}

/** Waits for the end, the user's leaving, or the time limit; the service goes on either way. */
async function wait(
  { host, log, quiet, mayRedraw }: Context,
  name: string,
  operations: Operations,
  timeout: number,
): Promise<{ readonly state: CatalogState; readonly isLate: boolean }> {
  const began = host.clock.now();
  const live = host.stderr.isTerminal && mayRedraw && !quiet;
  const block = liveBlock(host.stderr);
  if (!live) log(renderCatalogProgress(name));
  let state: CatalogState = 'unknown';
  let isLate = false;
  await repeat(host, INTERVAL, async () => {
    state = await operations.catalogState();
    const waited = host.clock.now() - began;
    if (live) block.draw(renderCatalogProgress(name, waited));
    isLate = state === 'importing' && waited >= timeout;
    return state === 'importing' && !isLate;
  });
  block.clear();
  return { state, isLate };
}

function late(target: string, timeout: number): LandfallError {
  return new LandfallError(
    'CATALOG_LATE',
    `the server catalogue of ${target} is still being gathered after ${span(timeout)}`,
    {
      source: 'service',
      remedy: 'see `landfall connectors list`: a connector may be down; or give it longer with --timeout',
    },
  );
}
