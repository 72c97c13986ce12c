import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { startLocalEndpoint } from '../../src/local/index.ts';
import type { LocalClock, LocalEndpoint, LocalOptions } from '../../src/local/index.ts';

/** The founding document's first replication: 2018-11-07T09:48-08:00. */
export const START = Date.UTC(2018, 10, 7, 17, 48);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The founding document's VM, a Linux of 27 GB. */
export const VM = 's-4e856027';
export const MANAGER = '8DA3177D-A94E-4989-80E0-EE8A8A2E9586';

/** A clock that stands still until it is moved; timers fire when it passes them. */
class ManualClock implements LocalClock {
  time = START;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimer(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body. */
  readonly body: Body;
}

/** What answers hold, as far as tests look at it. */
export interface Body {
  readonly __type?: string;
  readonly message?: string;
  readonly nextToken?: string;
  readonly serverCatalogStatus?: string;
  readonly lastModifiedOn?: number;
  readonly serverList?: readonly WireServer[];
  readonly connectorList?: readonly {
    connectorId: string;
    status: string;
    vmManagerId: string;
    vmManagerType: string;
  }[];
  readonly replicationJobId?: string;
  readonly replicationJobList?: readonly WireJob[];
  readonly replicationJob?: WireJob;
  readonly replicationRunList?: readonly WireRun[];
  readonly replicationRunId?: string;
}

export interface WireServer {
  readonly serverId: string;
  readonly serverType: string;
  readonly vmServer: {
    readonly vmServerAddress: { readonly vmManagerId: string; readonly vmId: string };
    readonly vmName: string;
    readonly vmManagerName: string;
    readonly vmManagerType: string;
    readonly vmPath: string;
  };
  readonly replicationJobId?: string;
  readonly replicationJobTerminated?: boolean;
}

interface WireJob {
  readonly replicationJobId: string;
  readonly serverId: string;
  readonly vmServer: WireServer['vmServer'];
  readonly state: string;
  readonly statusMessage?: string;
  readonly licenseType: string;
  readonly frequency?: number;
  readonly runOnce: boolean;
  readonly seedReplicationTime: number;
  readonly nextReplicationRunStartTime?: number;
  readonly latestAmiId?: string;
  readonly kmsKeyId?: string;
  readonly replicationRunList: readonly WireRun[];
}

interface WireRun {
  readonly replicationRunId: string;
  readonly state: string;
  readonly type: string;
  readonly description?: string;
  readonly statusMessage?: string;
  readonly stageDetails?: { readonly stage: string; readonly stageProgress: string };
  readonly amiId?: string;
  readonly scheduledStartTime: number;
  readonly completedTime?: number;
}

const TARGET = 'AWSServerMigrationService_V2016_10_24.';

/** Headers of a signed request, as the endpoint checks them. */
export function signed(operation: string, region = 'us-west-2'): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${TARGET}${operation}`,
    'x-amz-date': '20181107T174800Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/20181107/${region}/sms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
  };
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** One request over a connection of its own. Rejects if the connection ends before the answer does. */
export async function raw(
  url: string,
  { method = 'POST', path = '/', headers = {}, body }: RawRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}

/** An endpoint with a clock of its own, and how a test talks to it. */
export interface TestEndpoint {
  readonly endpoint: LocalEndpoint;
  readonly folder: string;
  readonly clock: ManualClock;
  /** Calls an operation; resolves to the answer whatever it is. */
  readonly call: (operation: string, input?: object) => Promise<Answer>;
  /** Calls an operation that must succeed. */
  readonly ok: (operation: string, input?: object) => Promise<Body>;
  /** Creates a job; resolves to its id. */
  readonly create: (input?: object) => Promise<string>;
  readonly job: (id: string) => Promise<WireJob>;
  readonly runs: (id: string) => Promise<readonly WireRun[]>;
  readonly advance: (milliseconds: number) => void;
}

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function onCleanup(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-local-'));
  onCleanup(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

type Options = Partial<Omit<LocalOptions, 'clock'>> & { readonly clock?: ManualClock };

/** An endpoint that is closed after the test; in a new folder unless told otherwise. */
export async function begin(options: Options = {}): Promise<TestEndpoint> {
  const { folder = newFolder(), clock = new ManualClock() } = options;
  const endpoint = await startLocalEndpoint({ ...options, folder, clock });
  onCleanup(() => endpoint.close());
  return { ...talkTo(endpoint), endpoint, folder, clock };
}

function talkTo(endpoint: LocalEndpoint): Omit<TestEndpoint, 'endpoint' | 'folder' | 'clock'> {
  const call = (operation: string, input: object = {}) =>
    raw(endpoint.url, { headers: signed(operation), body: JSON.stringify(input) });
  const ok = async (operation: string, input: object = {}) => {
    const { status, body, text } = await call(operation, input);
    if (status !== 200) throw new Error(`${operation} answered ${status}: ${text}`);
    return body;
  };
  return {
    call,
    ok,
    create: async (input = {}) => {
      const defaults = { serverId: VM, seedReplicationTime: endpoint.now() / 1000 };
      const schedule = 'runOnce' in input ? {} : { frequency: 12 };
      return (
        (await ok('CreateReplicationJob', { ...defaults, ...schedule, ...input })).replicationJobId ?? ''
      );
    },
    job: async (replicationJobId) => {
      const [job] = (await ok('GetReplicationJobs', { replicationJobId })).replicationJobList ?? [];
      if (job === undefined) throw new Error(`no job ${replicationJobId}`);
      return job;
    },
    runs: async (replicationJobId) =>
      (await ok('GetReplicationRuns', { replicationJobId, maxResults: 1000 })).replicationRunList ?? [],
    advance: (milliseconds) => {
      endpoint.advance(milliseconds);
    },
  };
}

/** Closing twice must do no harm: tests close endpoints that the cleanup closes again. */
export async function restart(test: TestEndpoint, options: Options = {}): Promise<TestEndpoint> {
  await test.endpoint.close();
  return begin({ folder: test.folder, clock: test.clock, ...options });
}
