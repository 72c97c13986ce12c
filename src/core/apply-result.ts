import type { SettingValue } from './desired.ts';
import type { ExitCode } from './error.ts';
import type { Stage } from './journey.ts';
import type { Address } from './names.ts';
import type { LaunchAction } from './observed.ts';
import type { Change, ExecutableChange, Plan } from './plan.ts';
import type { Instant } from './time.ts';

/** How one change of an apply ended. */
export type ChangeResult =
  | {
      readonly status: 'done';
      readonly change: ExecutableChange;
      readonly id?: string;
      /** Another run had created the job before. */
      readonly alreadyExisted?: true;
      readonly detail?: string;
      readonly milliseconds: number;
    }
  | {
      readonly status: 'failed';
      readonly change: ExecutableChange;
      readonly code: string;
      readonly message: string;
      readonly remedy?: string;
      readonly milliseconds: number;
    }
  | { readonly status: 'not-tried'; readonly change: ExecutableChange; readonly reason: string };

/** What an apply did: one result for each executable change, in the plan's order. */
export interface ApplyOutcome {
  readonly results: readonly ChangeResult[];
  /** The run was told to stop; changes in flight have finished. */
  readonly interrupted: boolean;
  readonly milliseconds: number;
}

/** The port through which an apply reports its progress. */
export interface ApplyReporter {
  started(change: ExecutableChange): void;
  ended(result: ChangeResult): void;
}

/** The post-launch actions of a VM, as they were when the run began. */
export interface VmLaunchActions {
  readonly vm: Pick<Change, 'address' | 'label' | 'target' | 'wave'>;
  readonly instanceId?: string;
  readonly actions: readonly LaunchAction[];
}

/**
 * Where a VM stands in an apply that follows its VMs to the phase of their waves. `moving`: the run changes it now.
 * `stuck`: this run does nothing more with it.
 */
type FollowState = 'moving' | 'waiting' | 'arrived' | 'stuck';

export interface FollowedVm {
  readonly address: Address;
  readonly label?: string;
  readonly target: string;
  readonly wave: string;
  readonly state: FollowState;
  readonly stage: Stage;
  /** What the run does with it, what it waits for, why it is stuck, or where it has arrived. */
  readonly reason: string;
  /** What a person does about a VM that is stuck, or the steps that follow. */
  readonly next?: string;
  /** When its wait ends at the earliest, by the clock of its account. */
  readonly opensAt?: Instant;
  /** Since when it is in this state for this reason, by the clock of the machine. */
  readonly since: Instant;
}

/** One round of an apply that follows its VMs: they were observed and planned, and what may be done now is about to be. */
export interface FollowRound {
  readonly round: number;
  /** The account's time. */
  readonly at: Instant;
  /** The machine's time of the start of the run. */
  readonly startedAt: Instant;
  readonly changes: readonly ExecutableChange[];
  /** Sorted by target, wave and address. */
  readonly vms: readonly FollowedVm[];
}

/** How an apply ended that followed its VMs. */
export interface FollowOutcome {
  readonly end: 'arrived' | 'stuck' | 'timeout' | 'interrupted' | 'failed';
  readonly rounds: number;
  readonly milliseconds: number;
  readonly vms: readonly FollowedVm[];
}

/** How an apply ended: what `--report` writes. */
export interface ApplyReport {
  readonly exitCode: ExitCode;
  /** Absent: no plan was made. */
  readonly plan?: Plan;
  /** Absent: nothing was started. */
  readonly outcome?: ApplyOutcome;
  /** The VMs of the plan whose launched instances have post-launch actions; absent: there are none. */
  readonly launchActions?: readonly VmLaunchActions[];
  /** What has changed since the plan was saved. */
  readonly drift?: readonly ChangedPrecondition[];
  /** Where each VM stands; absent: the run did not follow them. */
  readonly follow?: FollowOutcome;
  /** Why it ended early. */
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

/** How a rollback ended: `plan` is what was approved, and `outcome` has a result for each step of a VM. */
export interface RollbackReport extends ApplyReport {
  readonly plan: Plan;
  /** The waves of the plan that git asks to cut over. */
  readonly pastReady: readonly string[];
}

/** Something that has changed since a plan was saved. */
export interface ChangedPrecondition {
  /** Absent: it is about the project as a whole. */
  readonly target?: string;
  /** The change that depended on it; absent: it is about the target as a whole. */
  readonly address?: string;
  /** The id of the job, where it is about one. */
  readonly job?: string;
  /** `project`, `target`, `region`, `account`, …; of a change: `server`, `job`, `state`, `owner`, or a setting's name. */
  readonly what: string;
  /** Absent: there was none. */
  readonly planned?: SettingValue;
  /** Absent: there is none now. */
  readonly now?: SettingValue;
}

/** Whether a saved plan could still be applied. */
export interface Freshness {
  readonly status: 'fresh' | 'stale' | 'unchecked';
  readonly drift: readonly ChangedPrecondition[];
  /** Why it could not be checked. */
  readonly reason?: string;
}
