import { formatDuration } from '../../core/time.ts';
import type { Colors } from 'picocolors/types.js';
import type { ChangeResult } from '../../core/apply-result.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameWithWave } from '../text/words.ts';
import { completedVerb } from './results.ts';

/** The progress of an apply. */
export interface ApplyProgress {
  readonly total: number;
  /** Changes that are done, have failed or were not tried. */
  readonly ended: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Columns of the terminal. */
  readonly width: number;
}

const MAX_BAR_WIDTH = 40;

/** The end of one change in one line, without a newline: `sdsc-01/web: created (sms-job-1) after 0.3 s`. */
export function renderResultLine(result: ChangeResult, colors: Colors): string {
  const { change } = result;
  const name = nameWithWave(change);
  switch (result.status) {
    case 'done': {
      const id = result.id ?? change.id;
      const which = id === undefined ? '' : ` (${escapeTerminal(id)})`;
      const what = `${name}: ${colors.green(completedVerb(result))}${which}${advancedStepText(result)}`;
      return `${what} after ${formatDuration(result.milliseconds)}`;
    }
    case 'failed':
      return `${name}: ${colors.red('failed')} ${escapeTerminal(`${result.code}: ${result.message}`)}`;
    case 'not-tried':
      return `${name}: ${colors.yellow('not tried')}: ${escapeTerminal(result.reason)}`;
  }
}

/** The step of a change that advanced, and its detail: ` by StartTest: mgnjob-1,`. */
function advancedStepText({ change, detail }: Extract<ChangeResult, { readonly status: 'done' }>): string {
  const step = change.action === 'advance' ? ` by ${change.step}` : '';
  return escapeTerminal(detail === undefined ? step : `${step}: ${detail},`);
}

/**
 * The state of an apply in one line that fits the terminal: `[#####.....] 45/90  2 failed  8 in flight`.
 * On a terminal too narrow for a bar of four, the counts alone, cut off at the last column.
 */
export function renderProgressBar(progress: ApplyProgress, colors: Colors): string {
  const { total, ended, failed, inFlight, width } = progress;
  const counts = [`${ended}/${total}`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (inFlight > 0) counts.push(`${inFlight} in flight`);
  const text = counts.join('  ');
  // One column stays free: a full last column makes some terminals wrap.
  const room = width - 1;
  const length = Math.min(room - text.length - 3, MAX_BAR_WIDTH);
  if (length < 4) return text.slice(0, Math.max(room, 0));
  const full = total === 0 ? length : Math.min(length, Math.floor((ended / total) * length));
  const bar = `[${'#'.repeat(full)}${'.'.repeat(length - full)}]`;
  return `${failed > 0 ? colors.yellow(bar) : colors.green(bar)} ${text}`;
}
