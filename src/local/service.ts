import type { IncomingMessage } from 'node:http';
import type { LocalClock } from './clock.ts';
import { EC2_API } from './ec2/api.ts';
import { LocalError, toUnwritableError } from './errors.ts';
import { type Faults, RequestFaults, simulatedFaults } from './faults.ts';
import { sendNothing, sendTruncated, sendWhole, unknownOperation } from './http/answer.ts';
import { type ApiContext, isRegion, type ServiceApi, type ServiceContext } from './http/api.ts';
import type { Reply } from './http/server.ts';
import { readAgentList } from './inventory/agent-list.ts';
import { readDatacentre, readDefaultDatacentre } from './inventory/datacentre.ts';
import { MGN_API } from './mgn/api.ts';
import { DEFAULT_QUOTAS, type MgnOptions } from './mgn/quotas.ts';
import type { AgentLoadResult, LoadResult } from './options.ts';
import { S3_API } from './s3/api.ts';
import { SMS_API } from './sms/api.ts';
import { enumSpelling, type Spelling, type WireStyle } from './sms/operations/context.ts';
import { STS_API } from './sts.ts';
import { Regions } from './storage/regions.ts';
import type { StateStore } from './storage/state-store.ts';
import { DAY } from './simulation/durations.ts';

interface ServiceSettings {
  readonly folder: string;
  /** Whether the state is kept in memory, and not written to the folder. */
  readonly inMemory: boolean;
  readonly clock: LocalClock;
  readonly speed: number;
  readonly wireStyle: WireStyle;
  readonly region: string | undefined;
  readonly faults: Faults;
  readonly mgn: MgnOptions;
  /** Whether a new state has its catalogue of SMS imported. */
  readonly imported: boolean;
  /** Throws if another process has taken over the folder. */
  readonly guard: () => void;
}

/** The most that one call can advance the time, in milliseconds. */
const MAX_ADVANCE = 10 * 366 * DAY;

/** The simulated services: their state, and the faults that apply to requests. */
export class Service {
  readonly #options: ServiceSettings;
  readonly #regions: Regions;
  readonly #spell: Spelling;
  #requestFaults: RequestFaults;
  #latency = 0;

  private constructor(options: ServiceSettings, regions: Regions) {
    this.#options = options;
    this.#regions = regions;
    this.#spell = enumSpelling(options.wireStyle);
    this.#requestFaults = new RequestFaults({}, () => this.#options.clock.now());
  }

  /** @throws LocalError BROKEN_STATE, BAD_FAULTS */
  static async open(options: ServiceSettings): Promise<Service> {
    const { folder, inMemory, clock, speed, guard, faults, imported } = options;
    if (!(speed > 0 && speed <= 1e6)) {
      throw new LocalError(
        'BAD_TIME',
        `the speed ${speed} is not above 0 and at most 1000000`,
        'choose another speed',
      );
    }
    const regions = await Regions.open(
      { folder, inMemory, clock, speed, guard, imported },
      readDefaultDatacentre,
    );
    try {
      const service = new Service(options, regions);
      service.setFaults(faults);
      service.#prepareMgn(regions.home);
      return service;
    } catch (error) {
      regions.close();
      throw error;
    }
  }

  /** Returns the time for the header `Date` of answers. Never throws. */
  now(): number {
    try {
      return this.#regions.home.currentAccount().now;
    } catch {
      // If the journal cannot be written, the time stops, but the endpoint continues to answer.
      return this.#regions.home.shownTime;
    }
  }

  /** Answers a request of the API. Never rejects. */
  async reply(request: IncomingMessage): Promise<Reply> {
    const { region, clock, mgn } = this.#options;
    const faults = { requests: this.#requestFaults, latency: this.#latency };
    const quotas = { ...DEFAULT_QUOTAS, ...mgn.quotas };
    return handleRequest(request, {
      region,
      clock,
      quotas,
      faults,
      context: (signedFor) => this.#context(signedFor),
    });
  }

  #context(region: string): ServiceContext {
    const state = this.#stateOf(region);
    const account = state.currentAccount();
    return {
      account,
      spell: this.#spell,
      commit: (command) => {
        state.commit(command);
      },
    };
  }

