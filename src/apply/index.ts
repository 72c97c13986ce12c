import type { ApplyOutcome, ApplyReporter, ChangeResult } from '../core/apply-result.ts';
import { LandfallError } from '../core/error.ts';
import {
  type AdvanceChange,
  type ExecutableChange,
  isExecutable,
  type Plan,
  runRefusals,
} from '../core/plan.ts';
import type { Provider } from '../core/provider.ts';
import { type Clock, displayInstant, type Instant } from '../core/time.ts';
import { batchSteps, executeChange, executeStep, type SingleChange } from './execute.ts';
import { Slots } from './slots.ts';

export interface ApplyOptions {
  /** By target name; absent: the target could not be read, and its changes are not tried. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** The most jobs in one call of a step, by target name; absent: one. */
  readonly batches?: ReadonlyMap<string, number>;
  /** Changes in flight at once, by target name. */
  readonly concurrency: ReadonlyMap<string, number>;
  readonly clock: Clock;
  /** The time of a target's account now; absent: that of `clock`. */
  readonly timeOf?: (target: string) => Instant;
  readonly reporter: ApplyReporter;
  /** When it is aborted, no more changes are started, and those in flight finish. */
  readonly signal?: AbortSignal;
  /** After this many failures no more changes are started. Absent: a failure does not stop other changes. */
  readonly maxFailures?: number;
}

/**
 * Carries out all changes of a plan that no concern blocks. On each target deletes come first, then updates, replaces and
 * creates, then the steps towards phases. Never throws because a change fails: each change has one result, in the plan's
 * order. If a guard refuses the run, nothing is applied.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<ApplyOutcome> {
  const { clock, signal } = options;
  if (runRefusals(plan).length > 0) return outcomeNotStarted(plan, 'a guard refuses the run');
  const startedAt = clock.now();
  const run = new Run(plan, options);
  await Promise.all(plan.targets.map(({ name }) => run.target(name)));
  return {
    results: plan.changes.filter(isExecutable).flatMap((change) => run.results.get(change) ?? []),
    interrupted: signal?.aborted ?? false,
    milliseconds: clock.now() - startedAt,
  };
}

/** The order of work on a target: deletes free slots, so they end before anything is created. */
const STAGES: readonly (readonly SingleChange['action'][])[] = [['delete'], ['update', 'replace', 'create']];

/** A plan is carried out this much later without a change of its starts, in milliseconds. */
const MINUTE = 60_000;

class Run {
  readonly results = new Map<ExecutableChange, ChangeResult>();
  readonly #changes: readonly ExecutableChange[];
  readonly #options: ApplyOptions;
  readonly #slots: Slots;
  readonly #plannedAt: Instant;
  #failures = 0;

  constructor(plan: Plan, options: ApplyOptions) {
    this.#changes = plan.changes.filter(isExecutable);
    this.#options = options;
    this.#slots = new Slots(plan);
    this.#plannedAt = plan.at;
  }

