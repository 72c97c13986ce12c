import type { Colors } from 'picocolors/types.js';
import type { PlannedTarget } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';

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
