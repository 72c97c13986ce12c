import { LandfallError } from '../../../core/error.ts';
import type { Owner } from '../../../core/observed.ts';
import type { StepRequest, StepResult } from '../../../core/provider.ts';
import type { Instant } from '../../../core/time.ts';
import { retryAfterLookup, unknownOutcomeError } from '../../aws/retries.ts';
import type { MgnContext } from '../api.ts';
import { ownerTags } from '../marker.ts';
import { findStartedServers, isServerRefusal, type JobStep, refusedServers } from './job-outcome.ts';
import { START_CUTOVER, START_TEST } from './sequence.ts';

/** Takes a step for some servers. The servers of each wave are in one job, which has the tags of the wave. */
export async function startJobs(
  step: JobStep,
  requests: readonly StepRequest[],
  context: MgnContext,
): Promise<readonly StepResult[]> {
  const waves = new Map<string, { readonly owner: Owner; readonly ids: string[] }>();
  for (const { id, owner } of requests) {
    const key = JSON.stringify([owner.project, owner.wave]);
    const wave = waves.get(key);
    if (wave === undefined) waves.set(key, { owner, ids: [id] });
    else wave.ids.push(id);
  }
  const started = [...waves.values()].map(({ owner, ids }) =>
    new JobStarter(step, owner, context).startAll(ids),
  );
  return (await Promise.all(started)).flat();
}

/** Takes one step for servers of one wave. */
class JobStarter {
  readonly #step: JobStep;
  readonly #owner: Owner;
  readonly #context: MgnContext;
  /** When the step began, in the service's time: an older job is not of this step. */
  readonly #since: Instant;

  constructor(step: JobStep, owner: Owner, context: MgnContext) {
    this.#step = step;
    this.#owner = owner;
    this.#context = context;
    this.#since = context.time.now();
  }

  /** Makes attempts until each server has a result. Every attempt returns at least one. */
  async startAll(ids: readonly string[]): Promise<readonly StepResult[]> {
    const results = new Map<string, StepResult>();
    for (let open = ids; open.length > 0; open = ids.filter((id) => !results.has(id))) {
      for (const result of await this.#attempt(open)) results.set(result.id, result);
    }
    return [...results.values()];
  }

  /**
   * Makes one call for all of these servers. A call without an answer may have been executed, and there is no idempotency
   * token: it is repeated only for servers that show no effect, so that none is launched twice (domain, MGN: rules).
   * @returns the results so far
   */
  async #attempt(ids: readonly string[]): Promise<readonly StepResult[]> {
    try {
      return await retryAfterLookup<readonly StepResult[]>({
        call: async () => {
          const detail = (await this.#call(ids)).job?.jobID;
          return detail === undefined ? undefined : ids.map((id) => ({ id, detail }));
        },
        lookUp: async (error) => {
          const started = await this.#startedAfter(error, ids);
          return started.length === 0 ? undefined : started;
        },
        clock: this.#context.clock,
      });
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      return isServerRefusal(error) ? this.#afterRefusal(ids, error) : failAll(ids, error);
    }
  }

  #call(ids: readonly string[]) {
    const { api } = this.#context;
    const input = { sourceServerIDs: [...ids], tags: ownerTags(this.#owner) };
    if (this.#step === START_TEST) return api.startTest(input);
    if (this.#step === START_CUTOVER) return api.startCutover(input);
    return api.terminateTargetInstances(input);
  }

  async #startedAfter(failure: LandfallError, ids: readonly string[]): Promise<readonly StepResult[]> {
    try {
      return await this.#started(ids);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      const what = `whether ${this.#step} has been executed`;
      throw unknownOutcomeError(what, failure, error, 'plan again: the plan shows the state of the server');
    }
  }

  /**
   * Handles a refusal. The service refuses a whole call because of one server: that one fails, and the others go on.
   */
  async #afterRefusal(ids: readonly string[], refusal: LandfallError): Promise<readonly StepResult[]> {
    let started: readonly StepResult[];
    let refused: ReadonlyMap<string, LandfallError>;
    try {
      // The cause may be an earlier call without an answer that was executed.
      started = await this.#started(ids);
      const done = new Set(started.map(({ id }) => id));
      const open = ids.filter((id) => !done.has(id));
      refused = await refusedServers(refusal, this.#step, open, this.#context);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      return failAll(ids, refusal);
    }
    const results = [...started, ...[...refused].map(([id, error]) => ({ id, error }))];
    if (results.length > 0) return results;
    if (ids.length === 1) return failAll(ids, refusal);
    // The service does not say which server it is.
    const middle = Math.ceil(ids.length / 2);
    const first = await this.startAll(ids.slice(0, middle));
    return [...first, ...(await this.startAll(ids.slice(middle)))];
  }

  /** Finds the servers for which the step has been taken since it began. */
  async #started(ids: readonly string[]): Promise<readonly StepResult[]> {
    const found = await findStartedServers(this.#step, this.#owner.project, ids, this.#since, this.#context);
    return [...found].map(([id, detail]) => ({ id, ...(detail !== undefined && { detail }) }));
  }
}

function failAll(ids: readonly string[], error: LandfallError): readonly StepResult[] {
  return ids.map((id) => ({ id, error }));
}
