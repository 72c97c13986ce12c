import type { Concern } from '../core/concern.ts';
import type { Change, Summary } from '../core/plan.ts';

/**
 * Counts changes by what is done; a blocked change counts as blocked and as nothing else. So does a VM that a
 * critical concern refuses before there is a change to show, as one that the catalogue does not know.
 */
export function summarise(changes: readonly Change[], concerns: readonly Concern[]): Summary {
  const summary = { create: 0, update: 0, replace: 0, delete: 0, advance: 0, defer: 0, noOp: 0, blocked: 0 };
  for (const { action, blockedBy } of changes) {
    summary[blockedBy.length > 0 ? 'blocked' : action === 'no-op' ? 'noOp' : action] += 1;
  }
  const shown = new Set(changes.map(({ address }) => address));
  const refused = concerns.flatMap(({ severity, address }) =>
    severity === 'critical' && address !== undefined && !shown.has(address) ? [address] : [],
  );
  summary.blocked += new Set(refused).size;
  return summary;
}
