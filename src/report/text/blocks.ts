import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import { formatPlace } from '../../core/error.ts';
import type { PlannedTarget } from '../../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './table.ts';

export interface TextOptions {
  readonly colors: Colors;
  /** Lists what stays as it is, too, and everything that is otherwise only counted. */
  readonly verbose: boolean;
}

const WARNINGS_SHOWN = 10;

/**
 * Concerns with their places, critical ones first. Those with the same id and remedy stand under one heading, and the
 * remedy is said once. Of many like warnings the first few are shown; a critical concern always is.
 */
export function concernLines(concerns: readonly Concern[], options: TextOptions): readonly string[] {
  const critical = concerns.filter(({ severity }) => severity !== 'warning');
  const warnings = concerns.filter(({ severity }) => severity === 'warning');
  return [...groups(critical), ...groups(warnings)].flatMap((group) => groupLines(group, options));
}

function groups(concerns: readonly Concern[]): readonly (readonly Concern[])[] {
  return [...groupBy(concerns, ({ id, remedy = '' }) => JSON.stringify([id, remedy])).values()];
}

function groupLines(group: readonly Concern[], { colors, verbose }: TextOptions): readonly string[] {
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

/** The line above what is said of a target: its name, and where that is. */
export function targetHeading(
  { name, provider, region, account, endpoint, jobs }: PlannedTarget,
  colors: Colors,
): string {
  const where = [
    provider,
    region,
    ...(account === undefined ? [] : [`account ${account}`]),
    ...(endpoint === undefined ? [] : [endpoint === 'local' ? 'built-in endpoint' : endpoint]),
    ...(jobs.others > 0 ? [`${jobs.others} ${jobs.others === 1 ? 'job' : 'jobs'} of others`] : []),
  ];
  return `${colors.bold(escapeTerminal(name))} ${colors.dim(`(${escapeTerminal(where.join(', '))})`)}`;
}

/** Joins blocks of lines with an empty line between them; leaves out blocks without lines. Ends in a newline. */
export function joinBlocks(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
