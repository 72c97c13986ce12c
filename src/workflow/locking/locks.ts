import type { Workspace } from '../../core/environment.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { describeTargets, type LockHolder } from '../../core/lock.ts';
import { nameTarget, type TargetScope } from '../accounts.ts';
import { describeRun } from './holder.ts';
import { lockHeldError, lockLostError, type LockPlace, lockPlaces, unlockCommand } from './places.ts';

/** Options of everything that changes a target. */
export interface LockOptions {
  /** `false`: takes no locks. */
  readonly lock?: boolean | 'true' | 'false';
  /** Milliseconds to wait for locks, all together. */
  readonly lockTimeout?: number;
}

/** How often a run checks that it still holds its locks, in milliseconds. */
const CHECK_INTERVAL = 15_000;
/** Waits between two tries, in milliseconds. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;

interface HeldLock {
  readonly place: LockPlace;
  readonly holder: LockHolder;
}

/**
 * The locks of one run, and its interrupts: from its creation on, the first interrupt stops the run and the second one
 * ends the program. `await using` releases the locks, however the run ends.
 */
export class Locks implements AsyncDisposable {
  readonly #workspace: Workspace;
  readonly #options: LockOptions;
  readonly #operation: string;
  readonly #interruption: Interruption;
  readonly #lossController = new AbortController();
  /** Aborted when the user wants the run to stop, and when a lock is lost. */
  readonly signal: AbortSignal;
  /** Aborted at the second interrupt, right before the program ends. */
  readonly leaving: AbortSignal;
  #held: HeldLock[] = [];
  #places: readonly LockPlace[] = [];
  #lost: LandfallError | undefined;
  #unreleased: LandfallError | undefined;
  #stopChecking: () => void = () => undefined;
  #checking: Promise<void> = Promise.resolve();

