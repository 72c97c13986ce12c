import { LandfallError } from '../../../core/error.ts';
import type { Owner } from '../../../core/observed.ts';
import type { StepRequest, StepResult } from '../../../core/provider.ts';
import type { Instant } from '../../../core/time.ts';
import { retryAfterLookup, unknownOutcomeError } from '../../aws/retries.ts';
import type { MgnContext } from '../api.ts';
import { ownerTags } from '../marker.ts';
import { findStartedServers, isServerRefusal, type JobStep, refusedServers } from './job-outcome.ts';
import { START_CUTOVER, START_TEST } from './sequence.ts';

/** Takes a step with some servers: one job for those of each wave, tagged with the wave's owner. */
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

/** One step that is taken with servers of one wave. */
class JobStarter {
  readonly #step: JobStep;
  readonly #owner: Owner;
  readonly #context: MgnContext;
  /** When it began, in the service's time: jobs that are older are not of this call. */
  readonly #since: Instant;

  constructor(step: JobStep, owner: Owner, context: MgnContext) {
    this.#step = step;
    this.#owner = owner;
    this.#context = context;
    this.#since = context.time.now();
  }

  /** Tries until each server has its result; every attempt yields some. */
  async startAll(ids: readonly string[]): Promise<readonly StepResult[]> {
    const results = new Map<string, StepResult>();
    for (let open = ids; open.length > 0; open = ids.filter((id) => !results.has(id))) {
      for (const result of await this.#attempt(open)) results.set(result.id, result);
    }
    return [...results.values()];
  }

  /**
   * Makes one call for all of these servers. It may be executed without an answer, and there is no idempotency token:
   * only servers that show no effect are tried again, so that none is launched twice (domain, MGN: rules).
   * @returns results of those servers that have one
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

  /** The service refuses a whole call for one server: that server has failed, and the others are tried again. */
  async #afterRefusal(ids: readonly string[], refusal: LandfallError): Promise<readonly StepResult[]> {
    let started: readonly StepResult[];
    let refused: ReadonlyMap<string, LandfallError>;
    try {
      // An earlier call without an answer may be the reason of the refusal.
      started = await this.#started(ids);
      const done = new Set(started.map(({ id }) => id));
      const open = ids.filter((id) => !done.has(id));
      refused = await refusedServers(refusal, this.#step, open, this.#context);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      return failAll(ids, refusal);
    }
    const ended = [...started, ...[...refused].map(([id, error]) => ({ id, error }))];
    if (ended.length > 0) return ended;
    if (ids.length === 1) return failAll(ids, refusal);
    // The service does not say which server it is.
    const middle = Math.ceil(ids.length / 2);
    const first = await this.startAll(ids.slice(0, middle));
    return [...first, ...(await this.startAll(ids.slice(middle)))];
  }

  /** The servers with which the step has been taken since it began. */
  async #started(ids: readonly string[]): Promise<readonly StepResult[]> {
    const found = await findStartedServers(this.#step, this.#owner.project, ids, this.#since, this.#context);
    return [...found].map(([id, detail]) => ({ id, ...(detail !== undefined && { detail }) }));
  }
}

function failAll(ids: readonly string[], error: LandfallError): readonly StepResult[] {
  return ids.map((id) => ({ id, error }));
}
