import { byKeys } from '../core/lists.ts';
import { isOwnedBy, type Observed } from '../core/observed.ts';
import type { CatalogEntry, CatalogListing } from '../core/operations.ts';
import { missingSetupConcerns } from './account.ts';
import { groupJobs, indexServers, preferredJob, serverNames } from './servers.ts';
import type { NameMatcher } from './subjects.ts';

/** What a listing of the catalogue is narrowed to; a part that is left out narrows nothing. */
export interface CatalogFilter {
  readonly name?: NameMatcher;
  readonly path?: NameMatcher;
  /** Tried on the vCenter's name and on its id. */
  readonly vCenter?: NameMatcher;
  readonly withJob?: boolean;
  /** Whether the job is the project's: servers without one are neither. */
  readonly managed?: boolean;
}

/** The servers of a target's catalogue and their jobs. */
export function listCatalog(
  target: string,
  observed: Observed,
  project: string,
  filter: CatalogFilter = {},
): CatalogListing {
  const { servers, catalog: state } = observed;
  const index = indexServers(observed);
  const jobs = groupJobs(observed.jobs, index);
  const entries = servers.map((server): CatalogEntry => {
    const job = preferredJob(jobs.get(server.serverId) ?? [], project);
    const label = index.labelOf(server);
    return {
      server,
      ...(label !== undefined && { label }),
      managed: job !== undefined && isOwnedBy(job, project),
      ...(job !== undefined && { job }),
    };
  });
  return {
    target,
    state,
    entries: entries.filter((entry) => passes(entry, filter)).toSorted(inOrder),
    total: servers.length,
    missingSetup: missingSetupConcerns(target, observed),
  };
}

function passes(
  { server, label, job, managed }: CatalogEntry,
  { name, path, vCenter, withJob, managed: wanted }: CatalogFilter,
): boolean {
  return (
    fits(name, label, ...serverNames(server)) &&
    fits(path, server.path) &&
    fits(vCenter, server.vmManagerName, server.vmManagerId) &&
    (withJob === undefined || withJob === (job !== undefined)) &&
    (wanted === undefined || (job !== undefined && wanted === managed))
  );
}

function fits(matches: NameMatcher | undefined, ...names: readonly (string | undefined)[]): boolean {
  return matches === undefined || names.some((name) => name !== undefined && matches(name));
}

const inOrder = byKeys<CatalogEntry>(
  ({ server }) => server.name ?? '\uffff',
  ({ server }) => server.path ?? '',
  ({ server }) => server.serverId,
);
