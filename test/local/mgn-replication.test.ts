import {
  ChangeServerLifeCycleStateCommand,
  CreateReplicationConfigurationTemplateCommand,
  DeleteReplicationConfigurationTemplateCommand,
  DescribeReplicationConfigurationTemplatesCommand,
  DisconnectFromServiceCommand,
  PauseReplicationCommand,
  ResumeReplicationCommand,
  RetryDataReplicationCommand,
  StartReplicationCommand,
  StartTestCommand,
  StopReplicationCommand,
  UpdateReplicationConfigurationCommand,
} from '@aws-sdk/client-mgn';
import type { SourceServer } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, KEY, LINUX, readyForTest, refusal, serverById, servers, TEMPLATE } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { DAY, HOUR, MINUTE } from './support.ts';
import { linuxes } from './jobs.ts';

const stateOf = ({ dataReplicationInfo }: SourceServer) => dataReplicationInfo?.dataReplicationState;
const shipped = ({ dataReplicationInfo }: SourceServer) =>
  (dataReplicationInfo?.replicatedDisks ?? []).reduce(
    (sum, disk) => sum + (disk.replicatedStorageBytes ?? 0),
    0,
  );

/** An endpoint on which the founding document's VM replicates. */
async function replicating(): Promise<{
  test: MgnTest;
  sourceServerID: string;
  now: () => Promise<SourceServer>;
}> {
  const test = await beginMgn();
  const sourceServerID = await test.id(LINUX);
  await test.client.send(new StartReplicationCommand({ sourceServerID }));
  return { test, sourceServerID, now: () => serverById(test.client, sourceServerID) };
}

/** Steps through time until the replication is in that state. */
async function until(test: MgnTest, now: () => Promise<SourceServer>, state: string): Promise<SourceServer> {
  for (let step = 0; step < 1000; step += 1) {
    const server = await now();
    if (stateOf(server) === state) return server;
    test.advance(MINUTE);
  }
  throw new Error(`never ${state}`);
}

