import type { Colors } from 'picocolors/types.js';
import type { ImportedFile, ImportReport, SkippedEntry } from '../core/inventory.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { alignRows } from './table.ts';
import { firstOf } from './words.ts';

/** Files that are listed without `--verbose`. */
const LISTED = 30;

interface Options {
  readonly colors: Colors;
  /** Names everything, instead of the first few. */
  readonly verbose: boolean;
}

/** What an import has written, what it left out and why, and what a plan will say. Ends in a newline. */
export function renderImportText(report: ImportReport, options: Options): string {
  const { files, leftOut, concerns, notes } = report;
  const blocks = [
    fileLines(files, options),
    section('Left out', leftOut, (each) => each.reason, named, options),
    section(
      'Concerns',
      concerns,
      ({ id }) => id,
      ({ vm }) => vm,
      options,
    ),
    notes.length === 0
      ? []
      : [options.colors.bold('Notes'), ...notes.map((note) => `  ${escapeTerminal(note)}`)],
    [summary(report, options.colors)],
  ];
  const written = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${written.join('\n\n')}\n`;
}

function fileLines(files: readonly ImportedFile[], { colors, verbose }: Options): readonly string[] {
  const shown = verbose ? files : files.slice(0, LISTED);
  const rows = shown.map(({ path, vms, commentedOut, adopt, unchanged }) => [
    escapeTerminal(path),
    count(vms, 'VM'),
    [
      ...(adopt ? ['adopt: true'] : []),
      ...(commentedOut > 0 ? [`${commentedOut} commented out`] : []),
      ...(unchanged ? ['there already'] : []),
    ].join(', '),
  ]);
  const more = files.length - shown.length;
  return [
    ...alignRows(rows, { 2: colors.dim }, Infinity),
    ...(more > 0 ? [`… and ${count(more, 'file')} more (--verbose lists all)`] : []),
  ];
}

function section<T>(
  heading: string,
  items: readonly T[],
  keyOf: (item: T) => string,
  nameOf: (item: T) => string,
  { colors, verbose }: Options,
): readonly string[] {
  if (items.length === 0) return [];
  const groups = [...groupBy(items, keyOf)].sort(([, a], [, b]) => b.length - a.length);
  const rows = groups.map(([key, group]) => {
    const names = group.map((item) => escapeTerminal(nameOf(item)));
    return [`  ${group.length}`, escapeTerminal(key), firstOf(names, verbose ? Infinity : 3)];
  });
  return [colors.bold(heading), ...alignRows(rows, { 2: colors.dim }, Infinity)];
}

function named({ name, origin }: SkippedEntry): string {
  return name === '' ? origin : `${name} (${origin})`;
}

function summary({ files, leftOut, concerns, dryRun }: ImportReport, colors: Colors): string {
  const vms = files.reduce((sum, file) => sum + file.vms, 0);
  const aside = files.reduce((sum, { commentedOut }) => sum + commentedOut, 0);
  const fresh = files.filter(({ unchanged }) => !unchanged).length;
  const counts = [
    `${count(files.length, 'wave')} with ${count(vms, 'VM')}`,
    ...(aside > 0 ? [`${aside} commented out`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
    ...(concerns.length > 0 ? [colors.yellow(count(concerns.length, 'concern'))] : []),
  ].join(', ');
  if (files.length === 0) return `Nothing to write: ${leftOut.length} left out.`;
  const verb = dryRun ? 'would be written' : 'written';
  return `${counts}: ${count(fresh, 'file')} ${verb}${fresh < files.length ? `, ${files.length - fresh} there already` : ''}.`;
}

/** What an export came to, for stderr: its data is on stdout or in a file. */
export function renderExportText(
  {
    servers,
    waves,
    notes,
  }: { readonly servers: number; readonly waves: number; readonly notes: readonly string[] },
  file: string | undefined,
): string {
  const where = file === undefined ? '' : ` to ${escapeTerminal(file)}`;
  const lines = [`${count(servers, 'server')} of ${count(waves, 'wave')} exported${where}.`, ...notes];
  return lines.map((line) => `${escapeTerminal(line)}\n`).join('');
}
