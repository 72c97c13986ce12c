import type { Context } from '../../cli/context.ts';
import type { ApplyReport } from '../../core/apply-result.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import type { LockHolder } from '../../core/lock.ts';
import { describeLockHolder, describeTargets, renderError } from '../../report/text/errors.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { describeRun } from './holder.ts';
import {
  lockHeldError,
  lockLostError,
  type LockPlace,
  lockPlaces,
  type LockScope,
  unlockCommand,
} from './places.ts';

/** Flags of every command that takes locks. */
export interface LockFlags {
  readonly lock?: boolean | 'true' | 'false';
  /** Milliseconds to wait for locks, all together. */
  readonly lockTimeout?: number;
}

/** How often a run makes sure that its locks are still its own, in milliseconds. */
const CHECK_INTERVAL = 15_000;
/** Waits between two tries, in milliseconds. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;

interface HeldLock {
  readonly place: LockPlace;
  readonly holder: LockHolder;
}

/** Runs a command under locks: they are there until `use` has ended, however it ends. */
export async function withLocks<T>(
  context: Context,
  flags: LockFlags,
  operation: string,
  use: (locks: Locks) => Promise<T>,
): Promise<T> {
  const interruption = listenForInterrupt(context);
  try {
    return await use(new Locks(context, flags, operation, interruption));
  } finally {
    interruption.end();
  }
}

