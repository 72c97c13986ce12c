import { formatDuration } from '../../core/time.ts';
import type { Colors } from 'picocolors/types.js';
import type { CatalogState } from '../../core/observed.ts';
import type { CatalogEntry, CatalogListing } from '../../core/operations.ts';
import { toConcern } from '../plan/json.ts';
import { stateStyle, toJob, toServer } from '../status/jobs.ts';
import { concernLines, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import type { Column } from '../text/fit.ts';
import { formatListing } from '../text/table.ts';
import { pluralize } from '../text/words.ts';

const IMPORT_HINT = 'run `landfall catalog import`';

/** What the state of a catalogue means. */
const STATE_TEXTS: Readonly<Record<CatalogState, string>> = {
  available: 'is imported',
  importing: 'is still being imported',
  'not-imported': `is not imported: ${IMPORT_HINT}`,
  deleted: `is deleted: ${IMPORT_HINT}`,
  expired: `has expired: ${IMPORT_HINT}`,
  unknown: 'has an unknown state',
};

/** The servers of a catalogue with their jobs, a line each, and how many there are. Ends in a newline. */
export function renderCatalogText(catalog: CatalogListing, options: ScreenOptions): string {
  const { colors, columns } = options;
  const { entries, total, state, target, missingSetup: lacks } = catalog;
  const { heading, lines } = formatListing(catalogColumns(colors), entries, colors, columns);
  const shown =
    entries.length === total
      ? pluralize(total, 'server')
      : `${entries.length} of ${pluralize(total, 'server')}`;
  const withJob = entries.filter(({ job }) => job !== undefined).length;
  const managed = entries.filter((entry) => entry.managed).length;
  const counts = `${shown}, ${withJob} with a job, ${managed} managed`;
  const words =
    state === 'available' || lacks.length > 0
      ? ''
      : ` The catalogue of ${escapeTerminal(target)} ${STATE_TEXTS[state]}.`;
  const concerns = concernLines(lacks, { ...options, verbose: false });
  return [
    ...(lines.length > 0 ? [heading, ...lines.flat(), ''] : []),
    ...(concerns.length > 0 ? [...concerns, ''] : []),
    ...wrapLines([`${counts}.${words}`], options),
    '',
  ].join('\n');
}

/** Says that an import has ended or is in progress; `servers` is known if the command waited for the end. */
export function renderCatalogImport(
  target: string,
  { state, servers }: { readonly state: CatalogState; readonly servers?: number },
): string {
  const number = servers === undefined ? '' : `, ${pluralize(servers, 'server')}`;
  return `The server catalogue of ${escapeTerminal(target)} ${STATE_TEXTS[state]}${number}.\n`;
}

/** Says that the import is in progress, and for how long; printed at intervals on a terminal. */
export function renderCatalogProgress(target: string, milliseconds?: number): string {
  const since = milliseconds === undefined ? '' : `: ${formatDuration(milliseconds)}`;
  return `Importing the server catalogue of ${escapeTerminal(target)}${since}\n`;
}

/** What a deletion of the catalogue removes and what it keeps. */
export function renderCatalogDeletion(target: string, servers: number, jobs: number): string {
  return `${pluralize(servers, 'server')} in the catalogue of ${escapeTerminal(target)}; ${jobs === 1 ? '1 replication job stays and continues' : `${jobs} replication jobs stay and continue`}.\n`;
}

function catalogColumns(colors: Colors): readonly Column<CatalogEntry>[] {
  return [
    { title: 'NAME', cell: ({ label, server: { name = '' } }) => escapeTerminal(label ?? name) },
    {
      title: 'PATH',
      cell: ({ server: { path = '' } }) => escapeTerminal(path),
      style: colors.dim,
      fit: { drop: 1, below: '' },
    },
    {
      title: 'VCENTER',
      cell: ({ server: { vmManagerName, vmManagerId = '' } }) => escapeTerminal(vmManagerName ?? vmManagerId),
      fit: { drop: 2, below: 'vCenter' },
    },
    {
      title: 'SERVER',
      cell: ({ server }) => escapeTerminal(server.serverId),
      fit: { drop: 3, below: 'server' },
    },
    { title: 'JOB', cell: ({ job }) => escapeTerminal(job?.id ?? '') },
    { title: 'STATE', cell: ({ job }) => job?.state ?? '', style: stateStyle(colors) },
    {
      title: 'OWNER',
      fit: { drop: 4, below: 'owner' },
      cell({ job }) {
        if (job === undefined) return '';
        return job.owner === undefined ? 'none' : escapeTerminal(`${job.owner.project}/${job.owner.wave}`);
      },
    },
  ];
}

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

/** The state of an import as JSON, with the number of servers if the command waited for the end. */
export function renderCatalogImportJson(
  target: string,
  { state, servers }: { readonly state: CatalogState; readonly servers?: number },
): string {
  return formatJson({ format_version: '1.0', target, state, server_count: servers });
}

/** What a deletion of the catalogue has removed and what it kept, as JSON. */
export function renderCatalogDeletionJson(target: string, servers: number, jobs: number): string {
  return formatJson({ format_version: '1.0', target, deleted_servers: servers, remaining_jobs: jobs });
}
