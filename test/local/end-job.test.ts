import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, SECOND, START } from './support.ts';
import { jobIn, refused, states } from './jobs.ts';

describe('the end of jobs', () => {
  it('S6.14 are DELETED a while after the request, and their AMIs stay', async () => {
    const { create, job, runs, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 2 });
    advance(2 * HOUR);
    const { latestAmiId } = await job(replicationJobId);
    expect(latestAmiId).toBeDefined();
    expect(await ok('DeleteReplicationJob', { replicationJobId })).toEqual({});
    expect((await job(replicationJobId)).state).toBe('DELETING');
    expect((await runs(replicationJobId)).map(({ state }) => state)).toEqual([
      'DELETING',
      'DELETING',
      'COMPLETED',
    ]);
    advance(20 * SECOND - 1);
    expect((await job(replicationJobId)).state).toBe('DELETING');
    advance(1);
    expect((await runs(replicationJobId)).map(({ state }) => state)).toEqual([
      'DELETED',
      'DELETED',
      'COMPLETED',
    ]);
    expect(await job(replicationJobId)).toMatchObject({ state: 'DELETED', latestAmiId });
    advance(30 * DAY);
    expect(await runs(replicationJobId)).toHaveLength(3);
  });

  it('S6.14 can be deleted in any state but DELETED', async () => {
    for (const state of ['PENDING', 'FAILING', 'PAUSED_ON_FAILURE', 'FAILED', 'COMPLETED']) {
      const { test, id } = await jobIn(state);
      await test.ok('DeleteReplicationJob', { replicationJobId: id });
      test.advance(20 * SECOND);
      expect((await test.job(id)).state).toBe('DELETED');
    }
  });

  it('S6.14 do not run after their deletion, even if they waited for a slot', async () => {
    const { create, runs, ok, advance, endpoint } = await begin();
    const replicationJobId = await create({ seedReplicationTime: (START + HOUR) / 1000 });
    endpoint.setFaults({ unhealthyConnectors: ['c-415fef98f4c66c487'] });
    advance(2 * HOUR);
    await ok('DeleteReplicationJob', { replicationJobId });
    endpoint.setFaults({});
    advance(HOUR);
    expect(states(await runs(replicationJobId))).toEqual(['DELETED']);
  });

  it('S6.15 can be deleted twice', async () => {
    const { test, id } = await jobIn('DELETING');
    test.advance(10 * SECOND);
    await test.ok('DeleteReplicationJob', { replicationJobId: id });
    test.advance(10 * SECOND);
    expect((await test.job(id)).state).toBe('DELETED');
  });

  it('S6.16 are not found after their deletion', async () => {
    const { test, id } = await jobIn('DELETED');
    for (const replicationJobId of [id, 'sms-job-ffffffff', '__proto__']) {
      for (const operation of ['DeleteReplicationJob', 'UpdateReplicationJob']) {
        expect(await refused(test, operation, { replicationJobId })).toBe('ReplicationJobNotFoundException');
      }
    }
  });

  it('S6.17 stay in the list after their deletion', async () => {
    const { test, id } = await jobIn('DELETED');
    const second = await test.create();
    const { replicationJobList = [] } = await test.ok('GetReplicationJobs');
    expect(replicationJobList.map((job) => [job.replicationJobId, job.state])).toEqual([
      [id, 'DELETED'],
      [second, 'ACTIVE'],
    ]);
  });

  it('S6.18 keep their VM after another inventory is loaded', async () => {
    const { create, job, endpoint, ok } = await begin();
    const id = await create();
    const before = await job(id);
    await endpoint.load('VM,VM ID,VI SDK UUID\nother,vm-1,AAAA\n');
    await ok('DeleteServerCatalog');
    expect((await job(id)).vmServer).toEqual(before.vmServer);
  });

  it('S6.19 an unknown job id gives an empty list', async () => {
    const { ok } = await begin();
    expect(await ok('GetReplicationJobs', { replicationJobId: 'sms-job-ffffffff' })).toEqual({
      replicationJobList: [],
    });
  });

  it('S6.20 end after 90 days', async () => {
    const { create, job, runs, advance } = await begin();
    const id = await create({ seedReplicationTime: (START + DAY) / 1000, frequency: 7 });
    advance(91 * DAY - 1);
    expect((await job(id)).state).toBe('ACTIVE');
    advance(4 * HOUR);
    const done = await job(id);
    expect(done.state).toBe('COMPLETED');
    expect(done.nextReplicationRunStartTime).toBeUndefined();
    const [last, ...others] = await runs(id);
    expect(last?.state).toBe('DELETED');
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(['COMPLETED']));
  });

  it('S6.20 finish the run that is active when the 90 days are over', async () => {
    const { create, job, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 24 });
    advance(89 * DAY + 23 * HOUR);
    await ok('UpdateReplicationJob', {
      replicationJobId,
      nextReplicationRunStartTime: (START + 90 * DAY - MINUTE) / 1000,
    });
    advance(3 * HOUR);
    const { state, latestAmiId, replicationRunList } = await job(replicationJobId);
    expect(state).toBe('COMPLETED');
    expect(replicationRunList.find(({ amiId }) => amiId === latestAmiId)?.completedTime).toBeGreaterThan(
      (START + 90 * DAY) / 1000,
    );
  });

  it('S6.20 count the 90 days of a VM from its first run, over all of its jobs', async () => {
    const { create, job, runs, ok, advance } = await begin();
    const first = await create({ frequency: 24 });
    advance(30 * DAY);
    await ok('DeleteReplicationJob', { replicationJobId: first });
    advance(MINUTE);
    const second = await create({ frequency: 24, seedReplicationTime: (START + 40 * DAY) / 1000 });
    advance(60 * DAY - MINUTE - 1);
    expect((await job(second)).state).toBe('ACTIVE');
    advance(3 * HOUR);
    expect(await job(second)).toMatchObject({ state: 'COMPLETED' });
    expect((await runs(second)).filter(({ state }) => state === 'COMPLETED').length).toBeGreaterThan(40);

    const third = await create({ frequency: 24 });
    expect(await job(third)).toMatchObject({ state: 'COMPLETED' });
    expect(states(await runs(third))).toEqual(['DELETED']);
  });
});
