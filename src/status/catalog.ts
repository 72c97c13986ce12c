import type { CatalogEntry, CatalogListing } from '../core/catalog.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys } from '../core/order.ts';
import { isOurs, preferredJob } from '../plan/jobs.ts';
import { lackConcerns } from '../plan/lacks.ts';
import { groupJobs, indexServers, namesOf } from '../plan/servers.ts';
import type { Matches } from './names.ts';

/** What a listing of the catalogue is narrowed to; a part that is left out narrows nothing. */
export interface CatalogFilter {
  readonly name?: Matches;
  readonly path?: Matches;
  /** Tried on the vCenter's name and on its id. */
  readonly vCenter?: Matches;
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
  const jobs = groupJobs(observed.jobs, indexServers(observed));
  const entries = servers.map((server): CatalogEntry => {
    const job = preferredJob(jobs.get(server.serverId) ?? [], project);
    return { server, managed: job !== undefined && isOurs(job, project), ...(job !== undefined && { job }) };
  });
  return {
    target,
    state,
    entries: entries.filter((entry) => passes(entry, filter)).toSorted(inOrder),
    total: servers.length,
    lacks: lackConcerns(target, observed),
  };
}

function passes(
  { server, job, managed }: CatalogEntry,
  { name, path, vCenter, withJob, managed: wanted }: CatalogFilter,
): boolean {
  return (
    fits(name, ...namesOf(server)) &&
    fits(path, server.path) &&
    fits(vCenter, server.vmManagerName, server.vmManagerId) &&
    (withJob === undefined || withJob === (job !== undefined)) &&
    (wanted === undefined || (job !== undefined && wanted === managed))
  );
}

function fits(matches: Matches | undefined, ...names: readonly (string | undefined)[]): boolean {
  return matches === undefined || names.some((name) => name !== undefined && matches(name));
}

const inOrder = byKeys<CatalogEntry>(
  ({ server }) => server.name ?? '\uffff',
  ({ server }) => server.path ?? '',
  ({ server }) => server.serverId,
);