  #stateOf(region: string): StateStore {
    const state = this.#regions.of(region);
    this.#prepareMgn(state);
    return state;
  }

  #prepareMgn(state: StateStore): void {
    if (this.#options.mgn.initialized !== true || state.currentAccount().mgn !== undefined) return;
    state.commit({ do: 'mgn', mgn: { do: 'initialize' } });
  }

  advance(milliseconds: number): number {
    if (!Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > MAX_ADVANCE) {
      const message = `the time cannot advance by ${milliseconds} milliseconds`;
      throw new LocalError('BAD_TIME', message, 'give a duration from 0 to ten years');
    }
    return this.#write((regions) => {
      for (const state of regions.all()) state.advance(Math.floor(milliseconds));
      return regions.home.currentAccount().now;
    });
  }

  async load(source: string | Uint8Array): Promise<LoadResult> {
    const datacentre = await readDatacentre(source, this.now());
    this.#write((regions) => {
      for (const state of regions.all()) state.replaceDatacentre(datacentre);
    });
    return { loaded: datacentre.machines.length, skipped: datacentre.skipped };
  }

  async loadAgents(source: string | Uint8Array, region?: string): Promise<AgentLoadResult> {
    const { agents, skipped } = await readAgentList(source);
    const count = (fits: (after: number) => boolean) => agents.filter(({ after = -1 }) => fits(after)).length;
    this.#write((regions) => {
      const wanted = region === undefined ? regions.all() : isRegion(region) ? [this.#stateOf(region)] : [];
      const initialized = wanted.filter((state) => state.currentAccount().mgn !== undefined);
      if (initialized.length === 0) {
        throw new LocalError(
          'NOT_INITIALIZED',
          `no agent can be installed: AWS MGN is not initialised in ${region ?? 'this endpoint'}`,
          'run `landfall mgn init`, or start the endpoint with --mgn-initialized',
        );
      }
      for (const state of initialized) state.commit({ do: 'mgn', mgn: { do: 'agents', agents } });
    });
    return {
      installed: count((after) => after === 0),
      awaited: count((after) => after > 0),
      never: count((after) => after < 0),
      skipped,
    };
  }

  async reset(): Promise<void> {
    const datacentre = await readDefaultDatacentre(this.#options.clock.now());
    this.#write((regions) => {
      regions.restart(datacentre);
      this.#prepareMgn(regions.home);
    });
  }

  /** @throws LocalError UNWRITABLE */
  #write<T>(change: (regions: Regions) => T): T {
    try {
      return change(this.#regions);
    } catch (cause) {
      throw toUnwritableError(this.#options.folder, cause);
    }
  }

  setFaults(faults: Faults): void {
    const account = this.#regions.home.currentAccount();
    const simulated = simulatedFaults(faults);
    const known = account.connectors.map(({ connectorId }) => connectorId);
    const index = simulated.unhealthyConnectors.findIndex((id) => !known.includes(id));
    if (index >= 0) {
      throw new LocalError(
        'BAD_FAULTS',
        `there is no connector ${simulated.unhealthyConnectors[index] ?? ''}`,
        `the connectors are ${known.join(', ')}`,
        { path: ['unhealthyConnectors', String(index)] },
      );
    }
    this.#requestFaults = new RequestFaults(faults, () => this.#options.clock.now());
    this.#latency = faults.latency ?? 0;
    for (const state of this.#regions.all()) {
      if (JSON.stringify(simulated) !== JSON.stringify(state.currentAccount().faults))
        state.commit({ do: 'faults', faults: simulated });
    }
  }

  close(): void {
    this.#regions.close();
  }
}

interface RequestContext extends ApiContext {
  /** The real time, for the fault `latency`. */
  readonly clock: LocalClock;
  /** The faults of requests. */
  readonly faults: { readonly requests: RequestFaults; readonly latency: number };
}

/** Answers a request of one of the services. Never rejects. */
async function handleRequest(request: IncomingMessage, options: RequestContext): Promise<Reply> {
  for (const api of [SMS_API, S3_API, MGN_API, EC2_API, STS_API]) {
    const operation = await api.operationOf(request);
    if (operation !== undefined) return replyFrom(api, operation, request, options);
  }
  return { answer: unknownOperation(request.headers['x-amz-target']), send: sendWhole };
}

async function replyFrom(
  api: ServiceApi,
  operation: string,
  request: IncomingMessage,
  options: RequestContext,
): Promise<Reply> {
  const { faults, clock } = options;
  const { throttled, failed, lost, cut } = faults.requests.decide(operation);
  const due = faults.latency > 0 && new Promise<void>((resolve) => clock.setTimer(faults.latency, resolve));
  const answer = throttled
    ? api.throttled
    : failed
      ? api.failure(undefined)
      : await api.answer(operation, request, options).catch((error: unknown) => api.failure(error));
  await due;
  const done = !throttled && !failed;
  return { answer, send: done && lost ? sendNothing : done && cut ? sendTruncated : sendWhole };
}