/** The locks of one run. */
export class Locks {
  readonly #context: Context;
  readonly #flags: LockFlags;
  readonly #operation: string;
  readonly #interruption: Interruption;
  readonly #lose = new AbortController();
  /** Aborted when the user wants the run to stop, and when a lock is lost. */
  readonly signal: AbortSignal;
  #held: HeldLock[] = [];
  #lost: LandfallError | undefined;
  #stopChecking: () => void = () => undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(context: Context, flags: LockFlags, operation: string, interruption: Interruption) {
    this.#context = context;
    this.#flags = flags;
    this.#operation = operation;
    this.#interruption = interruption;
    this.signal = AbortSignal.any([interruption.signal, this.#lose.signal]);
  }

  /** Why the run did not hold its locks to the end, if so. */
  get lost(): LandfallError | undefined {
    return this.#lost;
  }

  /**
   * Takes the locks of targets, each in its turn, does the work, and releases them in reverse.
   * @throws LandfallError LOCK_HELD; whatever `work` throws
   */
  async hold<T>(scope: LockScope, work: () => Promise<T>): Promise<T> {
    const { lock } = this.#flags;
    if (lock === false || lock === 'false') return work();
    const places = await lockPlaces(this.#context, scope);
    if (places.length === 0) return work();
    const { host } = this.#context;
    const run = await describeRun(host, scope.projectFile, scope.project, this.#operation);
    const deadline = host.clock.now() + (this.#flags.lockTimeout ?? 0);
    const { signal, leaving } = this.#interruption;
    signal.addEventListener('abort', this.#onInterrupt);
    leaving.addEventListener('abort', this.#onLeaving);
    try {
      for (const place of places) {
        const holder = { ...run, id: crypto.randomUUID(), target: place.names.join(', ') };
        await this.#take(place, holder, deadline);
      }
      this.#stopChecking = host.every?.(CHECK_INTERVAL, this.#check) ?? this.#stopChecking;
      return await work();
    } finally {
      await this.release();
      signal.removeEventListener('abort', this.#onInterrupt);
      leaving.removeEventListener('abort', this.#onLeaving);
      for (const { store } of places) store.close();
    }
  }

  /** Looks at once whether the locks are still there. Whether the run may go on: nobody has stopped it, and it holds them. */
  async canContinue(): Promise<boolean> {
    this.#check();
    await this.#checking;
    return !this.signal.aborted;
  }

  /**
   * Releases the locks, and lets interrupts be as usual again. A run that has nothing more to change may do so before
   * its work has ended.
   */
  async release(): Promise<void> {
    this.#stopChecking();
    await this.#checking;
    for (const lock of this.#held.splice(0).reverse()) await this.#release(lock);
    this.#interruption.end();
  }

  async #take(place: LockPlace, holder: LockHolder, deadline: number): Promise<void> {
    const { host, log } = this.#context;
    for (let attempt = 0; ; attempt += 1) {
      const taking = await place.store.take(holder);
      if (taking.taken) {
        const lock = { place, holder };
        this.#held.push(lock);
        if (this.#isInterrupted()) this.#warn(lock);
        if (taking.deadHolder !== undefined) {
          const { who, pid } = taking.deadHolder;
          log(
            escapeTerminal(
              `The lock of ${describeTargets(place.names)} was left behind by ${who}, process ${pid ?? '?'}, which is gone: it is taken over.`,
            ) + '\n',
          );
        }
        return;
      }
      const now = host.clock.now();
      const error = lockHeldError(place, taking.found, now);
      if (this.#isInterrupted() || now >= deadline) throw error;
      if (attempt === 0) {
        const words = `Waiting for the lock of ${describeTargets(place.names)}: ${describeLockHolder(taking.found, now)}.`;
        log(`${escapeTerminal(words)}\n`);
      }
      const wait = Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT) * (0.5 + Math.random() / 2);
      await host.clock.sleep(Math.min(wait, deadline - now), this.#interruption.signal);
      if (this.#isInterrupted()) throw error;
    }
  }

  #isInterrupted(): boolean {
    return this.#interruption.signal.aborted;
  }

  readonly #check = (): void => {
    this.#checking = this.#checking.then(async () => {
      for (const lock of this.#held) await this.#verify(lock);
    });
  };

  /** Looks whether a lock is still ours. That it cannot be found out just now does not say that it is not. */
  async #verify({ place, holder }: HeldLock): Promise<void> {
    if (this.#lost !== undefined) return;
    try {
      const found = await place.store.read();
      if (found?.id !== holder.id) this.#loses(place, found);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      if (this.#context.verbose) this.#context.log(renderError(error, this.#context.errorColors));
    }
  }

  async #release({ place, holder }: HeldLock): Promise<void> {
    try {
      const found = await place.store.read();
      if (found?.id !== holder.id) {
        this.#loses(place, found);
      } else if (!(await place.store.remove(found))) {
        // Where the answer to the removal got lost, the second try finds nothing: it was us.
        const now = await place.store.read();
        if (now?.id === holder.id) throw new LandfallError('SERVICE_ERROR', 'it is still there');
      }
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      const what = `the lock of ${describeTargets(place.names)} could not be released: ${error.message}`;
      const remedy = `if no run is under way: ${unlockCommand(place, holder.id)}`;
      this.#say(new LandfallError(error.code, what, { source: error.source, remedy, cause: error }));
    }
  }

  #loses(place: LockPlace, found: Parameters<typeof lockLostError>[2]): void {
    if (this.#lost !== undefined) return;
    this.#lost = lockLostError(place, this.#context.host.clock.now(), found);
    // Said first: what listens to the signal may end the program's last line.
    this.#say(this.#lost);
    this.#lose.abort(this.#lost);
  }

  #say(error: LandfallError): void {
    const { host, errorColors } = this.#context;
    host.stderr.write(renderError(error, errorColors));
  }

  readonly #onInterrupt = (): void => {
    // That the run is stopping is said first.
    queueMicrotask(() => {
      for (const lock of this.#held) this.#warn(lock);
    });
  };

  #warn({ place, holder }: HeldLock): void {
    if (place.takesOverAbandoned) return;
    const words = `Leaving at once leaves the lock of ${describeTargets(place.names)} behind: ${unlockCommand(place, holder.id)}`;
    this.#context.log(`${escapeTerminal(words)}\n`);
  }

  /** The program ends with the last line of this: nothing is awaited any more. */
  readonly #onLeaving = (): void => {
    for (const { place, holder } of this.#held) {
      if (place.takesOverAbandoned) continue;
      const words = `The lock of ${describeTargets(place.names)} is left behind. Once nothing of this run is under way: ${unlockCommand(place, holder.id)}`;
      this.#context.host.stderr.write(`${escapeTerminal(words)}\n`);
    }
  };
}

/** How a run ends that lost a lock, whatever else it came to. */
export function withLostLock(ending: ApplyReport, { lost }: Locks): ApplyReport {
  if (lost === undefined || ending.error !== undefined) return ending;
  const { code, message, remedy } = lost;
  return {
    ...ending,
    exitCode: EXIT.locked,
    error: { code, message, ...(remedy !== undefined && { remedy }) },
  };
}

/** Whether the user has asked a run to stop. */
interface Interruption {
  readonly signal: AbortSignal;
  /** Aborted when the user asks again, right before the program ends. */
  readonly leaving: AbortSignal;
  /** Interrupts are as usual again. */
  readonly end: () => void;
}

/** The first Ctrl-C (or SIGTERM) stops the starting of changes; the next one ends the program. */
function listenForInterrupt({ host, log }: Context): Interruption {
  const stop = new AbortController();
  const leave = new AbortController();
  const end = host.onInterrupt(() => {
    if (stop.signal.aborted) {
      leave.abort();
      return 'leave';
    }
    stop.abort();
    log('Stopping: what is in flight will finish. Interrupt again to leave at once.\n');
    return undefined;
  });
  return { signal: stop.signal, leaving: leave.signal, end };
}
