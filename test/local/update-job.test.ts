import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, START } from './support.ts';
import { jobIn, refused, states } from './jobs.ts';

describe('updating jobs', () => {
  it('S6.9 change only where an update says so', async () => {
    const { create, job, ok } = await begin();
    const seedReplicationTime = (START + DAY) / 1000;
    const replicationJobId = await create({
      seedReplicationTime,
      description: 'before',
      roleName: 'mine',
      numberOfRecentAmisToKeep: 3,
    });
    const before = await job(replicationJobId);
    expect(await ok('UpdateReplicationJob', { replicationJobId })).toEqual({});
    expect(await job(replicationJobId)).toEqual(before);
    const changes = [
      { description: 'after' },
      { roleName: 'other' },
      { numberOfRecentAmisToKeep: 9 },
      { licenseType: 'AWS' },
      { frequency: 1 },
      { encrypted: true },
    ];
    let expected: object = before;
    for (const change of changes) {
      await ok('UpdateReplicationJob', { replicationJobId, ...change });
      expected = {
        ...expected,
        ...change,
        ...('encrypted' in change
          ? { replicationRunList: [{ ...before.replicationRunList[0], encrypted: true }] }
          : {}),
      };
      expect(await job(replicationJobId)).toEqual(expected);
    }
  });

  it('S6.10 run next when an update says, and then from there', async () => {
    const { create, job, runs, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 12 });
    advance(3 * HOUR);
    const next = (START + 7 * HOUR + 30 * MINUTE) / 1000;
    await ok('UpdateReplicationJob', { replicationJobId, nextReplicationRunStartTime: next });
    expect((await job(replicationJobId)).nextReplicationRunStartTime).toBe(next);
    advance(4 * HOUR + 30 * MINUTE);
    const [coming, active] = await runs(replicationJobId);
    expect(active).toMatchObject({ state: 'ACTIVE', scheduledStartTime: next });
    expect(coming).toMatchObject({ state: 'PENDING', scheduledStartTime: next + 12 * 3600 });
  });

  it('S6.10 do not run before when an update moves the next run back', async () => {
    const { create, runs, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 12 });
    const nextReplicationRunStartTime = (START + 20 * HOUR) / 1000;
    await ok('UpdateReplicationJob', { replicationJobId, nextReplicationRunStartTime });
    advance(20 * HOUR - 1);
    expect(states(await runs(replicationJobId))).toEqual(['PENDING', 'COMPLETED']);
    advance(1);
    expect(states(await runs(replicationJobId))).toEqual(['PENDING', 'ACTIVE', 'COMPLETED']);
  });

  it('S6.10 S6.11 move a run that waits for a place only where an update says when', async () => {
    const { create, job, ok, advance, endpoint } = await begin();
    const replicationJobId = await create({ frequency: 12 });
    advance(3 * HOUR);
    const healthy = (up: boolean) => {
      endpoint.setFaults(up ? {} : { unhealthyConnectors: ['c-415fef98f4c66c487'] });
    };
    const next = async () => ((await job(replicationJobId)).nextReplicationRunStartTime ?? 0) - START / 1000;
    healthy(false);
    advance(10 * HOUR);
    await ok('UpdateReplicationJob', { replicationJobId, frequency: 5 });
    expect(await next()).toBe(12 * 3600);
    const later = (START + 20 * HOUR) / 1000;
    await ok('UpdateReplicationJob', { replicationJobId, nextReplicationRunStartTime: later });
    healthy(true);
    expect(await next()).toBe(20 * 3600);
    advance(7 * HOUR);
    expect(await next()).toBe(25 * 3600);
  });

  it('S6.10 run now when that time has passed', async () => {
    const { create, runs, ok, advance } = await begin();
    const replicationJobId = await create();
    advance(3 * HOUR);
    await ok('UpdateReplicationJob', { replicationJobId, nextReplicationRunStartTime: START / 1000 - 1 });
    const [coming, active] = await runs(replicationJobId);
    expect(active).toMatchObject({ state: 'ACTIVE', scheduledStartTime: (START + 3 * HOUR) / 1000 });
    expect(coming?.scheduledStartTime).toBe((START + 15 * HOUR) / 1000);
  });

  it('S6.11 keep their schedule from the last regular start when the frequency changes', async () => {
    const { create, job, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 12 });
    advance(26 * HOUR);
    await ok('UpdateReplicationJob', { replicationJobId, frequency: 5 });
    expect((await job(replicationJobId)).nextReplicationRunStartTime).toBe((START + 29 * HOUR) / 1000);
    await ok('UpdateReplicationJob', { replicationJobId, frequency: 1 });
    expect((await job(replicationJobId)).nextReplicationRunStartTime).toBe((START + 27 * HOUR) / 1000);
  });

  it('S6.11 keep their first start', async () => {
    const { create, job, ok } = await begin();
    const replicationJobId = await create({ seedReplicationTime: (START + DAY) / 1000 });
    await ok('UpdateReplicationJob', { replicationJobId, frequency: 1 });
    expect((await job(replicationJobId)).nextReplicationRunStartTime).toBe((START + DAY) / 1000);
  });

  it('S6.12 that run once have one time only', async () => {
    const test = await begin();
    const replicationJobId = await test.create({ runOnce: true, seedReplicationTime: (START + DAY) / 1000 });
    expect(await refused(test, 'UpdateReplicationJob', { replicationJobId, frequency: 2 })).toBe(
      'InvalidParameterException',
    );
    const move = (time: number) => ({ replicationJobId, nextReplicationRunStartTime: time / 1000 });
    await test.ok('UpdateReplicationJob', move(START + HOUR));
    expect(await test.job(replicationJobId)).toMatchObject({
      runOnce: true,
      nextReplicationRunStartTime: (START + HOUR) / 1000,
    });
    test.advance(HOUR);
    expect(await refused(test, 'UpdateReplicationJob', move(START + DAY))).toBe(
      'OperationNotPermittedException',
    );
  });

  it.each(['COMPLETED', 'FAILED', 'DELETING'])('S6.13 cannot be updated when %s', async (state) => {
    const { test, id } = await jobIn(state);
    const update = { replicationJobId: id, description: 'late' };
    expect(await refused(test, 'UpdateReplicationJob', update)).toBe('OperationNotPermittedException');
  });

  it.each(['PENDING', 'ACTIVE', 'FAILING', 'PAUSED_ON_FAILURE'])(
    'S6.13 can be updated when %s',
    async (state) => {
      const { test, id } = await jobIn(state);
      await test.ok('UpdateReplicationJob', { replicationJobId: id, description: 'in time' });
      expect(await test.job(id)).toMatchObject({ state, description: 'in time' });
    },
  );
});
