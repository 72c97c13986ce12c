import type { Change } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { firstOf, labelOf } from './words.ts';

/** One line for all that waits for the same reason, with the steps after it: hundreds may wait behind a cap. */
export function deferredLines(changes: readonly Change[], dim: (text: string) => string): readonly string[] {
  return [...groupBy(changes, reasonOf)].map(([reason, group]) => {
    return `${firstOf(group.map(labelOf))}  ${dim(escapeTerminal(reason))}`;
  });
}

function reasonOf({ reason = '', step, remaining = [] }: Change): string {
  const steps = step === undefined ? remaining : [step, ...remaining];
  return steps.length === 0 ? reason : `${reason}; then ${steps.join(', ')}`;
}