describe('replication', () => {
  it('S19.1 starts only in an allowed state', async () => {
    const { test, sourceServerID } = await replicating();
    const { client } = test;
    expect(await refusal(client.send(new StartReplicationCommand({ sourceServerID })))).toBe(
      'ConflictException',
    );
    const { items = [] } = await client.send(new DescribeReplicationConfigurationTemplatesCommand({}));
    const id = items[0]?.replicationConfigurationTemplateID;
    const remove = { replicationConfigurationTemplateID: id };
    await client.send(new DeleteReplicationConfigurationTemplateCommand(remove));
    const other = new StartReplicationCommand({ sourceServerID: await test.id('awsscrum-lnx2') });
    expect(await refusal(client.send(other))).toBe('ValidationException');
    const subnet = { sourceServerID: await test.id('awsscrum-lnx2'), stagingAreaSubnetId: 'subnet-01234567' };
    await client.send(new UpdateReplicationConfigurationCommand(subnet));
    expect(await refusal(client.send(other))).toBe('accepted');
    await client.send(new CreateReplicationConfigurationTemplateCommand(TEMPLATE));
  });

  it('S19.2 is initiated step by step', async () => {
    const { test, now } = await replicating();
    const seen: string[] = [];
    for (let minute = 0; minute < 10; minute += 1) {
      const { lifeCycle, dataReplicationInfo } = await now();
      expect([lifeCycle?.state, dataReplicationInfo?.dataReplicationState]).toEqual([
        'NOT_READY',
        'INITIATING',
      ]);
      const { steps = [] } = dataReplicationInfo?.dataReplicationInitiation ?? {};
      expect(steps).toHaveLength(11);
      seen.push(steps.map(({ status = '' }) => status[0]).join(''));
      test.advance(MINUTE);
    }
    expect(seen.slice(0, 3)).toEqual(['INNNNNNNNNN', 'SINNNNNNNNN', 'SSINNNNNNNN']);
    expect(stateOf(await now())).toBe('INITIAL_SYNC');
  });

  it('S19.3 ships all disks, larger ones longer', async () => {
    const { test, now } = await replicating();
    let last = await until(test, now, 'INITIAL_SYNC');
    const eta = Date.parse(last.dataReplicationInfo?.etaDateTime ?? '');
    expect(last.dataReplicationInfo?.lagDuration).toBeUndefined();
    while (stateOf(last) === 'INITIAL_SYNC') {
      const before = shipped(last);
      test.advance(5 * MINUTE);
      last = await now();
      expect(shipped(last)).toBeGreaterThan(before);
    }
    expect(Math.abs(test.endpoint.now() - eta)).toBeLessThanOrEqual(5 * MINUTE);
    expect(shipped(last)).toBe(27 * 2 ** 30);
    await test.endpoint.load(linuxes([{ gigabytes: 50 }, { gigabytes: 500 }]));
    const etas: number[] = [];
    for (const name of ['vm0', 'vm1']) {
      await test.client.send(new StartReplicationCommand({ sourceServerID: await test.id(name) }));
      const server = await until(test, () => test.server(name), 'INITIAL_SYNC');
      etas.push(Date.parse(server.dataReplicationInfo?.etaDateTime ?? '') - test.endpoint.now());
    }
    expect(etas[1]).toBeGreaterThan(3 * (etas[0] ?? Infinity));
  });

  it('S19.4 is then ready for a test, with a lag', async () => {
    const { test, now } = await replicating();
    const creating = await until(test, now, 'CREATING_SNAPSHOT');
    expect([creating.lifeCycle?.state, creating.dataReplicationInfo?.lagDuration]).toEqual([
      'NOT_READY',
      undefined,
    ]);
    const ready = await until(test, now, 'CONTINUOUS');
    expect(ready.lifeCycle?.state).toBe('READY_FOR_TEST');
    expect(ready.dataReplicationInfo?.lagDuration).toMatch(/^PT\d/);
  });

  it('S19.5 S24.6 ships the next snapshot two hours later, again and again', async () => {
    const { test, now } = await replicating();
    await until(test, now, 'CONTINUOUS');
    const shippings: string[] = [];
    let snapshot = '';
    for (let step = 0; step < 400; step += 1) {
      const { dataReplicationInfo: info } = await now();
      const state = info?.dataReplicationState ?? '';
      if (state !== shippings.at(-1)) shippings.push(state);
      expect(String(info?.lastSnapshotDateTime) >= snapshot).toBe(true);
      snapshot = info?.lastSnapshotDateTime ?? '';
      expect(info?.lagDuration).toMatch(/^P(?!.*D)/);
      test.advance(5 * MINUTE);
    }
    expect(shippings.filter((state) => state === 'SHIPPING_SNAPSHOT')).toHaveLength(15);
  });

  it('S19.6 ships 50 servers at once, and the others wait in order', async () => {
    const test = await beginMgn();
    await test.endpoint.load(linuxes(Array.from({ length: 70 }, () => ({ gigabytes: 100 }))));
    const ids = (await servers(test.client)).map(({ sourceServerID = '' }) => sourceServerID);
    for (const sourceServerID of ids) {
      await test.client.send(new StartReplicationCommand({ sourceServerID }));
      test.advance(1000);
    }
    test.advance(10 * MINUTE);
    const states = async () =>
      new Map((await servers(test.client)).map((one) => [one.sourceServerID, stateOf(one)]));
    const first = await states();
    expect(ids.map((id) => first.get(id))).toEqual([
      ...Array<string>(50).fill('INITIAL_SYNC'),
      ...Array<string>(20).fill('PENDING_SNAPSHOT_SHIPPING'),
    ]);
    for (let step = 0; step < 60; step += 1) {
      test.advance(10 * MINUTE);
      const now = [...(await states()).values()];
      expect(
        now.filter((state) => state === 'INITIAL_SYNC' || state === 'SHIPPING_SNAPSHOT').length,
      ).toBeLessThanOrEqual(50);
    }
    const ready = await servers(test.client, { lifeCycleStates: ['READY_FOR_TEST'] });
    expect(ready).toHaveLength(70);
  });

  it('S19.7 pauses, and resumes with the shipped data', async () => {
    const { test, sourceServerID, now } = await replicating();
    const pause = () => test.client.send(new PauseReplicationCommand({ sourceServerID }));
    const resume = () => test.client.send(new ResumeReplicationCommand({ sourceServerID }));
    expect(await refusal(resume())).toBe('ConflictException');
    await until(test, now, 'INITIAL_SYNC');
    test.advance(30 * MINUTE);
    const before = shipped(await now());
    expect(stateOf(await pause())).toBe('PAUSED');
    expect(await refusal(pause())).toBe('ConflictException');
    test.advance(3 * DAY);
    expect(shipped(await now())).toBe(before);
    expect(stateOf(await resume())).toBe('INITIAL_SYNC');
    test.advance(MINUTE);
    expect(shipped(await now())).toBeGreaterThan(before);
    await until(test, now, 'CONTINUOUS');
    await pause();
    test.advance(3 * DAY);
    expect((await now()).dataReplicationInfo?.lagDuration).toMatch(/^P3D/);
    await resume();
    await until(test, now, 'CONTINUOUS');
    expect((await now()).dataReplicationInfo?.lagDuration).toMatch(/^PT/);
  });

  it('S19.8 stops, and starts again from the beginning', async () => {
    const { test, sourceServerID, now } = await replicating();
    await until(test, now, 'CONTINUOUS');
    const stop = () => test.client.send(new StopReplicationCommand({ sourceServerID }));
    const stopped = await stop();
    expect([stopped.lifeCycle?.state, stateOf(stopped)]).toEqual(['STOPPED', 'STOPPED']);
    expect(stopped.dataReplicationInfo?.lagDuration).toBeUndefined();
    expect(await refusal(stop())).toBe('ConflictException');
    const again = await test.client.send(new StartReplicationCommand({ sourceServerID }));
    expect([again.lifeCycle?.state, stateOf(again), shipped(again)]).toEqual(['NOT_READY', 'INITIATING', 0]);
  });

  it('S19.9 is disconnected permanently', async () => {
    const { test, sourceServerID, now } = await replicating();
    await until(test, now, 'CONTINUOUS');
    const disconnect = () => test.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    const { lifeCycle, dataReplicationInfo } = await disconnect();
    expect(lifeCycle?.state).toBe('DISCONNECTED');
    expect(dataReplicationInfo).toMatchObject({
      dataReplicationState: 'DISCONNECTED',
      replicatedDisks: [{ totalStorageBytes: 0 }],
    });
    expect(dataReplicationInfo?.lagDuration).toBeUndefined();
    expect(await refusal(disconnect())).toBe('ConflictException');
    const start = new StartReplicationCommand({ sourceServerID });
    expect(await refusal(test.client.send(start))).toBe('ConflictException');
    test.advance(30 * DAY);
    expect(stateOf(await now())).toBe('DISCONNECTED');
  });

  it('S19.10 S20.6 ships all data again after a change of the key', async () => {
    const { test, sourceServerID, now } = await replicating();
    await until(test, now, 'CONTINUOUS');
    const update = (input: object) =>
      test.client.send(new UpdateReplicationConfigurationCommand({ sourceServerID, ...input }));
    await update({ bandwidthThrottling: 5 });
    expect(stateOf(await now())).toBe('CONTINUOUS');
    await update({ ebsEncryption: 'CUSTOM', ebsEncryptionKeyArn: KEY });
    const again = await now();
    expect([again.lifeCycle?.state, stateOf(again), shipped(again)]).toEqual([
      'NOT_READY',
      'INITIAL_SYNC',
      0,
    ]);
    await until(test, now, 'CONTINUOUS');
    await test.client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] }));
    test.advance(HOUR);
    await update({ ebsEncryption: 'DEFAULT' });
    const testing = await now();
    expect([testing.lifeCycle?.state, stateOf(testing)]).toEqual(['TESTING', 'INITIAL_SYNC']);
    const change = { sourceServerID, lifeCycle: { state: 'READY_FOR_CUTOVER' } } as const;
    for (const call of [
      test.client.send(new StartTestCommand({ sourceServerIDs: [sourceServerID] })),
      test.client.send(new ChangeServerLifeCycleStateCommand(change)),
    ]) {
      expect(await refusal(call)).toBe('ConflictException');
    }
  });

  it('S19.11 is retried only if it is stalled', async () => {
    const { test, sourceServerID } = await replicating();
    const retry = new RetryDataReplicationCommand({ sourceServerID });
    expect(await refusal(test.client.send(retry))).toBe('ValidationException');
    await readyForTest(test, 'awsscrum-lnx2');
    expect(await refusal(test.client.send(retry))).toBe('ValidationException');
  });
});
