import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, raw, signed, START, VM } from './support.ts';
import type { TestEndpoint } from './support.ts';
import { RequestFaults } from '../../src/local/faults.ts';
import type { Faults } from '../../src/local/index.ts';

const CREATE = { serverId: VM, seedReplicationTime: (START + DAY) / 1000, frequency: 12 };
const jobCount = async ({ ok }: TestEndpoint) => (await ok('GetReplicationJobs')).replicationJobList?.length;

/** Which of so many requests get which answer: the error's code, `ok`, or `cut` where there is none. */
async function fates(test: TestEndpoint, operation: string, count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index += 1) {
    seen.push(
      await test.call(operation).then(
        ({ body }) => body.__type ?? 'ok',
        () => 'cut',
      ),
    );
  }
  return seen;
}

describe('faults', () => {
  it.each([
    ['throttling', 400, 'ThrottlingException'],
    ['internalErrors', 500, 'InternalError'],
  ])('S12.1 %s answers without doing anything', async (kind, status, code) => {
    const test = await begin({ faults: { [kind]: 1 } });
    const answer = await test.call('CreateReplicationJob', CREATE);
    expect([answer.status, answer.body.__type]).toEqual([status, code]);
    test.endpoint.setFaults({});
    expect(await jobCount(test)).toBe(0);
  });

  it('S12.1 a rate applies to its share of the requests', async () => {
    const test = await begin({ faults: { throttling: 0.25, internalErrors: 0.1 } });
    const seen = await fates(test, 'GetConnectors', 400);
    const share = (code: string) => seen.filter((one) => one === code).length / seen.length;
    expect(share('ThrottlingException')).toBeCloseTo(0.25, 1);
    expect(share('InternalError')).toBeCloseTo(0.075, 1);
    expect(share('InternalError')).toBeGreaterThan(0);
  });

  it('S12.9 a rate limit throttles what exceeds it, each operation for itself, and lets tokens return', async () => {
    const test = await begin({ faults: { rateLimits: [{ perSecond: 0.001, burst: 3 }] } });
    const throttled = 'ThrottlingException';
    expect((await fates(test, 'GetConnectors', 5)).slice(3)).toEqual([throttled, throttled]);
    expect(await fates(test, 'GetServers', 3)).not.toContain(throttled);

    let now = 0;
    const limits = [{ perSecond: 20, burst: 100, operations: ['GetServers'] }, { perSecond: 1 }];
    const faults = new RequestFaults({ rateLimits: limits }, () => now);
    const passed = (operation: string) =>
      Array.from({ length: 200 }, () => faults.decide(operation).throttled).filter((one) => !one).length;
    expect([passed('GetServers'), passed('GetConnectors')]).toEqual([100, 1]);
    now += 1500;
    expect([passed('GetServers'), passed('GetConnectors')]).toEqual([30, 1]);
    now += 60_000;
    expect(passed('GetServers')).toBe(100);
  });

  it('S12.2 lostReplies makes the change and sends no answer', async () => {
    const test = await begin({ faults: { lostReplies: 1 } });
    await expect(test.call('CreateReplicationJob', CREATE)).rejects.toThrow('socket hang up');
    test.endpoint.setFaults({});
    expect(await jobCount(test)).toBe(1);
    expect((await test.call('CreateReplicationJob', CREATE)).body.__type).toBe(
      'ReplicationJobAlreadyExistsException',
    );
  });

  it('S12.3 cutReplies makes the change and sends half of the answer', async () => {
    const test = await begin({ faults: { cutReplies: 1 } });
    await expect(test.call('CreateReplicationJob', CREATE)).rejects.toThrow('aborted');
    await expect(test.call('GetServers', { maxResults: 1000 })).rejects.toThrow('aborted');
    test.endpoint.setFaults({});
    expect(await jobCount(test)).toBe(1);
  });

  it('S12.4 latency delays answers', async () => {
    const test = await begin({ faults: { latency: 20 } });
    let answered = 0;
    const calls = [1, 2, 3].map(async () => {
      await test.call('GetServers');
      answered += 1;
    });
    // Three answers are ready when three timers wait.
    while (test.clock.waiting < 3) await new Promise((resolve) => setImmediate(resolve));
    test.clock.pass(19);
    await raw(test.endpoint.url, { method: 'GET' });
    expect(answered).toBe(0);
    test.clock.pass(1);
    await Promise.all(calls);
    expect(answered).toBe(3);
  });

  it('S12.5 the same seed selects the same requests', async () => {
    const faults: Faults = {
      seed: 7,
      throttling: 0.3,
      internalErrors: 0.2,
      lostReplies: 0.2,
      cutReplies: 0.2,
    };
    const seen = await fates(await begin({ faults }), 'GetConnectors', 40);
    expect(await fates(await begin({ faults }), 'GetConnectors', 40)).toEqual(seen);
    expect(await fates(await begin({ faults: { ...faults, seed: 8 } }), 'GetConnectors', 40)).not.toEqual(
      seen,
    );
    expect(new Set(seen).size).toBe(4);
  });

  it('S12.5 another rate does not change which requests a rate selects', async () => {
    const throttled = async (faults: Faults) =>
      (await fates(await begin({ faults }), 'GetConnectors', 40)).map(
        (fate) => fate === 'ThrottlingException',
      );
    expect(await throttled({ throttling: 0.3, lostReplies: 0.5, cutReplies: 0.1 })).toEqual(
      await throttled({ throttling: 0.3 }),
    );
  });

  it('S12.5 a rate with operations applies to those only', async () => {
    const test = await begin({
      faults: { throttling: { rate: 1, operations: ['GetConnectors'] }, lostReplies: { rate: 0 } },
    });
    expect(await fates(test, 'GetServers', 5)).toEqual(Array(5).fill('ok'));
    expect(await fates(test, 'GetConnectors', 5)).toEqual(Array(5).fill('ThrottlingException'));
  });

  it('S12.6 unhealthyConnectors are down until the faults change', async () => {
    const connector = 'c-415fef98f4c66c487';
    const test = await begin({ faults: { unhealthyConnectors: [connector] } });
    const states = async () => (await test.ok('GetConnectors')).connectorList?.map(({ status }) => status);
    expect(await states()).toEqual(['UNHEALTHY', 'HEALTHY']);
    test.endpoint.setFaults({ latency: 0 });
    expect(await states()).toEqual(['HEALTHY', 'HEALTHY']);
    expect(() => {
      test.endpoint.setFaults({ unhealthyConnectors: ['c-0'] });
    }).toThrow('there is no connector c-0');
    await expect(begin({ faults: { unhealthyConnectors: ['c-0'] } })).rejects.toMatchObject({
      code: 'BAD_FAULTS',
    });
  });

  it.each([
    [VM, 'Uploading', undefined, 'ServerError: Failed to upload base disk(s) to S3. Please try again.'],
    ['awsscrum-*', 'Converting', undefined, /^FirstBootFailure: /],
    [
      'AWSSCRUM-LNX?',
      'Converting',
      'ServerError: Failed to validate replication job',
      'ServerError: Failed to validate replication job',
    ],
  ] as const)('S12.7 failures of %s fail while %s', async (server, stage, message, expected) => {
    const failures = [{ server, stage, ...(message === undefined ? {} : { message }) }];
    const { create, runs, job, advance } = await begin({ faults: { failures } });
    const id = await create({ runOnce: true });
    let seen = '';
    for (let step = 0; step < 300; step += 1) {
      const [run] = await runs(id);
      if (run?.state !== 'ACTIVE') break;
      seen = run.stageDetails?.stage ?? '';
      advance(MINUTE);
    }
    expect(seen).toBe(stage);
    const { state, statusMessage } = await job(id);
    expect(state).toBe('FAILED');
    expect(statusMessage).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    expect((await runs(id))[0]?.statusMessage).toBe(statusMessage);
  });

  it('S12.7 failures do not affect other VMs', async () => {
    const failures = [{ server: 'awsscrum-lnx', stage: 'Uploading' as const }];
    const { create, job, advance } = await begin({ faults: { failures } });
    const id = await create({ runOnce: true });
    advance(3 * HOUR);
    expect((await job(id)).state).toBe('COMPLETED');
  });

  it.each([
    [{ throttling: 2 }, 'throttling'],
    [{ throttling: { rate: 0.1, operations: ['ListServers'] } }, 'throttling.operations.0'],
    [{ latency: '20' }, 'latency'],
    [{ latencies: 20 }, '"latencies"'],
    [
      { failures: [{ server: '*', stage: 'Booting' }] },
      'failures.0.stage must be one of Uploading, Converting',
    ],
    [{ failures: [{ stage: 'Uploading' }] }, 'failures.0'],
    [[], 'the faults'],
    [null, 'the faults'],
  ])('S12.8 are refused: %j', async (faults, place) => {
    await expect(begin({ faults: faults as Faults })).rejects.toMatchObject({
      code: 'BAD_FAULTS',
      message: expect.stringContaining(place) as unknown,
    });
  });

  it.each([
    [{ failures: [{ server: '*', stage: 'Booting' }] }, ['failures', '0', 'stage']],
    [{ stalls: [{ server: '*', code: 'X' }] }, ['stalls', '0', 'code']],
    [{ unhealthyConnectors: ['c-0'] }, ['unhealthyConnectors', '0']],
  ])('S12.8 keeps the previous faults and tells the path: %j', async (faults, path) => {
    const { endpoint, call } = await begin({ faults: { throttling: 1 } });
    let error: unknown;
    try {
      endpoint.setFaults(faults as Faults);
    } catch (cause) {
      error = cause;
    }
    expect(error).toMatchObject({ code: 'BAD_FAULTS', path });
    expect((await call('GetServers')).body.__type).toBe('ThrottlingException');
  });

  it('answers only requests of the API with faults', async () => {
    const { endpoint } = await begin({ faults: { throttling: 1 } });
    expect((await raw(endpoint.url, { method: 'GET' })).status).toBe(404);
    expect((await raw(endpoint.url, { headers: signed('GetServers'), body: '' })).body.__type).toBe(
      'ThrottlingException',
    );
  });
});
