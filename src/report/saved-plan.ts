import type { Plan } from '../core/plan.ts';
import { driftLines } from './drift-text.ts';
import { escapeTerminal } from './escape.ts';
import type { Freshness } from './freshness.ts';
import { formatJson } from './json.ts';
import { planToJson } from './plan-json.ts';
import { renderPlanText } from './plan-text.ts';
import type { PlanTextOptions } from './plan-text-options.ts';
import { minute } from './time.ts';

/** A saved plan as a reviewer reads it, and below it whether it still holds. Ends in a newline. */
export function renderSavedPlanText(plan: Plan, freshness: Freshness, options: PlanTextOptions): string {
  const made = `Made ${minute(plan.at)} UTC.`;
  return `${renderPlanText(plan, options)}\n${made} ${renderFreshness(freshness, options)}`;
}

/** The JSON of schemas/plan.schema.json with one more key, `freshness`. */
export function renderSavedPlanJson(plan: Plan, { status, drift, reason }: Freshness): string {
  return formatJson({ ...planToJson(plan), freshness: { status, drift, reason } });
}

/** Whether a saved plan still holds, and what has moved. Ends in a newline. */
export function renderFreshness(
  { status, drift, reason = '' }: Freshness,
  { colors }: Pick<PlanTextOptions, 'colors'>,
): string {
  switch (status) {
    case 'fresh':
      return `${colors.green('Still fresh:')} nothing that it stands on has changed.\n`;
    case 'stale':
      return `${[`${colors.red('Stale:')} plan again.`, ...driftLines(drift, colors)].join('\n')}\n`;
    case 'unchecked':
      return `Whether it is still fresh could not be checked: ${escapeTerminal(reason)}.\n`;
  }
}
