import type { Colors } from 'picocolors/types.js';
import type { ChangedPrecondition, Freshness } from '../../core/apply-result.ts';
import { groupBy } from '../../core/lists.ts';
import type { Plan } from '../../core/plan.ts';
import { type ScreenOptions, type TextOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatMinute, settingText } from '../text/words.ts';
import { renderPlanText } from './text.ts';
import { freshnessWords } from './view.ts';

/** A saved plan for a terminal, and whether it can still be applied. Ends in a newline. */
export function renderSavedPlanText(plan: Plan, freshness: Freshness, options: TextOptions): string {
  const made = `Made ${formatMinute(plan.at)} UTC.`;
  return `${renderPlanText(plan, options)}\n${made} ${renderFreshness(freshness, options)}`;
}

/** Whether a saved plan can still be applied, and what has changed since. Ends in a newline. */
export function renderFreshness(freshness: Freshness, options: ScreenOptions): string {
  const { colors } = options;
  const { status, drift, reason = '' } = freshness;
  const { lead, rest } = freshnessWords(freshness);
  const color = { fresh: colors.green, stale: colors.red, unchecked: colors.yellow }[status];
  const first = `${color(lead)} ${rest}${escapeTerminal(status === 'unchecked' ? reason : '')}.`;
  return `${wrapLines([first, ...changedPreconditionLines(drift, colors)], options).join('\n')}\n`;
}

/** What has changed since a plan was saved: each resource, and under it one line for each change. */
export function changedPreconditionLines(
  drift: readonly ChangedPrecondition[],
  colors: Colors,
): readonly string[] {
  const groups = groupBy(drift, ({ target, address }) => JSON.stringify([target ?? null, address ?? null]));
  return [...groups.values()].flatMap((group) => [
    `  ${colors.bold(escapeTerminal(preconditionSubject(group[0])))}`,
    ...group.map((each) => `    ${changedPreconditionText(each)}`),
  ]);
}

function preconditionSubject(drift: ChangedPrecondition | undefined): string {
  if (drift?.target === undefined) return 'project';
  return drift.address === undefined ? `target ${drift.target}` : `${drift.address} on ${drift.target}`;
}

function changedPreconditionText({ job, what, planned, now }: ChangedPrecondition): string {
  const name = escapeTerminal(what);
  if (what === 'job') {
    const id = escapeTerminal(job ?? '');
    return now === undefined ? `${id} no longer exists` : `${id} of ${settingText(now)} is new`;
  }
  if (what === 'target' || (what === 'server' && now === undefined))
    return `${settingText(planned)} no longer exists`;
  const whose = job === undefined ? '' : `${escapeTerminal(job)} `;
  return `${whose}${name}: ${settingText(planned)} in the plan, ${settingText(now)} now`;
}
