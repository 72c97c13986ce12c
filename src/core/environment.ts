import type { WorkflowEvent } from './events.ts';
import type { Clock } from './time.ts';

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
