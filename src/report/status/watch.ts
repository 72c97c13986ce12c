import type { Colors } from 'picocolors/types.js';
import type { ReplicationRun } from '../../core/observed.ts';
import type { Status, VmStatus } from '../../core/status.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameWithWave } from '../text/words.ts';
import { runEndText, runStageText } from './jobs.ts';
import { stageText, type StatusTextOptions } from './columns.ts';
import { renderStatusText, statusRows, waveLines } from './text.ts';

/**
 * The status as a screen of so many lines takes it: all of it where there is room, else each wave's counts and as
 * many of the VMs with something under way as fit. Each line ends in a newline.
 */
export function renderStatusFrame(
  status: Status,
  options: StatusTextOptions & { readonly rows: number },
): string {
  const whole = splitLines(renderStatusText(status, { ...options, bars: true }));
  // The line under the last one is the cursor's.
  const room = Math.max(options.rows - 1, 1);
  const shown = whole.length <= room ? whole : cropFrame(status, options, room);
  return `${shown.join('\n')}\n`;
}

function cropFrame(status: Status, options: StatusTextOptions, room: number): readonly string[] {
  const { colors } = options;
  const busy = status.vms.filter(({ activity }) => activity !== undefined);
  const rows = statusRows(busy, status.at, { ...options, bars: true });
  const all = [
    ...waveLines(status, options),
    ...(busy.length > 0 ? [`  ${rows.heading}`] : []),
    ...busy.flatMap((vm) => (rows.lines.get(vm) ?? []).map((line) => `  ${line}`)),
  ];
  if (all.length <= room) return all;
  const kept = all.slice(0, room - 1);
  return [...kept, colors.dim(`and ${all.length - kept.length} more lines that do not fit`)];
}

function splitLines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

/**
 * What has happened to a VM between two looks, a line an event, without newlines: a run that ended, one that began
 * or came to another stage, a job in another state. Percentages alone are no event. The first look has only the
 * run that is under way.
 */
export function statusEvents(
  before: VmStatus | undefined,
  after: VmStatus,
  colors: Colors,
): readonly string[] {
  const { run, lastRun, job } = after;
  const ended = before !== undefined && lastRun !== undefined && lastRun.id !== before.lastRun?.id;
  const moved = run !== undefined && !sameStage(before?.run, run);
  const turned = before !== undefined && job?.state !== before.job?.state;
  const staged = before !== undefined && after.stage !== before.stage;
  return [
    ...(ended ? [runEndText(lastRun, colors)] : []),
    ...(moved
      ? [`run ${escapeTerminal(run.id)} ${run.state === 'active' ? 'is active: ' : ''}${runStageText(run)}`]
      : []),
    ...(staged ? [stageText(after)] : []),
    ...(turned
      ? [job === undefined ? 'its job is deleted' : `its job ${escapeTerminal(job.id)} is now ${job.state}`]
      : []),
  ].map((words) => `${nameWithWave(after)}: ${words}`);
}

function sameStage(before: ReplicationRun | undefined, after: ReplicationRun): boolean {
  return before?.id === after.id && before.state === after.state && before.stage === after.stage;
}
