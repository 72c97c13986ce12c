import type { Colors } from 'picocolors/types.js';
import type { CatalogState } from '../core/observed.ts';
import type { CatalogEntry, CatalogListing } from '../core/operations.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { type Column, listing } from './listing.ts';
import { concernLines } from './plan-text-concerns.ts';
import { stateStyle } from './run-words.ts';
import { span } from './time.ts';

const IMPORT = '`landfall catalog import` gathers it';

/** What a catalogue's state means for its reader. */
const STATES: Readonly<Record<CatalogState, string>> = {
  available: 'is imported',
  importing: 'is being gathered: more may come',
  'not-imported': `is not imported: ${IMPORT}`,
  deleted: `is deleted: ${IMPORT}`,
  expired: `has expired: ${IMPORT}`,
  unknown: 'is in a state that landfall does not know',
};

/** The servers of a catalogue with their jobs, a line each, and how many there are. Ends in a newline. */
export function renderCatalogText(catalog: CatalogListing, { colors }: { readonly colors: Colors }): string {
  const { entries, total, state, target, missingSetup: lacks } = catalog;
  const { heading, lines } = listing(columns(colors), entries, colors);
  const shown =
    entries.length === total ? count(total, 'server') : `${entries.length} of ${count(total, 'server')}`;
  const withJob = entries.filter(({ job }) => job !== undefined).length;
  const managed = entries.filter((entry) => entry.managed).length;
  const counts = `${shown}, ${withJob} with a job, ${managed} managed`;
  const words =
    state === 'available' || lacks.length > 0
      ? ''
      : ` The catalogue of ${escapeTerminal(target)} ${STATES[state]}.`;
  const concerns = concernLines(lacks, { colors, verbose: false });
  return [
    ...(lines.length > 0 ? [heading, ...lines, ''] : []),
    ...(concerns.length > 0 ? [...concerns, ''] : []),
    `${counts}.${words}`,
    '',
  ].join('\n');
}

/** The end of an import, or that it goes on: `servers` is known where the end was waited for. */
export function renderCatalogImport(
  target: string,
  { state, servers }: { readonly state: CatalogState; readonly servers?: number },
): string {
  const number = servers === undefined ? '' : `, ${count(servers, 'server')}`;
  return `The server catalogue of ${escapeTerminal(target)} ${STATES[state]}${number}.\n`;
}

/** That the service gathers, and for how long it has: a line of its own on a terminal, time and again. */
export function renderCatalogProgress(target: string, milliseconds?: number): string {
  const since = milliseconds === undefined ? '' : `: ${span(milliseconds)}`;
  return `Gathering the server catalogue of ${escapeTerminal(target)}${since}\n`;
}

/** What a deletion of the catalogue takes away and what stays. */
export function renderCatalogDeletion(target: string, servers: number, jobs: number): string {
  return `${count(servers, 'server')} in the catalogue of ${escapeTerminal(target)}; ${jobs === 1 ? '1 replication job stays and goes on' : `${jobs} replication jobs stay and go on`}.\n`;
}

function columns(colors: Colors): readonly Column<CatalogEntry>[] {
  return [
    { title: 'NAME', cell: ({ server: { name = '' } }) => escapeTerminal(name) },
    { title: 'PATH', cell: ({ server: { path = '' } }) => escapeTerminal(path), style: colors.dim },
    {
      title: 'VCENTER',
      cell: ({ server: { vmManagerName, vmManagerId = '' } }) => escapeTerminal(vmManagerName ?? vmManagerId),
    },
    { title: 'SERVER', cell: ({ server }) => escapeTerminal(server.serverId) },
    { title: 'JOB', cell: ({ job }) => escapeTerminal(job?.id ?? '') },
    { title: 'STATE', cell: ({ job }) => job?.state ?? '', style: stateStyle(colors) },
    {
      title: 'OWNER',
      cell({ job }) {
        if (job === undefined) return '';
        return job.owner === undefined ? 'none' : escapeTerminal(`${job.owner.project}/${job.owner.wave}`);
      },
    },
  ];
}
