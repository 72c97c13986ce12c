import type { Colors } from 'picocolors/types.js';
import type { ImportedFile, ImportReport, SkippedEntry } from '../../core/inventory.ts';
import { groupBy } from '../../core/lists.ts';
import { joinFirst } from '../../core/text.ts';
import { joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { alignRows } from '../text/table.ts';
import { pluralize } from '../text/words.ts';

/** Files that are listed without `--verbose`. */
const MAX_LISTED_FILES = 30;

interface ImportTextOptions {
  readonly colors: Colors;
  /** Names everything, instead of the first few. */
  readonly verbose: boolean;
}

/** What an import has written, what it left out and why, and the concerns of the next plan. Ends in a newline. */
export function renderImportText(report: ImportReport, options: ImportTextOptions): string {
  const { files, leftOut, concerns } = report;
  const encoding = encodingNote(report);
  const notes = [...(encoding === undefined ? [] : [encoding]), ...report.notes];
  const blocks = [
    importedFileLines(files, options),
    groupedSection('Left out', leftOut, (each) => each.reason, skippedEntryLabel, options),
    groupedSection(
      'Concerns',
      concerns,
      ({ id }) => id,
      ({ vm }) => vm,
      options,
    ),
    notes.length === 0
      ? []
      : [options.colors.bold('Notes'), ...notes.map((note) => `  ${escapeTerminal(note)}`)],
    [summaryLine(report, options.colors), ...nextLines(report)],
  ];
  return joinBlocks(blocks);
}

/** Says in which encoding a file was read, and why. Says nothing of ASCII, which reads the same in all of them. */
export function encodingNote({ encoding }: Pick<ImportReport, 'encoding'>): string | undefined {
  if (encoding === undefined || encoding.name === 'us-ascii') return undefined;
  return `read as ${encoding.name}: ${encoding.reason}`;
}

function importedFileLines(
  files: readonly ImportedFile[],
  { colors, verbose }: ImportTextOptions,
): readonly string[] {
  const shown = verbose ? files : files.slice(0, MAX_LISTED_FILES);
  const rows = shown.map(({ path, vms, commentedOut, adopt, unchanged }) => [
    escapeTerminal(path),
    pluralize(vms, 'VM'),
    [
      ...(adopt ? ['adopt: true'] : []),
      ...(commentedOut > 0 ? [`${commentedOut} commented out`] : []),
      ...(unchanged ? ['there already'] : []),
    ].join(', '),
  ]);
  const more = files.length - shown.length;
  return [
    ...alignRows(rows, { 2: colors.dim }, Infinity),
    ...(more > 0 ? [`… and ${pluralize(more, 'file')} more (--verbose lists all)`] : []),
  ];
}

function groupedSection<T>(
  heading: string,
  items: readonly T[],
  keyOf: (item: T) => string,
  nameOf: (item: T) => string,
  { colors, verbose }: ImportTextOptions,
): readonly string[] {
  if (items.length === 0) return [];
  const groups = [...groupBy(items, keyOf)].sort(([, a], [, b]) => b.length - a.length);
  const rows = groups.map(([key, group]) => {
    const names = group.map((item) => escapeTerminal(nameOf(item)));
    return [`  ${group.length}`, escapeTerminal(key), joinFirst(names, verbose ? Infinity : 3)];
  });
  return [colors.bold(heading), ...alignRows(rows, { 2: colors.dim }, Infinity)];
}

function skippedEntryLabel({ name, origin }: SkippedEntry): string {
  return name === '' ? origin : `${name} (${origin})`;
}

function summaryLine({ files, leftOut, concerns, dryRun }: ImportReport, colors: Colors): string {
  const vms = files.reduce((sum, file) => sum + file.vms, 0);
  const aside = files.reduce((sum, { commentedOut }) => sum + commentedOut, 0);
  const fresh = files.filter(({ unchanged }) => !unchanged).length;
  const counts = [
    `${pluralize(files.length, 'wave')} with ${pluralize(vms, 'VM')}`,
    ...(aside > 0 ? [`${aside} commented out`] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
    ...(concerns.length > 0 ? [colors.yellow(pluralize(concerns.length, 'concern'))] : []),
  ].join(', ');
  if (files.length === 0) return `Nothing to write: ${leftOut.length} left out.`;
  const verb = dryRun ? 'would be written' : 'written';
  return `${counts}: ${pluralize(fresh, 'file')} ${verb}${fresh < files.length ? `, ${files.length - fresh} there already` : ''}.`;
}

function nextLines({ files, dryRun, next }: ImportReport): readonly string[] {
  return files.length === 0 || dryRun ? [] : [escapeTerminal(`Next: ${next.join(', then ')}.`)];
}

/** The result of an export, for stderr: its data is on stdout or in a file. */
export function renderExportText(
  {
    servers,
    waves,
    notes,
  }: { readonly servers: number; readonly waves: number; readonly notes: readonly string[] },
  file: string | undefined,
): string {
  const where = file === undefined ? '' : ` to ${escapeTerminal(file)}`;
  const lines = [
    `${pluralize(servers, 'server')} of ${pluralize(waves, 'wave')} exported${where}.`,
    ...notes,
  ];
  return lines.map((line) => `${escapeTerminal(line)}\n`).join('');
}

/** What an import has written and left out, as JSON; format version 1.0, minor versions only add. */
export function renderImportJson(report: ImportReport): string {
  const { source, encoding, dryRun, files, leftOut, concerns, notes } = report;
  return formatJson({
    format_version: '1.0',
    source,
    ...(encoding && { encoding: { name: encoding.name, reason: encoding.reason } }),
    dry_run: dryRun,
    files: files.map(({ path, wave, vms, commentedOut, adopt, unchanged }) => ({
      path,
      wave,
      vm_count: vms,
      commented_out_count: commentedOut,
      adopt,
      unchanged,
    })),
    left_out: leftOut.map((entry) => snakeCase(entry, 'name', 'origin', 'reason')),
    concerns: concerns.map((concern) => snakeCase(concern, 'id', 'vm', 'message')),
    notes,
    summary: {
      waves: files.length,
      vms: files.reduce((sum, { vms }) => sum + vms, 0),
      commented_out: files.reduce((sum, { commentedOut }) => sum + commentedOut, 0),
      left_out: leftOut.length,
      concerns: concerns.length,
      files_written: dryRun ? 0 : files.filter(({ unchanged }) => !unchanged).length,
    },
  });
}
