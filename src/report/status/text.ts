import { groupBy } from '../../core/lists.ts';
import { needsPerson, hasProblem, type Status, type VmStatus, type WaveStatus } from '../../core/status.ts';
import type { Instant } from '../../core/time.ts';
import { markdownTable, renderMarkdownListing } from '../listing.ts';
import { concernList } from '../markdown/summary.ts';
import { incompleteLines, joinBlocks, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { type Column, cutText, wrapLine } from '../text/fit.ts';
import { formatListing } from '../text/table.ts';
import { pluralize, stagesText } from '../text/words.ts';
import { statusColumns, type StatusTextOptions } from './columns.ts';
import { mergeConcerns, statusConcernLines } from './concerns.ts';
import { notReadyBlocks } from './not-ready.ts';

/** Rows after which a screen repeats the heading. */
const ROWS_UNDER_HEADING = 40;

/**
 * The VMs by wave, each wave under its counts, then concerns, then the counts of all; or why VMs are not ready for a
 * phase. Ends in a newline.
 */
export function renderStatusText(status: Status, options: StatusTextOptions): string {
  const { vms, filtered, concerns } = status;
  const incomplete = wrapLines(incompleteLines(concerns, options.colors), options);
  if (filtered?.notReadyFor !== undefined)
    return joinBlocks([...notReadyBlocks(status, filtered.notReadyFor, filtered.total, options), incomplete]);
  if (vms.length === 0) {
    const none =
      filtered === undefined
        ? 'No VM to show: no manifest names one, and no job is managed.'
        : `None of ${pluralize(filtered.total, 'VM')} matches.`;
    return joinBlocks([incomplete.length > 0 && filtered === undefined ? [] : [none], incomplete]);
  }
  return joinBlocks([
    tableLines(status, options),
    statusConcernLines(vms, concerns, options),
    [...totalLines(status, options), ...incomplete],
  ]);
}

/** The same as Markdown: the counts, a table of waves, one of VMs, and concerns. */
export function renderStatusMarkdown(status: Status, options: StatusTextOptions): string {
  const { vms, waves, concerns, filtered } = status;
  const counts =
    filtered?.notReadyFor === undefined
      ? totalLines(status, { colors: options.colors }).join(' ')
      : `${vms.length} of ${pluralize(filtered.total, 'VM')} not ready for ${filtered.notReadyFor}`;
  const wave: Column<VmStatus> = { title: 'WAVE', cell: (vm) => escapeTerminal(vm.wave ?? '') };
  const reasons: Column<VmStatus> = {
    title: 'NOT READY',
    cell: ({ notReady = [] }) => escapeTerminal(notReady.join('; ')),
  };
  const all = [...mergeConcerns(vms), ...concerns];
  return renderMarkdownListing({
    head: [`${counts}.`, markdownTable(WAVE_COLUMNS, waves)],
    columns: [wave, ...statusColumns(status.at, options), reasons],
    items: vms,
    foot: [concernList(all, { items: 30, text: 400, name: 120 })],
    ...{ unreachable: concerns, whole: 'landfall status --format csv' },
  });
}

const WAVE_COLUMNS: readonly Column<WaveStatus>[] = [
  { title: 'WAVE', cell: ({ wave }) => escapeTerminal(wave) },
  { title: 'TARGET', cell: ({ target }) => escapeTerminal(target) },
  { title: 'VMS', cell: ({ vms }) => String(vms) },
  { title: 'STAGES', cell: ({ stages }) => stagesText(stages) },
  { title: 'RUNS ACTIVE', cell: ({ running }) => (running === 0 ? '' : String(running)) },
];

/** The heading, and the rows of each wave under a line with its counts. */
function tableLines(status: Status, options: StatusTextOptions): readonly string[] {
  const { colors, columns } = options;
  const { heading, lines } = statusRows(status.vms, status.at, options);
  const several = hasSeveralTargets(status);
  const groups = groupBy(status.vms, waveKey);
  const waves = status.waves.map((wave) => ({
    title: waveLine(wave, several, options),
    vms: groups.get(waveKey(wave)) ?? [],
  }));
  const strays = status.vms.filter(({ wave }) => wave === undefined);
  const blocks =
    strays.length === 0 ? waves : [...waves, { title: colors.bold('jobs of others'), vms: strays }];
  const repeats = columns !== undefined && columns < Infinity;
  let rows = 0;
  const headings = (isFirst: boolean): readonly string[] => {
    if (!isFirst && (!repeats || rows < ROWS_UNDER_HEADING)) return [];
    rows = 0;
    return [`  ${heading}`];
  };
  return blocks.flatMap(({ title, vms }, index) => [
    ...headings(index === 0),
    title,
    ...vms.flatMap((vm) => {
      const above = headings(false);
      rows += 1;
      return [...above, ...(lines.get(vm) ?? []).map((line) => `  ${line}`)];
    }),
  ]);
}

function hasSeveralTargets({ vms }: Status): boolean {
  return new Set(vms.map(({ target }) => target)).size > 1;
}

function waveKey({ target, wave }: { readonly target: string; readonly wave?: string }): string {
  return JSON.stringify([target, wave]);
}

/** The lines of all waves, each with its counts. */
export function waveLines(status: Status, options: StatusTextOptions): readonly string[] {
  const several = hasSeveralTargets(status);
  return status.waves.map((wave) => waveLine(wave, several, options));
}

/** A wave in one line: `sdsc-01  3 VMs: 2 replicating, 1 waiting; 1 run active`. */
function waveLine(
  { target, wave, vms, stages, unlisted, running, waiting }: WaveStatus,
  withTarget: boolean,
  { colors, columns = Infinity }: StatusTextOptions,
): string {
  const rest = [
    ...(running > 0 ? [`${pluralize(running, 'run')} active`] : []),
    ...(waiting > 0 ? [`${pluralize(waiting, 'run')} waiting`] : []),
    ...(unlisted > 0 ? [`${unlisted} in no manifest`] : []),
  ];
  const name = cutText(escapeTerminal(withTarget ? `${target} ${wave}` : wave), columns, 'middle');
  const words = [
    `${pluralize(vms, 'VM')}: ${stagesText(stages)}`,
    ...(rest.length > 0 ? [rest.join(', ')] : []),
  ];
  return `${colors.bold(name)}  ${colors.dim(cutText(words.join('; '), Math.max(columns - name.length - 2, 0)))}`;
}

/** The counts of all VMs: `30 VMs: 12 replicating, 3 cut over; 2 need a person`. */
function totalLines(
  { vms, stages, filtered }: Status,
  { columns = Infinity }: StatusTextOptions,
): readonly string[] {
  const many = (counts: (vm: VmStatus) => boolean): number => vms.filter(counts).length;
  const listed = many(({ vm }) => vm !== undefined);
  const leftOut = many(({ isLeftOut }) => isLeftOut === true);
  const past = many(({ isPast, isLeftOut }) => isPast === true && isLeftOut !== true);
  const unlisted = vms.length - listed - leftOut - past;
  const persons = many(needsPerson);
  const concerned = many(hasProblem) - persons;
  const rest = [
    ...(unlisted > 0 ? [`${pluralize(unlisted, 'job')} in no manifest`] : []),
    ...(past > 0 ? [`${pluralize(past, 'VM')} in no manifest`] : []),
    ...(leftOut > 0 ? [`${pluralize(leftOut, 'job')} of files that were left out`] : []),
    ...(persons > 0 ? [`${persons} ${persons === 1 ? 'needs' : 'need'} a person`] : []),
    ...(concerned > 0
      ? [`${concerned} ${persons > 0 ? 'more ' : ''}${concerned === 1 ? 'has' : 'have'} concerns`]
      : []),
  ];
  const number = filtered === undefined ? `${listed}` : `${listed} of ${filtered.total}`;
  const noun = (filtered?.total ?? listed) === 1 ? 'VM' : 'VMs';
  const counts = listed > 0 ? `${number} ${noun}: ${stagesText(stages)}` : `${number} ${noun}`;
  const hasCounts = listed > 0 || filtered !== undefined;
  return wrapLine(
    [...(hasCounts ? [counts] : []), ...(rest.length > 0 ? [rest.join(', ')] : [])].join('; '),
    columns,
  );
}

/** A line a VM under one heading for all, so that columns stand in line over waves and targets. */
export function statusRows(
  vms: readonly VmStatus[],
  at: Instant,
  options: StatusTextOptions,
): { readonly heading: string; readonly lines: ReadonlyMap<VmStatus, readonly string[]> } {
  const { colors, columns = Infinity } = options;
  // Rows are indented by two.
  const { heading, lines } = formatListing(statusColumns(at, options), vms, colors, columns - 2);
  return { heading, lines: new Map(vms.map((vm, index) => [vm, lines[index] ?? []])) };
}
