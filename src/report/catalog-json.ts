import type { CatalogState } from '../core/observed.ts';
import type { CatalogListing } from '../core/operations.ts';
import { toJob, toServer } from './job-json.ts';
import { formatJson } from './json.ts';
import { toConcern } from './plan-json.ts';

/** The servers of a catalogue as JSON; format version 1.0, minor versions only add. */
export function renderCatalogJson({
  target,
  state,
  entries,
  total,
  missingSetup: lacks,
}: CatalogListing): string {
  return formatJson({
    format_version: '1.0',
    target,
    state,
    servers: entries.map(({ server, job, managed }) => ({
      ...toServer(server),
      managed,
      job: job === undefined ? null : toJob(job),
    })),
    server_count: entries.length,
    total_count: total,
    ...(lacks.length > 0 && { concerns: lacks.map(toConcern) }),
  });
}

/** The end of an import, or that it goes on; the number of servers where the end was waited for. */
export function renderCatalogImportJson(
  target: string,
  { state, servers }: { readonly state: CatalogState; readonly servers?: number },
): string {
  return formatJson({ format_version: '1.0', target, state, server_count: servers });
}

/** What a deletion of the catalogue has taken away and what stays. */
export function renderCatalogDeletionJson(target: string, servers: number, jobs: number): string {
  return formatJson({ format_version: '1.0', target, deleted_servers: servers, remaining_jobs: jobs });
}
