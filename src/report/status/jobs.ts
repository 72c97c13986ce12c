import type { Colors } from 'picocolors/types.js';
import type { ObservedJob, ObservedServer } from '../../core/observed.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import { formatDuration } from '../../core/time.ts';
import { escapeTerminal } from '../text/escape.ts';
import { snakeCase } from '../text/json.ts';

export function toServer(server: ObservedServer): object {
  return snakeCase(
    server,
    'serverId',
    'name',
    'otherNames',
    'path',
    'vmManagerId',
    'vmManagerName',
    'vmId',
    'vmWareUuid',
  );
}

/** A job as JSON; `owner` is null where no project's marker is on it. */
export function toJob(job: ObservedJob): object {
  return {
    ...snakeCase(job, 'id', 'state', 'statusMessage'),
    owner: job.owner ?? null,
    ...snakeCase(job, 'nextRunAt', 'latestAmiId'),
  };
}

/** A run as JSON; fields that the service does not return are left out. `duration_ms` counts from the scheduled time. */
export function toRun(run: ReplicationRun): object {
  return {
    ...snakeCase(run, 'id', 'state', 'type', 'stage', 'progress', 'statusMessage', 'description', 'amiId'),
    ...snakeCase(run, 'scheduledAt', 'completedAt'),
    duration_ms: runMilliseconds(run),
  };
}

const BAR_WIDTH = 10;

/** What a run that has not ended is doing: `Uploading 42%`, or that it waits. */
export function runStageText({ state, stage, progress, statusMessage }: ReplicationRun): string {
  if (state === 'pending') return 'waiting';
  const words = [stage ?? statusMessage ?? 'active', progress].filter((word) => word !== undefined);
  return escapeTerminal(words.join(' '));
}

/** The same with a bar for how far the stage has come, where the service's words on that are a percentage. */
export function runStageBar(run: ReplicationRun): string {
  const percent = /^\s*(\d{1,3}(?:\.\d+)?)\s*%\s*$/.exec(run.progress ?? '')?.[1];
  if (percent === undefined) return runStageText(run);
  const full = Math.min(BAR_WIDTH, Math.floor((Number(percent) / 100) * BAR_WIDTH));
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${runStageText(run)}`;
}

/** From the time a run was scheduled for to its end: the service does not tell when it started. */
function runMilliseconds({ scheduledAt, completedAt }: ReplicationRun): number | undefined {
  return scheduledAt === undefined || completedAt === undefined ? undefined : completedAt - scheduledAt;
}

export function runDurationText(run: ReplicationRun): string {
  const milliseconds = runMilliseconds(run);
  return milliseconds === undefined ? '' : formatDuration(milliseconds);
}

/** The end of a run: `run sms-run-1 completed after 48 min 42 s: ami-1`. */
export function runEndText(run: ReplicationRun, colors: Colors): string {
  const { id, state, amiId, statusMessage } = run;
  const word = state === 'completed' ? colors.green(state) : state === 'failed' ? colors.red(state) : state;
  const after = runDurationText(run) === '' ? '' : ` after ${runDurationText(run)}`;
  const what = state === 'completed' ? amiId : statusMessage;
  return `run ${escapeTerminal(id)} ${word}${after}${what === undefined ? '' : `: ${escapeTerminal(what)}`}`;
}

/** Colours a cell by the state of a job or run that stands in it. */
export function stateStyle(colors: Colors): (text: string) => string {
  return (text) => {
    if (/^(failed|failing|paused)\b/.test(text)) return colors.red(text);
    if (/^(missed|unknown|none)\b/.test(text)) return colors.yellow(text);
    return /^(active|completed|launched)\b/.test(text) ? colors.green(text) : text;
  };
}
