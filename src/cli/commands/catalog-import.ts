import { EXIT } from '../../core/error.ts';
import type { CatalogState } from '../../core/observed.ts';
import { renderCatalogImportJson } from '../../report/catalog-json.ts';
import { renderCatalogImport, renderCatalogProgress } from '../../report/catalog-text.ts';
import type { Context } from '../context.ts';
import { liveBlock } from '../live-block.ts';
import { repeat } from '../repeat.ts';
import { type OpenTarget, type TargetFlags, withTarget } from '../target.ts';

interface Flags extends TargetFlags {
  readonly wait?: boolean;
}

/** The service gathers for up to a minute (domain: operations). */
const INTERVAL = 5000;

/** `landfall catalog import`: has the service gather its catalogue of servers, and waits for it if asked to. */
export function gather(context: Context, flags: Flags): Promise<number> {
  return withTarget(context, flags, async (target) => {
    await target.operations.importCatalog();
    const state = flags.wait === true ? await wait(context, target) : await target.operations.catalogState();
    // Counting takes a listing of the whole catalogue: worth it once it is there.
    const whole = flags.wait === true && state === 'available';
    const end = { state, ...(whole && { servers: (await target.observe()).servers.length }) };
    const { name } = target;
    context.print(
      flags.format === 'json' ? renderCatalogImportJson(name, end) : renderCatalogImport(name, end),
    );
    return state === 'available' || state === 'importing' ? EXIT.done : EXIT.error;
  });
}

async function wait({ host, log, quiet }: Context, { name, operations }: OpenTarget): Promise<CatalogState> {
  const began = host.clock.now();
  const live = host.stderr.isTerminal && !quiet;
  const block = liveBlock(host.stderr);
  if (!live) log(renderCatalogProgress(name));
  let state: CatalogState = 'unknown';
  await repeat(host, INTERVAL, async () => {
    state = await operations.catalogState();
    if (live) block.draw(renderCatalogProgress(name, host.clock.now() - began));
    return state === 'importing';
  });
  block.clear();
  return state;
}
