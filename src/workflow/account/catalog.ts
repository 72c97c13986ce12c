import type { Environment, Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import type { CatalogState, Observed } from '../../core/observed.ts';
import type { CatalogListing, Operations } from '../../core/operations.ts';
import { formatDuration } from '../../core/time.ts';
import { listCatalog } from '../../journey/catalog.ts';
import { readAccountManifests } from '../local/endpoint.ts';
import type { InvalidManifests } from '../manifests.ts';
import { repeat } from '../runs/watching.ts';
import { matcher, requireMatch } from '../name-patterns.ts';
import { catalogNames } from '../selection.ts';
import { openTarget, requireFeature } from '../targets.ts';
import { type AccountOptions, type ChangeOptions, type ChangeResult, changeTarget } from './change-target.ts';

export interface CatalogListOptions extends AccountOptions {
  /** Names of VMs, their paths, and names or ids of vCenters; names or globs. */
  readonly vm?: readonly string[];
  readonly path?: readonly string[];
  readonly vcenter?: readonly string[];
  /** Only servers with a job, or without one. */
  readonly withJob?: boolean;
  /** Only servers whose job is this project's, or is not. */
  readonly managed?: boolean;
}

/**
 * Lists the servers of a target's catalogue and their jobs.
 * @throws LandfallError TARGET_UNKNOWN, or VM_UNKNOWN for a filter that fits no server
 */
export async function listServers(
  workspace: Workspace,
  options: CatalogListOptions,
): Promise<InvalidManifests | { readonly kind: 'listed'; readonly catalog: CatalogListing }> {
  const manifests = await readAccountManifests(workspace, options);
  if (manifests.kind === 'invalid') return manifests;
  await using open = await openTarget(workspace, manifests, options.target);
  const observed = await open.observe();
  requireFilters(options, observed);
  const { withJob, managed } = options;
  const [name, path, vCenter] = [matcher(options.vm), matcher(options.path), matcher(options.vcenter)];
  const catalog = listCatalog(open.target.name, observed, open.project, {
    ...(name && { name }),
    ...(path && { path }),
    ...(vCenter && { vCenter }),
    ...(withJob !== undefined && { withJob }),
    ...(managed !== undefined && { managed }),
  });
  return { kind: 'listed', catalog };
}

/** Refuses a misspelt filter, whose empty result would look correct. An empty catalogue refuses no filter. */
function requireFilters({ vm, path, vcenter }: CatalogListOptions, observed: Observed): void {
  const { servers } = observed;
  if (servers.length === 0) return;
  requireMatch('VM_UNKNOWN', 'VM of the catalogue', vm, catalogNames([observed]));
  const paths = servers.flatMap((server) => server.path ?? []);
  requireMatch('VM_UNKNOWN', 'path of the catalogue', path, paths);
  const vCenters = servers.flatMap(({ vmManagerName, vmManagerId }) =>
    [vmManagerName ?? [], vmManagerId ?? []].flat(),
  );
  const named = servers.flatMap(({ vmManagerName }) => vmManagerName ?? []);
  requireMatch('VM_UNKNOWN', 'vCenter of the catalogue', vcenter, vCenters, { suggested: named });
}

export interface CatalogImportOptions extends AccountOptions {
  /** Waits for the end; absent: returns as soon as the service has accepted. */
  readonly wait?: {
    /** In milliseconds. */
    readonly timeout: number;
    /** Is called with the milliseconds that it has waited, at intervals. */
    readonly onProgress: (target: string, waited: number) => void;
  };
}

interface CatalogImport {
  readonly kind: 'imported';
  readonly target: string;
  readonly state: CatalogState;
  /** How many servers there are; known once an import that was waited for has ended. */
  readonly servers?: number;
  /** The import did not end in time. The service continues it. */
  readonly late?: LandfallError;
}

/** An import takes up to a minute (domain: operations). */
const POLL_INTERVAL = 5000;

/**
 * Makes the service import its catalogue of servers.
 * @throws LandfallError TARGET_UNKNOWN or NOT_SUPPORTED
 */
export async function importCatalog(
  workspace: Workspace,
  { target, wait, ...options }: CatalogImportOptions,
): Promise<InvalidManifests | CatalogImport> {
  const manifests = await readAccountManifests(workspace, options);
  if (manifests.kind === 'invalid') return manifests;
  await using open = await openTarget(workspace, manifests, target);
  const { name } = open.target;
  const operations = requireFeature(open.operations, open.target, 'catalog import');
  await operations.importCatalog();
  if (wait === undefined) return { kind: 'imported', target: name, state: await operations.catalogState() };
  const { state, isLate } = await waitForCatalog(workspace.host, name, operations, wait);
  // The count needs a list of the whole catalogue.
  const servers = state === 'available' ? { servers: (await open.observe()).servers.length } : {};
  return {
    ...{ kind: 'imported', target: name, state, ...servers },
    ...(isLate && { late: catalogLate(name, wait.timeout) }),
  };
}

/** Waits until the import ends, the user interrupts or the time is over; the service continues either way. */
async function waitForCatalog(
  host: Environment,
  name: string,
  operations: Operations,
  { timeout, onProgress }: NonNullable<CatalogImportOptions['wait']>,
): Promise<{ readonly state: CatalogState; readonly isLate: boolean }> {
  const began = host.clock.now();
  let state: CatalogState = 'unknown';
  let isLate = false;
  await repeat(host, POLL_INTERVAL, async () => {
    state = await operations.catalogState();
    const waited = host.clock.now() - began;
    onProgress(name, waited);
    isLate = state === 'importing' && waited >= timeout;
    return state === 'importing' && !isLate;
  });
  return { state, isLate };
}

function catalogLate(target: string, timeout: number): LandfallError {
  const message = `the server catalogue of ${target} is still being imported after ${formatDuration(timeout)}`;
  return new LandfallError('CATALOG_LATE', message, {
    source: 'service',
    remedy: 'see `landfall connectors list`: a connector may be down; or give a longer time with --timeout',
  });
}

/** A catalogue that is deleted; the jobs stay. */
interface CatalogDeletion {
  readonly target: string;
  readonly servers: number;
  readonly jobs: number;
}

/**
 * Deletes the catalogue of servers. Jobs stay.
 * @throws LandfallError TARGET_UNKNOWN, NOT_SUPPORTED or LOCK_HELD
 */
export function deleteCatalog(
  workspace: Workspace,
  options: ChangeOptions<CatalogDeletion>,
): Promise<ChangeResult<CatalogDeletion>> {
  return changeTarget(workspace, 'catalog delete', options, {
    read: () => readAccountManifests(workspace, options),
    async preview({ operations, target, observe }) {
      requireFeature(operations, target, 'catalog delete');
      const { servers, jobs } = await observe();
      return { target: target.name, servers: servers.length, jobs: jobs.length };
    },
    async change({ operations, target }, deletion) {
      await requireFeature(operations, target, 'catalog delete').deleteCatalog();
      return deletion;
    },
  });
}
