import type { Colors } from 'picocolors/types.js';
import type { Deadline } from '../../core/journey.ts';
import { groupBy } from '../../core/lists.ts';
import type { Status, VmStatus, WaveStatus } from '../../core/status.ts';
import { formatDuration, type Instant } from '../../core/time.ts';
import { concernLines, joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { type Column, formatListing } from '../text/table.ts';
import { formatMinute, nameInWave, pluralize, stagesText } from '../text/words.ts';
import { runStageBar } from './jobs.ts';

/** The VMs by wave, each wave under its counts, then what there is to be concerned about. Ends in a newline. */
export function renderStatusText(
  status: Status,
  options: StatusTextOptions & { readonly verbose?: boolean },
): string {
  const { colors, verbose = false } = options;
  if (status.vms.length === 0) return 'No VM to show: no manifest names one, and no job is managed.\n';
  const { heading, lines } = statusRows(status.vms, status.at, options);
  const rowsOf = (vms: readonly VmStatus[]): readonly string[] => vms.map((vm) => `  ${lines.get(vm) ?? ''}`);
  const members = groupBy(status.vms, waveKey);
  const several = new Set(status.vms.map(({ target }) => target)).size > 1;
  const strays = status.vms.filter(({ wave }) => wave === undefined);
  const concerns = [...status.vms.flatMap((vm) => vm.concerns), ...status.concerns];
  const blocks = [
    [
      `  ${heading}`,
      ...status.waves.flatMap((wave) => [
        waveLine(wave, several, colors),
        ...rowsOf(members.get(waveKey(wave)) ?? []),
      ]),
      ...(strays.length > 0 ? [colors.bold('jobs of others'), ...rowsOf(strays)] : []),
    ],
    concernLines(concerns, { colors, verbose }),
  ];
  return joinBlocks(blocks);
}

function waveKey({ target, wave }: { readonly target: string; readonly wave?: string }): string {
  return JSON.stringify([target, wave]);
}

/** A wave in one line: `sdsc-01  3 VMs: 2 replicating, 1 waiting; 1 run active`. */
export function waveLine(wave: WaveStatus, withTarget: boolean, colors: Colors): string {
  const { stages, unlisted, running, waiting } = wave;
  const rest = [
    ...(running > 0 ? [`${pluralize(running, 'run')} active`] : []),
    ...(waiting > 0 ? [`${pluralize(waiting, 'run')} waiting`] : []),
    ...(unlisted > 0 ? [`${unlisted} in no manifest`] : []),
  ];
  const name = escapeTerminal(withTarget ? `${wave.target} ${wave.wave}` : wave.wave);
  const words = [
    `${pluralize(wave.vms, 'VM')}: ${stagesText(stages)}`,
    ...(rest.length > 0 ? [rest.join(', ')] : []),
  ];
  return `${colors.bold(name)}  ${colors.dim(words.join('; '))}`;
}

export interface StatusTextOptions {
  readonly colors: Colors;
  /** Shows how far runs are with bars, for a screen that is drawn again and again. */
  readonly bars?: boolean;
}

/** A line a VM under one heading for all, so that columns stand in line over waves and targets. */
export function statusRows(
  vms: readonly VmStatus[],
  at: Instant,
  { colors, bars = false }: StatusTextOptions,
): { readonly heading: string; readonly lines: ReadonlyMap<VmStatus, string> } {
  const { heading, lines } = formatListing(statusColumns(colors, bars, at), vms, colors);
  return { heading, lines: new Map(vms.map((vm, index) => [vm, lines[index] ?? ''])) };
}

function statusColumns(colors: Colors, bars: boolean, at: Instant): readonly Column<VmStatus>[] {
  return [
    { title: 'VM', cell: ({ address, wave = '' }) => nameInWave({ address, wave }) },
    { title: 'STAGE', cell: stageText, style: stageStyle(colors) },
    ...(bars ? [{ title: 'RUN', cell: activityCell, style: colors.cyan }] : []),
    { title: 'RECOVERY POINT', cell: (vm) => recoveryPointCell(vm, at) },
    { title: 'NEXT RUN (UTC)', cell: ({ nextRunAt }) => formatMinute(nextRunAt) },
    { title: 'ENDS', cell: ({ deadlines }) => deadlineCell(deadlines[0], at), style: deadlineStyle(colors) },
    { title: 'NEXT', cell: ({ next }) => escapeTerminal(next.text) },
    { title: 'NOTES', cell: notesCell, style: colors.yellow },
  ];
}

/** A stage in words with what there is to add: `failing: failure 2 of 3`. */
export function stageText({ stage, detail }: VmStatus): string {
  const words = stage.replaceAll('-', ' ');
  return detail === undefined ? words : `${words}: ${escapeTerminal(detail)}`;
}

/** Colours a cell that begins with a stage. */
export function stageStyle(colors: Colors): (text: string) => string {
  return (text) => {
    if (/^(lost|failed|paused|ended|unproven|not in catalog)\b/.test(text)) return colors.red(text);
    if (/^failing\b/.test(text)) return colors.yellow(text);
    return /^(replicating|cut over|finalized|archived|ready for cutover)\b/.test(text)
      ? colors.green(text)
      : text;
  };
}

function activityCell({ run, activity }: VmStatus): string {
  if (activity === undefined) return '';
  if (activity.isWaiting === true || run === undefined) return escapeTerminal(activity.text);
  return runStageBar(run);
}

/** `ami-1, 3 h 20 min old`, and whether it is older than its schedule allows. */
function recoveryPointCell({ recoveryPoint }: VmStatus, at: Instant): string {
  if (recoveryPoint === undefined) return '';
  const { kind, id, at: time, isOverdue } = recoveryPoint;
  const age = time === undefined ? [] : [`${formatDuration(at - time)} old`];
  return [escapeTerminal(id ?? kind), ...age, ...(isOverdue ? ['overdue'] : [])].join(', ');
}

/** `in 3 d 10 h: pause`. */
function deadlineCell(deadline: Deadline | undefined, at: Instant): string {
  if (deadline === undefined) return '';
  const left = deadline.at - at;
  const what = deadline.kind === 'pause' ? 'job deleted' : '90 days over';
  return left <= 0 ? what : `${what} in ${formatDuration(left)}`;
}

function deadlineStyle(colors: Colors): (text: string) => string {
  return (text) =>
    /^job deleted|\bin [0-6] d|\bin \d+ (h|min|s)\b|over\s*$/.test(text) ? colors.yellow(text) : text;
}

function notesCell({ vm, isLeftOut, server, problem, concerns }: VmStatus): string {
  return [
    ...(vm === undefined ? [isLeftOut === true ? 'its wave’s file was left out' : 'in no manifest'] : []),
    ...(server === undefined && problem === undefined ? ['not found'] : []),
    ...concerns.map(({ id }) => id),
  ].join(', ');
}
