import type { Concern } from '../core/concern.ts';
import type { Change } from '../core/plan.ts';

/** What is to be done about one VM, before caps; no change where a concern refuses the VM altogether. */
export interface Decision {
  readonly change?: Change;
  readonly concerns: readonly Concern[];
}
