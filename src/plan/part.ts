import type { Concern } from '../core/concern.ts';
import type { Change } from '../core/plan.ts';

/** What one step of planning has found; in no particular order until the plan is put together. */
export interface Part {
  readonly changes: readonly Change[];
  readonly concerns: readonly Concern[];
}
