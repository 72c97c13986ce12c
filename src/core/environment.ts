import type { Concern } from './concern.ts';
import type { LandfallError } from './error.ts';
import type { FoundLock, LockHolder } from './lock.ts';
import type { ExecutableChange, Plan } from './plan.ts';
import type { OnDemandResult, VmEntry } from './status.ts';
import type { Clock, Instant } from './time.ts';

/** The machine around a run, as workflow/ uses it; it has no streams, since workflow/ prints nothing. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The id of this process, for locks and messages that name their holder. */
  readonly pid?: number;
  /** Tells whether another process of this machine is alive; absent: unknown. */
  readonly isAlive?: (pid: number) => boolean;
  readonly clock: Clock;
  /** Calls back at each interval in milliseconds until the function it returns is called; absent: never. */
  readonly every?: (milliseconds: number, callback: () => void) => () => void;
  /** Asks a question on the terminal; absent without a terminal. Rejects when the user leaves. */
  readonly ask?: (question: string) => Promise<string>;
  /**
   * Calls back on each SIGINT or SIGTERM until the function it returns is called. When a callback returns `leave`, the
   * program ends at once, as it would without a listener.
   */
  onInterrupt(callback: () => 'leave' | undefined): () => void;
}

/** What every workflow function works in: the machine, the project, and a listener for what happens on the way. */
export interface Workspace {
  readonly host: Environment;
  /** The project file or its folder; absent: the nearest landfall.yaml in the working folder or above it. */
  readonly projectFile?: string;
  readonly onEvent?: (event: WorkflowEvent) => void;
}

/** The manifests have been read, valid or not; names are included as far as they can be read. */
interface ManifestsRead {
  readonly kind: 'manifests-read';
  readonly project?: string;
  readonly targets: readonly string[];
  /** The targets that a run observes by default. */
  readonly usedTargets: readonly string[];
}

/** What happens while a workflow function runs, as data. Results are returned, not sent as events. */
export type WorkflowEvent =
  | ManifestsRead
  /** Wave files have errors and are left out: the first error of each. */
  | { readonly kind: 'files-left-out'; readonly problems: readonly Concern[] }
  /** The user has asked the run to stop. */
  | { readonly kind: 'interrupted' }
  /** Another run holds a lock; this one waits for it. */
  | {
      readonly kind: 'lock-waiting';
      readonly targets: readonly string[];
      readonly found: FoundLock;
      readonly at: Instant;
    }
  /** The process that held a lock is dead; this run has taken the lock. */
  | { readonly kind: 'lock-taken-over'; readonly targets: readonly string[]; readonly holder: LockHolder }
  /** A lock could not be read, was lost, or could not be released. */
  | {
      readonly kind: 'lock-unchecked' | 'lock-lost' | 'lock-not-released';
      readonly error: LandfallError;
    }
  /** A second interrupt would leave (`lock-at-risk`), or leaves (`lock-left`), a lock that no other run takes over. */
  | {
      readonly kind: 'lock-at-risk' | 'lock-left';
      readonly targets: readonly string[];
      /** Removes the lock. */
      readonly command: string;
    }
  /** A second interrupt ends the program while these changes are in flight: how they end is not known. */
  | { readonly kind: 'left-in-flight'; readonly changes: readonly ExecutableChange[] }
  /** A second interrupt ends the program while these runs are started, and the service continues those that have been. */
  | {
      readonly kind: 'runs-left';
      readonly starting: readonly VmEntry[];
      readonly started: readonly Extract<OnDemandResult, { readonly status: 'started' }>[];
    }
  | {
      readonly kind: 'target-observed';
      readonly target: string;
      readonly calls: number;
      readonly notes?: readonly string[];
    }
  /** Settings of servers of a target are read, with a call for each. */
  | {
      readonly kind: 'target-reading';
      readonly target: string;
      readonly done: number;
      readonly total: number;
    }
  /** A target has been read, or could not be. */
  | { readonly kind: 'target-read'; readonly target: string }
  /** A target could not be read; the run continues with the others. */
  | { readonly kind: 'target-unreachable'; readonly target: string; readonly error: LandfallError }
  /** A target of which waves of the run wait for waves could not be read: they go on waiting. */
  | { readonly kind: 'waited-for-unread'; readonly target: string; readonly error: LandfallError }
  /** A call to a platform or a wait before the next one; the line never contains the token. */
  | { readonly kind: 'platform-called'; readonly line: string }
  /** Changes since a revision do not narrow the plan. */
  | { readonly kind: 'every-wave-planned'; readonly reason: string; readonly revision: string }
  /** A plan is about to be applied, or to be refused. */
  | { readonly kind: 'planned'; readonly plan: Plan };
