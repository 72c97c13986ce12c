import type { Change } from './plan.ts';

/** How one change of an apply ended. */
export type Result =
  | {
      readonly status: 'done';
      readonly change: Change;
      readonly id?: string;
      /** The job was to be created, and another run has done so. */
      readonly wasThere?: true;
      readonly detail?: string;
      readonly milliseconds: number;
    }
  | {
      readonly status: 'failed';
      readonly change: Change;
      readonly code: string;
      readonly message: string;
      readonly remedy?: string;
      readonly milliseconds: number;
    }
  | { readonly status: 'not-tried'; readonly change: Change; readonly reason: string };

/** What an apply did: one result for each change that was to be run, in the plan's order. */
export interface Outcome {
  readonly results: readonly Result[];
  /** `interrupted`: told to stop; it let what was in flight finish. */
  readonly interrupted: boolean;
  readonly milliseconds: number;
}

/** The port through which an apply tells how it is getting on. */
export interface Reporter {
  started(change: Change): void;
  ended(result: Result): void;
}
