import type { Colors } from 'picocolors/types.js';
import type { ChangedPrecondition, Freshness } from '../../core/apply-result.ts';
import type { Plan } from '../../core/plan.ts';
import type { TextOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { groupBy } from '../text/table.ts';
import { formatMinute, settingText } from '../text/words.ts';
import { renderPlanText } from './text.ts';

/** A saved plan as a reviewer reads it, and below it whether it still holds. Ends in a newline. */
export function renderSavedPlanText(plan: Plan, freshness: Freshness, options: TextOptions): string {
  const made = `Made ${formatMinute(plan.at)} UTC.`;
  return `${renderPlanText(plan, options)}\n${made} ${renderFreshness(freshness, options)}`;
}

/** Whether a saved plan still holds, and what has moved. Ends in a newline. */
export function renderFreshness(
  { status, drift, reason = '' }: Freshness,
  { colors }: Pick<TextOptions, 'colors'>,
): string {
  switch (status) {
    case 'fresh':
      return `${colors.green('Still fresh:')} nothing that it stands on has changed.\n`;
    case 'stale':
      return `${[`${colors.red('Stale:')} plan again.`, ...changedPreconditionLines(drift, colors)].join('\n')}\n`;
    case 'unchecked':
      return `Whether it is still fresh could not be checked: ${escapeTerminal(reason)}.\n`;
  }
}

/** What has moved under a saved plan: what it is about, and below that one line a thing. */
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
    return now === undefined ? `${id} is gone` : `${id} of ${settingText(now)} has come`;
  }
  if (what === 'target' || (what === 'server' && now === undefined)) return `${settingText(planned)} is gone`;
  const whose = job === undefined ? '' : `${escapeTerminal(job)} `;
  return `${whose}${name}: ${settingText(planned)} in the plan, ${settingText(now)} now`;
}
