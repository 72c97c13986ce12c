import type { Drift } from './drift.ts';
import type { ExitCode } from './error.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

/** How an apply ended, well or not: what `--report` tells. */
export interface Ending {
  readonly exitCode: ExitCode;
  /** Absent: it did not come to a plan. */
  readonly plan?: Plan;
  /** Absent: nothing was started. */
  readonly outcome?: Outcome;
  /** What has moved under a saved plan. */
  readonly drift?: readonly Drift[];
  /** What ended it. */
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}
