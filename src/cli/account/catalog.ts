import { EXIT, LandfallError } from '../../core/error.ts';
import type { CatalogState } from '../../core/observed.ts';
import type { Operations } from '../../core/operations.ts';
import { listCatalog } from '../../journey/catalog.ts';
import {
  renderCatalogDeletion,
  renderCatalogDeletionJson,
  renderCatalogImport,
  renderCatalogImportJson,
  renderCatalogJson,
  renderCatalogProgress,
  renderCatalogText,
} from '../../report/account/catalog.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { formatDuration } from '../../report/text/words.ts';
import { type LockFlags, withLocks } from '../../workflow/locking/locks.ts';
import { repeat } from '../../workflow/runs/watching.ts';
import { matcher, requireMatch } from '../../workflow/selection.ts';
import { requireOperations, type TargetFlags, withTarget } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';
import { liveBlock } from '../screens.ts';

interface CatalogListFlags extends TargetFlags {
  readonly vm?: readonly string[];
  readonly path?: readonly string[];
  readonly vcenter?: readonly string[];
  readonly withJob?: boolean;
  readonly withoutJob?: boolean;
  readonly managed?: boolean;
  readonly unmanaged?: boolean;
}

/** `landfall catalog list`: the servers of the catalogue and their jobs. */
export function catalogList(context: Context, flags: CatalogListFlags): Promise<number> {
  return withTarget(context, flags, async ({ name: target, project, observe }) => {
    const observed = await observe();
    requireFilters(flags, observed.servers);
    const [name, path, vCenter] = [matcher(flags.vm), matcher(flags.path), matcher(flags.vcenter)];
    const catalog = listCatalog(target, observed, project, {
      ...(name && { name }),
      ...(path && { path }),
      ...(vCenter && { vCenter }),
      ...(flags.withJob === true && { withJob: true }),
      ...(flags.withoutJob === true && { withJob: false }),
      ...(flags.managed === true && { managed: true }),
      ...(flags.unmanaged === true && { managed: false }),
    });
    const { colors } = context;
    context.print(
      flags.format === 'json' ? renderCatalogJson(catalog) : renderCatalogText(catalog, { colors }),
    );
    return EXIT.done;
  });
}

type Servers = Parameters<typeof listCatalog>[1]['servers'];

/** A misspelt name must not read as "no such servers"; in an empty catalogue every name is one. */
function requireFilters({ vm, path, vcenter }: CatalogListFlags, servers: Servers): void {
  if (servers.length === 0) return;
  const names = servers.flatMap(({ name, otherNames = [] }) => [name ?? [], otherNames].flat());
  requireMatch('VM_UNKNOWN', 'VM of the catalogue', vm, names);
  const paths = servers.flatMap((server) => server.path ?? []);
  requireMatch('VM_UNKNOWN', 'path of the catalogue', path, paths);
  const vCenters = servers.flatMap(({ vmManagerName, vmManagerId }) =>
    [vmManagerName ?? [], vmManagerId ?? []].flat(),
  );
  requireMatch('VM_UNKNOWN', 'vCenter of the catalogue', vcenter, vCenters);
}

interface CatalogImportFlags extends TargetFlags {
  readonly wait?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** The service gathers for up to a minute (domain: operations). */
const POLL_INTERVAL = 5000;

/** `landfall catalog import`: has the service gather its catalogue of servers, and waits for it if asked to. */
export function catalogImport(context: Context, flags: CatalogImportFlags): Promise<number> {
  return withTarget(context, flags, async (target) => {
    const operations = requireOperations(target.operations, target, 'catalog import');
    await operations.importCatalog();
    const { state, isLate } =
      flags.wait === true
        ? await waitForCatalog(context, target.name, operations, flags.timeout)
        : { state: await operations.catalogState(), isLate: false };
    // Counting takes a listing of the whole catalogue: worth it once it is there.
    const whole = flags.wait === true && state === 'available';
    const end = { state, ...(whole && { servers: (await target.observe()).servers.length }) };
    const { name } = target;
    context.print(
      flags.format === 'json' ? renderCatalogImportJson(name, end) : renderCatalogImport(name, end),
    );
    if (isLate) throw catalogLate(name, flags.timeout);
    return state === 'available' || state === 'importing' ? EXIT.done : EXIT.error;
  });
}

/** Waits for the end, the user's leaving, or the time limit; the service goes on either way. */
async function waitForCatalog(
  { host, log, quiet, canRedraw: mayRedraw }: Context,
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
  await repeat(host, POLL_INTERVAL, async () => {
    state = await operations.catalogState();
    const waited = host.clock.now() - began;
    if (live) block.draw(renderCatalogProgress(name, waited));
    isLate = state === 'importing' && waited >= timeout;
    return state === 'importing' && !isLate;
  });
  block.clear();
  return { state, isLate };
}

function catalogLate(target: string, timeout: number): LandfallError {
  return new LandfallError(
    'CATALOG_LATE',
    `the server catalogue of ${target} is still being gathered after ${formatDuration(timeout)}`,
    {
      source: 'service',
      remedy: 'see `landfall connectors list`: a connector may be down; or give it longer with --timeout',
    },
  );
}

interface CatalogDeleteFlags extends TargetFlags, LockFlags {
  readonly autoApprove?: boolean;
}

/** `landfall catalog delete`: drops the catalogue of servers, after asking; jobs stay. */
export function catalogDelete(context: Context, flags: CatalogDeleteFlags): Promise<number> {
  return withLocks(context, flags, 'catalog delete', async (locks) => {
    const code = await withTarget(
      context,
      flags,
      async ({ name, provider, operations: ofService, observe }) => {
        const operations = requireOperations(ofService, { name, provider }, 'catalog delete');
        const { servers, jobs } = await observe();
        announce(context, flags.autoApprove, renderCatalogDeletion(name, servers.length, jobs.length));
        if (
          !(await requestApproval(context, flags.autoApprove, 'Delete the server catalogue?')) ||
          !(await locks.canContinue())
        )
          return EXIT.error;
        await operations.deleteCatalog();
        context.print(
          flags.format === 'json'
            ? renderCatalogDeletionJson(name, servers.length, jobs.length)
            : escapeTerminal(`The server catalogue of ${name} is deleted.`) + '\n',
        );
        return EXIT.done;
      },
      locks,
    );
    return locks.lost === undefined ? code : EXIT.locked;
  });
}