  async target(name: string): Promise<void> {
    const { providers, concurrency } = this.#options;
    const provider = providers.get(name);
    const workers = concurrency.get(name) ?? 1;
    const changes = this.#changes.filter(({ target }) => target === name);
    if (provider === undefined) {
      const reason = `target ${name} could not be read`;
      for (const change of changes) this.#end({ status: 'not-tried', change, reason });
      return;
    }
    const steps = changes.filter((change) => change.action === 'advance');
    const singles = changes.filter((change) => change.action !== 'advance');
    for (const stage of STAGES) {
      const ordered = stage.flatMap((action) => singles.filter((change) => change.action === action));
      await inParallel(ordered, workers, (change) => this.#one(change, provider));
    }
    const batches = batchSteps(steps, this.#options.batches?.get(name) ?? 1);
    await inParallel(batches, workers, (batch) => this.#step(batch, provider));
  }

  async #one(change: SingleChange, provider: Provider): Promise<void> {
    const reason = this.#reasonNotToStart(change);
    if (reason === undefined) {
      this.#options.reporter.started(change);
      this.#end(await this.#attempt(change, provider));
    } else {
      this.#end({ status: 'not-tried', change, reason });
    }
  }

  /** Takes the same step for some jobs in one call; each has its own result. */
  async #step(batch: readonly [AdvanceChange, ...AdvanceChange[]], provider: Provider): Promise<void> {
    const { reporter, clock } = this.#options;
    const [{ step }] = batch;
    const tried = batch.filter((change) => {
      const reason = this.#reasonNotToStart(change);
      if (reason !== undefined) this.#end({ status: 'not-tried', change, reason });
      return reason === undefined;
    });
    if (tried.length === 0) return;
    for (const change of tried) reporter.started(change);
    const startedAt = clock.now();
    const outcomes = await executeStep(step, tried, provider);
    const milliseconds = clock.now() - startedAt;
    for (const [change, { error, detail }] of outcomes) {
      if (error === undefined) {
        const { id } = change;
        this.#end({ status: 'done', change, id, ...(detail !== undefined && { detail }), milliseconds });
      } else {
        this.#failures += 1;
        this.#end({ ...errorDetails(error), status: 'failed', change, milliseconds });
      }
    }
  }

  async #attempt(change: SingleChange, provider: Provider): Promise<ChangeResult> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    try {
      const { seed } = change;
      const moved = seed && { seed: { ...seed, at: this.#startOf(change, seed.at) } };
      const job = await executeChange(moved ? { ...change, ...moved } : change, provider);
      this.#slots.deleted(change, true);
      const milliseconds = clock.now() - startedAt;
      return { status: 'done', change, milliseconds, ...job };
    } catch (error) {
      this.#failures += 1;
      this.#slots.deleted(change, false);
      return { ...errorDetails(error), status: 'failed', change, milliseconds: clock.now() - startedAt };
    }
  }

  /** Returns why a change must not be started; undefined: it may, and its slot is taken. */
  #reasonNotToStart(change: ExecutableChange): string | undefined {
    const { signal, maxFailures } = this.#options;
    if (signal?.aborted === true) return stopReason(signal);
    if (maxFailures !== undefined && this.#failures >= maxFailures) {
      return `the run stopped after ${this.#failures} failures (--max-failures ${maxFailures})`;
    }
    return this.#closed(change) ?? this.#slots.take(change);
  }

  /** Says that the window of a change has shut since it was planned; undefined: it has none, or it is open. */
  #closed(change: ExecutableChange): string | undefined {
    const { closesAt, seed } = change;
    if (closesAt === undefined) return undefined;
    if (this.#timeOf(change) >= closesAt) return `its window shut at ${displayInstant(closesAt)}`;
    return seed === undefined || this.#startOf(change, seed.at) < closesAt
      ? undefined
      : `its window shuts at ${displayInstant(closesAt)}, before its turn`;
  }

  /** When a job starts whose turn is planned: the plan may have been made, or approved, long before. */
  #startOf(change: ExecutableChange, planned: Instant): Instant {
    const late = this.#timeOf(change) - this.#plannedAt;
    return late < MINUTE ? planned : planned + late;
  }

  /** The time of the account of a change. */
  #timeOf({ target }: ExecutableChange): Instant {
    const { clock, timeOf = () => clock.now() } = this.#options;
    return timeOf(target);
  }

  #end(result: ChangeResult): void {
    this.results.set(result.change, result);
    this.#options.reporter.ended(result);
  }
}

/** Runs a function for all items, in their order, for at most `workers` of them at the same time. */
async function inParallel<T>(
  items: readonly T[],
  workers: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: Math.min(workers, items.length) }, async () => {
      for (const item of rest) await run(item);
    }),
  );
}

/** Describes why a run was aborted: the user interrupted it, or its lock was lost. */
export function stopReason({ reason }: AbortSignal): string {
  return reason instanceof LandfallError && reason.code === 'LOCK_LOST'
    ? 'the lock was lost'
    : 'the run was interrupted';
}

function errorDetails(error: unknown): {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
} {
  if (!(error instanceof LandfallError)) {
    return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, remedy } = error;
  return { code, message, ...(remedy !== undefined && { remedy }) };
}

/** Returns the outcome of a run that started no change: each executable change with the reason. */
export function outcomeNotStarted({ changes }: Plan, reason: string, interrupted = false): ApplyOutcome {
  return {
    results: changes.filter(isExecutable).map((change) => ({ status: 'not-tried', change, reason })),
    interrupted,
    milliseconds: 0,
  };
}
