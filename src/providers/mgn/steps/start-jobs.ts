import { LandfallError } from '../../../core/error.ts';
import type { Owner } from '../../../core/observed.ts';
import type { StepRequest, StepResult } from '../../../core/provider.ts';
import type { Instant } from '../../../core/time.ts';
import { leavesOutcomeUnknown } from '../../aws/retries.ts';
import type { MgnContext } from '../api.ts';
import { ownerTags } from '../marker.ts';
import { findStartedServers, isServerRefusal, type JobStep, refusedServers } from './job-outcome.ts';
import { START_CUTOVER, START_TEST } from './sequence.ts';

/** How long to wait before another try at a call that nobody answered, in milliseconds, try by try. */
const RETRY_WAITS = [500, 1000, 2000, 4000, 8000] as const;

/** Has the service take a step with some servers: a job for those of each wave, whose tags it carries. */
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
  /** When it began, in the service's time: what is found later is ours only if it is not older. */
  readonly #since: Instant;
  #silences = 0;

  constructor(step: JobStep, owner: Owner, context: MgnContext) {
    this.#step = step;
    this.#owner = owner;
    this.#context = context;
    this.#since = context.time.now();
  }

  /** Tries until each server has its result: with every try some get theirs, or one of a few waits is over. */
  async startAll(ids: readonly string[]): Promise<readonly StepResult[]> {
    const results = new Map<string, StepResult>();
    for (let open = ids; open.length > 0; open = ids.filter((id) => !results.has(id))) {
      for (const result of await this.#attempt(open)) results.set(result.id, result);
    }
    return [...results.values()];
  }

  /** One call for all of these servers. @returns results of those about which nothing is left to do */
  async #attempt(ids: readonly string[]): Promise<readonly StepResult[]> {
    let trouble: LandfallError;
    try {
      const { job } = await this.#call(ids);
      const detail = job?.jobID;
      if (detail !== undefined) return ids.map((id) => ({ id, detail }));
      trouble = new LandfallError('SERVICE_ERROR', `the service gave no job for ${this.#step}`, {
        source: 'service',
        remedy: 'plan again, and look for the job in AWS MGN',
      });
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      if (isServerRefusal(error)) return this.#afterRefusal(ids, error);
      if (!leavesOutcomeUnknown(error)) return failAll(ids, error);
      trouble = error;
    }
    return this.#afterSilence(ids, trouble);
  }

  #call(ids: readonly string[]) {
    const { api } = this.#context;
    const input = { sourceServerIDs: [...ids], tags: ownerTags(this.#owner) };
    if (this.#step === START_TEST) return api.startTest(input);
    if (this.#step === START_CUTOVER) return api.startCutover(input);
    return api.terminateTargetInstances(input);
  }

  /**
   * The call may have been carried out, and there is no idempotency token: only servers of which nothing is to be
   * seen are tried again, so that none is launched twice (domain, MGN: rules).
   */
  async #afterSilence(ids: readonly string[], trouble: LandfallError): Promise<readonly StepResult[]> {
    let started: readonly StepResult[];
    try {
      started = await this.#started(ids);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      return failAll(ids, unknownOutcomeError(this.#step, trouble, error));
    }
    const wait = RETRY_WAITS[this.#silences];
    if (started.length > 0) return started;
    if (wait === undefined) return failAll(ids, trouble);
    this.#silences += 1;
    await this.#context.clock.sleep(wait);
    return [];
  }

  /** The service refuses a call as a whole for one server: that one has failed, and the others are tried again. */
  async #afterRefusal(ids: readonly string[], trouble: LandfallError): Promise<readonly StepResult[]> {
    let started: readonly StepResult[];
    let refused: ReadonlyMap<string, LandfallError>;
    try {
      // An earlier call without an answer may be what stands in the way of this one.
      started = await this.#started(ids);
      const done = new Set(started.map(({ id }) => id));
      const open = ids.filter((id) => !done.has(id));
      refused = await refusedServers(trouble, this.#step, open, this.#context);
    } catch (error) {
      if (!(error instanceof LandfallError)) throw error;
      return failAll(ids, trouble);
    }
    const ended = [...started, ...[...refused].map(([id, error]) => ({ id, error }))];
    if (ended.length > 0) return ended;
    if (ids.length === 1) return failAll(ids, trouble);
    // Nobody says which server it is.
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

/** Where what came of a call cannot be seen either, the error says that nobody knows. */
function unknownOutcomeError(step: string, trouble: LandfallError, then: LandfallError): LandfallError {
  const message = `whether ${step} has been carried out is not known: ${trouble.message}, and then ${then.message}`;
  return new LandfallError(then.code, message, {
    source: then.source,
    remedy: 'plan again: the plan shows how far the server is',
    cause: then,
  });
}
