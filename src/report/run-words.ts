import type { Colors } from 'picocolors/types.js';
import type { ReplicationRun } from '../core/operations.ts';
import { escapeTerminal } from './escape.ts';
import { span } from './time.ts';

const BAR = 10;

/** What a run that has not ended is doing: `Uploading 42%`, or that it waits. */
export function stageText({ state, stage, progress, statusMessage }: ReplicationRun): string {
  if (state === 'pending') return 'waits for its turn';
  const words = [stage ?? statusMessage ?? 'active', progress].filter((word) => word !== undefined);
  return escapeTerminal(words.join(' '));
}

/** The same with a bar for how far the stage has come, where the service's words on that are a percentage. */
export function stageBar(run: ReplicationRun): string {
  const percent = /^\s*(\d{1,3}(?:\.\d+)?)\s*%\s*$/.exec(run.progress ?? '')?.[1];
  if (percent === undefined) return stageText(run);
  const full = Math.min(BAR, Math.floor((Number(percent) / 100) * BAR));
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${stageText(run)}`;
}

/** From the time a run was scheduled for to its end: the service does not tell when it started. */
export function runMilliseconds({ scheduledAt, completedAt }: ReplicationRun): number | undefined {
  return scheduledAt === undefined || completedAt === undefined ? undefined : completedAt - scheduledAt;
}

export function runSpan(run: ReplicationRun): string {
  const milliseconds = runMilliseconds(run);
  return milliseconds === undefined ? '' : span(milliseconds);
}

/** The end of a run: `run sms-run-1 completed after 48 min 42 s: ami-1`. */
export function endText(run: ReplicationRun, colors: Colors): string {
  const { id, state, amiId, statusMessage } = run;
  const word = state === 'completed' ? colors.green(state) : state === 'failed' ? colors.red(state) : state;
  const after = runSpan(run) === '' ? '' : ` after ${runSpan(run)}`;
  const what = state === 'completed' ? amiId : statusMessage;
  return `run ${escapeTerminal(id)} ${word}${after}${what === undefined ? '' : `: ${escapeTerminal(what)}`}`;
}

/** Colours a cell by the state of a job or run that stands in it. */
export function stateStyle(colors: Colors): (text: string) => string {
  return (text) => {
    if (/^(failed|failing|paused)\b/.test(text)) return colors.red(text);
    if (/^(missed|unknown|none)\b/.test(text)) return colors.yellow(text);
    return /^(active|completed)\b/.test(text) ? colors.green(text) : text;
  };
}
