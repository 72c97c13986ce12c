import type { SettingValue } from './desired.ts';
import type { ExitCode } from './error.ts';
import type { Change, Plan } from './plan.ts';

/** How one change of an apply ended. */
export type ChangeResult =
  | {
      readonly status: 'done';
      readonly change: Change;
      readonly id?: string;
      /** The job was to be created, and another run has done so. */
      readonly alreadyExisted?: true;
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
export interface ApplyOutcome {
  readonly results: readonly ChangeResult[];
  /** `interrupted`: told to stop; it let what was in flight finish. */
  readonly interrupted: boolean;
  readonly milliseconds: number;
}

/** The port through which an apply tells how it is getting on. */
export interface ApplyReporter {
  started(change: Change): void;
  ended(result: ChangeResult): void;
}

/** How an apply ended, well or not: what `--report` tells. */
export interface ApplyReport {
  readonly exitCode: ExitCode;
  /** Absent: it did not come to a plan. */
  readonly plan?: Plan;
  /** Absent: nothing was started. */
  readonly outcome?: ApplyOutcome;
  /** What has moved under a saved plan. */
  readonly drift?: readonly ChangedPrecondition[];
  /** What ended it. */
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

/** One thing that is no longer as a saved plan found it. */
export interface ChangedPrecondition {
  /** Absent: it is about the project as a whole. */
  readonly target?: string;
  /** The change whose ground has moved; absent: it is about the target as a whole. */
  readonly address?: string;
  /** The job it is about, where there is one. */
  readonly job?: string;
  /** `project`, `target`, `region`, `account`, …; of a change: `server`, `job`, `state`, `owner`, or a setting's name. */
  readonly what: string;
  /** Absent: there was none. */
  readonly planned?: SettingValue;
  /** Absent: there is none now. */
  readonly now?: SettingValue;
}
