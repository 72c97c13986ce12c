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
import { formatDuration } from '../../core/time.ts';
import { type LockOptions, Locks } from '../../workflow/locking/locks.ts';
import { readAccountManifests } from '../../workflow/local-endpoint.ts';
import { repeat } from '../../workflow/runs/watching.ts';
import { matcher, requireMatch } from '../../workflow/selection.ts';
import { openTarget, requireFeature } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, exitCodeUnder, showInvalidManifests } from '../context.ts';
import type { AccountFlags } from '../flags.ts';
import { liveBlock } from '../screens.ts';

interface CatalogListFlags extends AccountFlags {
  readonly vm?: readonly string[];
  readonly path?: readonly string[];
  readonly vcenter?: readonly string[];
  readonly withJob?: boolean;
  readonly withoutJob?: boolean;
  readonly managed?: boolean;
  readonly unmanaged?: boolean;
}

/** `landfall catalog list`: the servers of the catalogue and their jobs. */
export async function catalogList(context: Context, flags: CatalogListFlags): Promise<number> {
  const manifests = readAccountManifests(context, flags.state);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using open = await openTarget(context, manifests, flags.target);
  const observed = await open.observe();
  requireFilters(flags, observed.servers);
  const [name, path, vCenter] = [matcher(flags.vm), matcher(flags.path), matcher(flags.vcenter)];
  const catalog = listCatalog(open.target.name, observed, open.project, {
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

interface CatalogImportFlags extends AccountFlags {
  readonly wait?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** The service gathers for up to a minute (domain: operations). */
const POLL_INTERVAL = 5000;

/** `landfall catalog import`: has the service gather its catalogue of servers, and waits for it if asked to. */
export async function catalogImport(context: Context, flags: CatalogImportFlags): Promise<number> {
  const manifests = readAccountManifests(context, flags.state);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using open = await openTarget(context, manifests, flags.target);
  const { name } = open.target;
  const operations = requireFeature(open.operations, open.target, 'catalog import');
  await operations.importCatalog();
  const { state, isLate } =
    flags.wait === true
      ? await waitForCatalog(context, name, operations, flags.timeout)
      : { state: await operations.catalogState(), isLate: false };
  // Counting takes a listing of the whole catalogue: worth it once it is there.
  const whole = flags.wait === true && state === 'available';
  const end = { state, ...(whole && { servers: (await open.observe()).servers.length }) };
  context.print(
    flags.format === 'json' ? renderCatalogImportJson(name, end) : renderCatalogImport(name, end),
  );
  if (isLate) throw catalogLate(name, flags.timeout);
  return state === 'available' || state === 'importing' ? EXIT.done : EXIT.error;
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
    `the server catalogue of ${target} is still being imported after ${formatDuration(timeout)}`,
    {
      source: 'service',
      remedy: 'see `landfall connectors list`: a connector may be down; or give it longer with --timeout',
    },
  );
}

interface CatalogDeleteFlags extends AccountFlags, LockOptions {
  readonly autoApprove?: boolean;
}

/** `landfall catalog delete`: drops the catalogue of servers, after asking; jobs stay. */
export async function catalogDelete(context: Context, flags: CatalogDeleteFlags): Promise<number> {
  await using locks = new Locks(context, flags, 'catalog delete');
  const manifests = readAccountManifests(context, flags.state);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using open = await openTarget(context, manifests, flags.target, locks);
  const { name } = open.target;
  const operations = requireFeature(open.operations, open.target, 'catalog delete');
  const { servers, jobs } = await open.observe();
  announce(context, flags.autoApprove, renderCatalogDeletion(name, servers.length, jobs.length));
  const approved = await requestApproval(context, flags.autoApprove, 'Delete the server catalogue?');
  if (!approved || !(await locks.canContinue())) return await exitCodeUnder(locks, EXIT.error);
  await operations.deleteCatalog();
  context.print(
    flags.format === 'json'
      ? renderCatalogDeletionJson(name, servers.length, jobs.length)
      : escapeTerminal(`The server catalogue of ${name} is deleted.`) + '\n',
  );
  return await exitCodeUnder(locks, EXIT.done);
}