  /** @param operation the command that the locks name */
  constructor(workspace: Workspace, options: LockOptions, operation: string) {
    this.#workspace = workspace;
    this.#options = options;
    this.#operation = operation;
    this.#interruption = listenForInterrupt(workspace);
    const { signal, leaving } = this.#interruption;
    this.leaving = leaving;
    this.signal = AbortSignal.any([signal, this.#lossController.signal]);
    signal.addEventListener('abort', this.#onInterrupt);
    leaving.addEventListener('abort', this.#onLeaving);
  }

  /** Why a lock could not be released; undefined: all were, as far as the run has ended. */
  get unreleased(): LandfallError | undefined {
    return this.#unreleased;
  }

  /** How the locks ended: whether one was lost, or could not be released. */
  get ending(): { readonly isLockLost: boolean; readonly isLockLeft: boolean } {
    return { isLockLost: this.#lost !== undefined, isLockLeft: this.#unreleased !== undefined };
  }

  /** Why the run lost a lock; undefined: it held all of them. */
  get lost(): LandfallError | undefined {
    return this.#lost;
  }

  /**
   * Takes the locks of targets, one after the other, and checks from then on that they are still held.
   * @returns the same targets, and why the locks of some could not be reached
   * @throws LandfallError LOCK_HELD
   */
  async take(scope: TargetScope): Promise<TargetScope> {
    const { lock, lockTimeout = 0 } = this.#options;
    if (lock === false || lock === 'false') return scope;
    this.#places = await lockPlaces(this.#workspace, scope);
    if (this.#places.length === 0) return scope;
    const unlocked = new Map<string, LandfallError>();
    const { host } = this.#workspace;
    const run = await describeRun(host, scope.projectFile, scope.project, this.#operation);
    const deadline = host.clock.now() + lockTimeout;
    for (const place of this.#places) {
      const holder = { ...run, id: crypto.randomUUID(), target: place.names.join(', ') };
      try {
        await this.#take(place, holder, deadline);
      } catch (error) {
        if (!(error instanceof LandfallError) || error.exitCode === EXIT.locked) throw error;
        for (const name of place.names) unlocked.set(name, nameTarget(name, error));
      }
    }
    this.#stopChecking = host.every?.(CHECK_INTERVAL, this.#check) ?? this.#stopChecking;
    return { ...scope, unlocked };
  }

  /** Checks now whether the locks are still held. Returns whether the run may continue: nobody stopped it, none is lost. */
  async canContinue(): Promise<boolean> {
    this.#check();
    await this.#checking;
    return !this.signal.aborted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    this.#interruption.signal.removeEventListener('abort', this.#onInterrupt);
    this.leaving.removeEventListener('abort', this.#onLeaving);
    for (const { store } of this.#places) store.close();
  }

  /** Releases the locks in reverse and stops listening for interrupts; a run may do so once it changes nothing more. */
  async release(): Promise<void> {
    this.#stopChecking();
    await this.#checking;
    for (const lock of this.#held.splice(0).reverse()) await this.#release(lock);
    this.#interruption.end();
  }

  async #take(place: LockPlace, holder: LockHolder, deadline: number): Promise<void> {
    const { host, onEvent } = this.#workspace;
    for (let attempt = 0; ; attempt += 1) {
      const taking = await place.store.take(holder);
      if (taking.taken) {
        const lock = { place, holder };
        this.#held.push(lock);
        if (this.#isInterrupted()) this.#warn(lock);
        const { deadHolder } = taking;
        if (deadHolder !== undefined)
          onEvent?.({ kind: 'lock-taken-over', targets: place.names, holder: deadHolder });
        return;
      }
      const now = host.clock.now();
      const error = lockHeldError(place, taking.found, now);
      if (this.#isInterrupted() || now >= deadline) throw error;
      if (attempt === 0)
        onEvent?.({ kind: 'lock-waiting', targets: place.names, found: taking.found, at: now });
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

  /** Checks whether this run still holds a lock. A failed check does not mean that the lock is lost. */
  async #verify({ place, holder }: HeldLock): Promise<void> {
    if (this.#lost !== undefined) return;
    try {
      const found = await place.store.read();
      if (found?.id !== holder.id) this.#reportLoss(place, found);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      this.#workspace.onEvent?.({ kind: 'lock-unchecked', error });
    }
  }

  async #release({ place, holder }: HeldLock): Promise<void> {
    try {
      const found = await place.store.read();
      if (found?.id !== holder.id) {
        this.#reportLoss(place, found);
      } else if (!(await place.store.remove(found))) {
        // If the reply to the removal was lost, the second try finds no lock: this run has removed it.
        const now = await place.store.read();
        if (now?.id === holder.id) throw new LandfallError('SERVICE_ERROR', 'it still exists');
      }
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      const what = `the lock of ${describeTargets(place.names)} could not be released: ${error.message}`;
      const remedy = `if no run is in progress: ${unlockCommand(place, holder.id)}`;
      const unreleased = new LandfallError(error.code, what, { source: error.source, remedy, cause: error });
      this.#unreleased ??= unreleased;
      this.#workspace.onEvent?.({ kind: 'lock-not-released', error: unreleased });
    }
  }

  #reportLoss(place: LockPlace, found: Parameters<typeof lockLostError>[2]): void {
    if (this.#lost !== undefined) return;
    this.#lost = lockLostError(place, this.#workspace.host.clock.now(), found);
    this.#workspace.onEvent?.({ kind: 'lock-lost', error: this.#lost });
    this.#lossController.abort(this.#lost);
  }

  readonly #onInterrupt = (): void => {
    // The event `interrupted` is reported first.
    queueMicrotask(() => {
      for (const lock of this.#held) this.#warn(lock);
    });
  };

  #warn({ place, holder }: HeldLock): void {
    this.#reportUnreleased('lock-at-risk', place, holder);
  }

  /** The program ends right after this: nothing is awaited any more. */
  readonly #onLeaving = (): void => {
    for (const { place, holder } of this.#held) this.#reportUnreleased('lock-left', place, holder);
  };

  #reportUnreleased(kind: 'lock-at-risk' | 'lock-left', place: LockPlace, { id }: LockHolder): void {
    if (place.takesOverAbandoned) return;
    this.#workspace.onEvent?.({ kind, targets: place.names, command: unlockCommand(place, id) });
  }
}

/** Whether the user has asked a run to stop. */
interface Interruption {
  readonly signal: AbortSignal;
  /** Aborted when the user asks again, right before the program ends. */
  readonly leaving: AbortSignal;
  /** Stops listening for interrupts. */
  readonly end: () => void;
}

/** The first Ctrl-C (or SIGTERM) stops the starting of changes; the next one ends the program. */
function listenForInterrupt({ host, onEvent }: Workspace): Interruption {
  const stop = new AbortController();
  const leave = new AbortController();
  const end = host.onInterrupt(() => {
    if (stop.signal.aborted) {
      leave.abort();
      return 'leave';
    }
    stop.abort();
    onEvent?.({ kind: 'interrupted' });
    return undefined;
  });
  return { signal: stop.signal, leaving: leave.signal, end };
}
