import type { Clock } from '../core/time.ts';

/** One of the two streams a program writes to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 where nobody knows. */
  readonly columns: number;
  /** Height in lines; 24 where nobody knows. */
  readonly rows: number;
}

/** All that the program knows of the machine around it: `bin.ts` makes one from `process`, a test makes its own. */
export interface Host {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The process, for messages that name who holds something. */
  readonly pid?: number;
  /** Whether another process of this machine is there; absent: nobody can tell. */
  readonly isAlive?: (pid: number) => boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks a question on the terminal; absent where nobody is there to answer. Rejects when the user leaves. */
  readonly ask?: (question: string) => Promise<string>;
  readonly clock: Clock;
  /** Calls back at each interval in milliseconds until the function it returns is called; absent: never. */
  readonly every?: (milliseconds: number, callback: () => void) => () => void;
  /**
   * Calls back on each SIGINT or SIGTERM until the function it returns is called. A callback that returns `leave` has the
   * program end there and then, as it would have if nobody had listened.
   */
  onInterrupt(callback: () => 'leave' | undefined): () => void;
}
