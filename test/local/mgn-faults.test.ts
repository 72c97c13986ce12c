import {
  CreateWaveCommand,
  ListWavesCommand,
  RetryDataReplicationCommand,
  StartReplicationCommand,
  StartTestCommand,
  UpdateLaunchConfigurationCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, mgnClient, readyForTest, refusal, tested, WINDOWS } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { begin, DAY, HOUR } from './support.ts';

const waves = async ({ client }: MgnTest) => (await client.send(new ListWavesCommand({}))).items?.length;

describe('faults of MGN', () => {
  it.each([
    ['throttling', 429, 'ThrottlingException', 0],
    ['internalErrors', 500, 'InternalServerException', 0],
    ['lostReplies', 0, 'socket hang up', 1],
    ['cutReplies', 0, 'aborted', 1],
  ])('S24.1 %s hits its operations', async (kind, status, code, made) => {
    const test = await beginMgn();
    test.endpoint.setFaults({ [kind]: { rate: 1, operations: ['CreateWave'] } });
    const answer = await test.post('CreateWave', { name: 'w' }).then(
      (one) => [one.status, one.headers['x-amzn-errortype']],
      (error: unknown) => [0, (error as Error).message],
    );
    expect(answer).toEqual([status, code]);
    expect(await waves(test)).toBe(made);
  });

  it('S24.1 does not affect operations that are not named', async () => {
    const test = await beginMgn();
    test.endpoint.setFaults({ throttling: { rate: 1, operations: ['GetServers', 'ListApplications'] } });
    expect(await waves(test)).toBe(0);
    expect((await test.post('ListApplications')).status).toBe(429);
    expect((await test.call('GetServers')).body.__type).toBe('ThrottlingException');
  });

  it('S24.1 the SDK retries until it succeeds', async () => {
    const test = await beginMgn();
    test.endpoint.setFaults({ seed: 3, throttling: 0.2, internalErrors: 0.2 });
    const client = mgnClient(test.endpoint.url, 10);
    for (let call = 0; call < 6; call += 1) await client.send(new ListWavesCommand({}));
  });

  it('S24.1 lostReplies makes the change and sends no answer', async () => {
    const test = await beginMgn();
    test.endpoint.setFaults({ lostReplies: { rate: 1, operations: ['CreateWave'] } });
    const client = mgnClient(test.endpoint.url, 2);
    expect(await refusal(client.send(new CreateWaveCommand({ name: 'w' })))).not.toBe('accepted');
    expect(await waves(test)).toBe(1);
  });

  it.each([
    [{ server: 'AWSSCRUM-*' }, 'FAILED FAILED'],
    [{ server: 'awsscrum-lnx?' }, 'FAILED LAUNCHED'],
    [{ server: 'awsscrum-*', of: 'test' as const }, 'FAILED FAILED'],
    [{ server: 'awsscrum-*', of: 'cutover' as const }, 'LAUNCHED LAUNCHED'],
  ])('S24.2 launchFailures of %j', async (launchFailure, expected) => {
    const test = await beginMgn({ faults: { launchFailures: [launchFailure] } });
    await tested(test, LINUX, WINDOWS);
    const [job] = await test.jobs();
    expect(job?.participatingServers?.map(({ launchStatus }) => launchStatus).join(' ')).toBe(expected);
  });

  it('S24.2 launchFailures match the ids of source servers', async () => {
    const test = await beginMgn();
    test.endpoint.setFaults({ launchFailures: [{ server: await test.id(LINUX) }] });
    await tested(test, LINUX);
    expect((await test.jobs())[0]?.participatingServers).toMatchObject([{ launchStatus: 'FAILED' }]);
  });

  it('S24.3 stalls in the middle of a snapshot', async () => {
    const test = await beginMgn({ faults: { stalls: [{ server: LINUX, message: 'no space' }] } });
    const [sourceServerID = ''] = await readyForTest(test, LINUX);
    const stalled = await test.server(LINUX);
    expect(stalled.lifeCycle?.state).toBe('NOT_READY');
    expect(stalled.dataReplicationInfo).toMatchObject({
      dataReplicationState: 'STALLED',
      dataReplicationError: { error: 'SNAPSHOTS_FAILURE', rawError: 'no space' },
    });
    const [disk] = stalled.dataReplicationInfo?.replicatedDisks ?? [];
    expect((disk?.replicatedStorageBytes ?? 0) / (disk?.totalStorageBytes ?? 1)).toBeCloseTo(0.5, 2);
    const retry = () => test.client.send(new RetryDataReplicationCommand({ sourceServerID }));
    await retry();
    test.advance(DAY);
    expect((await test.server(LINUX)).dataReplicationInfo?.dataReplicationState).toBe('STALLED');
    test.endpoint.setFaults({});
    test.advance(DAY);
    expect((await test.server(LINUX)).dataReplicationInfo?.dataReplicationState).toBe('STALLED');
    const again = await retry();
    expect(again.dataReplicationInfo?.dataReplicationState).toBe('INITIATING');
    expect(again.dataReplicationInfo?.dataReplicationError).toBeUndefined();
    test.advance(DAY);
    expect((await test.server(LINUX)).lifeCycle?.state).toBe('READY_FOR_TEST');
  });

  it('S24.3 stalls in the step that the error names', async () => {
    const error = 'FAILED_TO_CREATE_STAGING_DISKS';
    const test = await beginMgn({ faults: { stalls: [{ server: 'aws*', error }] } });
    await readyForTest(test, LINUX);
    const { dataReplicationInfo } = await test.server(LINUX);
    expect(dataReplicationInfo?.dataReplicationError?.error).toBe(error);
    const steps = dataReplicationInfo?.dataReplicationInitiation?.steps ?? [];
    const failed = steps.filter(({ status }) => status === 'FAILED').map(({ name }) => name);
    expect(failed).toEqual(['CREATE_STAGING_DISKS']);
    expect(steps.map(({ status = '' }) => status[0]).join('')).toBe('SSSSSSFNNNN');
  });

  it('S24.3 a stalled server with a snapshot can still be launched', async () => {
    const test = await beginMgn();
    const sourceServerIDs = await readyForTest(test, LINUX);
    test.endpoint.setFaults({ stalls: [{ server: LINUX }] });
    test.advance(DAY);
    const { lifeCycle, dataReplicationInfo } = await test.server(LINUX);
    expect([lifeCycle?.state, dataReplicationInfo?.dataReplicationState]).toEqual([
      'READY_FOR_TEST',
      'STALLED',
    ]);
    expect(await refusal(test.client.send(new StartTestCommand({ sourceServerIDs })))).toBe('accepted');
    const start = new StartReplicationCommand({ sourceServerID: sourceServerIDs[0] });
    expect(await refusal(test.client.send(start))).toBe('ConflictException');
  });

  it('S24.4 dedicatedHosts lets Windows run under its own licence', async () => {
    const test = await beginMgn({ faults: { dedicatedHosts: ['awsscrum-win*'] } });
    const [sourceServerID = ''] = await readyForTest(test, WINDOWS);
    const update = { sourceServerID, licensing: { osByol: true } };
    await test.client.send(new UpdateLaunchConfigurationCommand(update));
    await test.client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(HOUR);
    expect((await test.jobs())[0]?.participatingServers).toMatchObject([{ launchStatus: 'LAUNCHED' }]);
  });

  it.each([
    [{ launchFailures: [{ server: '*', of: 'never' }] }, 'launchFailures.0.of'],
    [{ stalls: [{ server: '*', error: 'TIRED' }] }, 'stalls.0.error'],
    [{ dedicatedHosts: [''] }, 'dedicatedHosts.0'],
  ])('S12.8 are refused: %j', async (faults, place) => {
    await expect(begin({ faults: faults as object })).rejects.toMatchObject({
      code: 'BAD_FAULTS',
      message: expect.stringContaining(place) as unknown,
    });
  });
});
