import type { Colors } from 'picocolors/types.js';
import type { Deadline } from '../../core/journey.ts';
import { DAY } from '../../core/limits.ts';
import type { VmStatus } from '../../core/status.ts';
import { displayInstant, formatDuration, type Instant } from '../../core/time.ts';
import type { ScreenOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import type { Column } from '../text/fit.ts';
import { formatMinute, nameInWave } from '../text/words.ts';
import { runStageBar } from './jobs.ts';

/** Days before the end of the 90 days from which it is shown, and from which it is coloured. */
const LIFETIME_SHOWN_DAYS = 14;
const YELLOW_DAYS = 7;
const RED_DAYS = 1;

export interface StatusTextOptions extends ScreenOptions {
  /** Shows how far runs are with bars, for a screen that is drawn again and again. */
  readonly bars?: boolean;
  /** Shows all deadlines with their moments, and each concern by itself. */
  readonly verbose?: boolean;
}

/** The columns of a status. On a narrow screen VM, STAGE and NEXT stay. */
export function statusColumns(
  at: Instant,
  { colors, bars = false, verbose = false }: StatusTextOptions,
): readonly Column<VmStatus>[] {
  return [
    { ...NAME_COLUMN },
    { ...STAGE_COLUMN, style: stageStyle(colors) },
    ...(bars ? [{ title: 'RUN', cell: activityCell, style: colors.cyan, fit: { least: 20, drop: 5 } }] : []),
    {
      title: 'RECOVERY POINT',
      cell: (vm) => recoveryPointCell(vm, at),
      fit: { drop: 3, short: (vm) => recoveryPointAge(vm, at) },
    },
    { title: 'NEXT RUN (UTC)', cell: ({ nextRunAt }) => formatMinute(nextRunAt), fit: { drop: 2 } },
    {
      title: 'ENDS',
      cell: (vm) =>
        shownDeadlines(vm, at, verbose)
          .map((one) => deadlineText(one, at, verbose))
          .join(', '),
      style: deadlineStyle(colors),
      fit: {
        drop: 4,
        short: (vm) =>
          shownDeadlines(vm, at, false)
            .map((one) => (one.at <= at ? 'now' : `in ${formatDuration(one.at - at)}`))
            .join(', '),
      },
    },
    { title: 'NEXT', cell: ({ next }) => escapeTerminal(next.text), fit: { least: 36, cut: 'wrap' } },
    { title: 'NOTES', cell: notesCell, style: colors.yellow, fit: { least: 14, drop: 1 } },
  ];
}

const NAME_COLUMN: Column<VmStatus> = {
  title: 'VM',
  cell: nameInWave,
  fit: { least: 14, cut: 'middle' },
};

const STAGE_COLUMN: Column<VmStatus> = {
  title: 'STAGE',
  cell: stageCell,
  // The longest name of a stage.
  fit: { least: 'ready for cutover'.length },
};

/** The columns of VMs that are not ready; their reasons are in lines of their own. */
export function notReadyColumns(colors: Colors): readonly Column<VmStatus>[] {
  return [NAME_COLUMN, { title: 'STAGE', cell: stageName, style: stageStyle(colors) }];
}

/** A longer detail is not repeated where a concern shows it. */
const LONGEST_DETAIL = 30;

/** A stage and its detail; of a long detail that a concern shows too, only the beginning: `failing: failure 2 of 3`. */
function stageCell(vm: VmStatus): string {
  const { detail, concerns } = vm;
  if (detail === undefined || detail.length <= LONGEST_DETAIL || concerns.length === 0) return stageText(vm);
  const [first = ''] = detail.split(/[:;]/);
  return first.length > LONGEST_DETAIL ? stageName(vm) : `${stageName(vm)}: ${escapeTerminal(first)}`;
}

/** A stage in words with what there is to add: `failing: failure 2 of 3`. */
export function stageText(vm: VmStatus): string {
  return vm.detail === undefined ? stageName(vm) : `${stageName(vm)}: ${escapeTerminal(vm.detail)}`;
}

function stageName({ stage }: VmStatus): string {
  return stage.replaceAll('-', ' ');
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
function recoveryPointCell(vm: VmStatus, at: Instant): string {
  const { recoveryPoint } = vm;
  if (recoveryPoint === undefined) return '';
  const name = escapeTerminal(recoveryPoint.id ?? recoveryPoint.kind);
  return recoveryPoint.at === undefined && !recoveryPoint.isOverdue
    ? name
    : `${name}, ${recoveryPointAge(vm, at)}`;
}

/** `3 h 20 min old`; what it is where its age is not known. */
function recoveryPointAge({ recoveryPoint }: VmStatus, at: Instant): string {
  if (recoveryPoint === undefined) return '';
  const { kind, at: time, isOverdue } = recoveryPoint;
  const age = time === undefined ? kind : `${formatDuration(at - time)} old`;
  if (!isOverdue) return age;
  return time === undefined ? 'overdue' : `${age}, overdue`;
}

/** Chooses the deadlines to show: the first that is near; verbose: all. */
function shownDeadlines({ deadlines }: VmStatus, now: Instant, verbose: boolean): readonly Deadline[] {
  if (verbose) return deadlines;
  return deadlines
    .filter(({ kind, at }) => kind === 'pause' || at - now <= LIFETIME_SHOWN_DAYS * DAY)
    .slice(0, 1);
}

/** `job deleted in 3 d 10 h`; verbose: with its moment. */
function deadlineText({ kind, at }: Deadline, now: Instant, verbose: boolean): string {
  const what = kind === 'pause' ? 'job deleted' : '90 days over';
  const left = at <= now ? what : `${what} in ${formatDuration(at - now)}`;
  return verbose ? `${left} (${displayInstant(at)})` : left;
}

/** Colours the cell of a deadline by the days that are left. */
function deadlineStyle(colors: Colors): (text: string) => string {
  return (text) => {
    if (text.trim() === '') return text;
    const days = Number(/\bin (\d+) d\b/.exec(text)?.[1] ?? 0);
    if (days < RED_DAYS) return colors.red(text);
    return days < YELLOW_DAYS ? colors.yellow(text) : text;
  };
}

function notesCell({ vm, isLeftOut, server, problem, concerns }: VmStatus): string {
  return [
    ...(vm === undefined ? [isLeftOut === true ? 'its wave’s file was left out' : 'in no manifest'] : []),
    ...(server === undefined && problem === undefined ? ['not found'] : []),
    ...concerns.map(({ id }) => id),
  ].join(', ');
}
