import type { Concern } from '../core/concern.ts';
import { formatPlace } from '../core/error.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import type { PlanTextOptions } from './plan-text-options.ts';

const WARNINGS_SHOWN = 10;

/**
 * Concerns with their places, critical ones first. Those with the same id and remedy stand under one heading, and the
 * remedy is said once. Of many like warnings the first few are shown; a critical concern always is.
 */
export function concernLines(concerns: readonly Concern[], options: PlanTextOptions): readonly string[] {
  const critical = concerns.filter(({ severity }) => severity !== 'warning');
  const warnings = concerns.filter(({ severity }) => severity === 'warning');
  return [...groups(critical), ...groups(warnings)].flatMap((group) => groupLines(group, options));
}

function groups(concerns: readonly Concern[]): readonly (readonly Concern[])[] {
  return [...groupBy(concerns, ({ id, remedy = '' }) => JSON.stringify([id, remedy])).values()];
}

function groupLines(group: readonly Concern[], { colors, verbose }: PlanTextOptions): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { severity, id, remedy } = first;
  const shown = verbose || severity !== 'warning' ? group : group.slice(0, WARNINGS_SHOWN);
  const more = group.length - shown.length;
  return [
    `${(severity === 'warning' ? colors.yellow : colors.red)(severity)} ${colors.dim(id)}`,
    ...shown.map((concern) => `  ${concernText(concern)}`),
    ...(more > 0 ? [colors.dim(`  and ${more} more (--verbose shows all)`)] : []),
    ...(remedy === undefined ? [] : [`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`]),
  ];
}

function concernText({ place, address, message }: Concern): string {
  const where = place === undefined ? '' : `${formatPlace(place)}: `;
  const who = address === undefined || message.includes(address) ? '' : `${address}: `;
  return escapeTerminal(where + who + message);
}
