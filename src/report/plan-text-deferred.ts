import type { Change } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { firstOf, labelOf } from './words.ts';

/** One line for all that a cap defers for the same reason: hundreds may wait behind a cap. */
export function deferredLines(changes: readonly Change[], dim: (text: string) => string): readonly string[] {
  return [...groupBy(changes, ({ reason = '' }) => reason)].map(([reason, group]) => {
    return `${firstOf(group.map(labelOf))}  ${dim(escapeTerminal(reason))}`;
  });
}
