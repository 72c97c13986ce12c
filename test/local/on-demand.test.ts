import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, START, VM } from './support.ts';
import { states, jobsFor } from './jobs.ts';

describe('runs on demand', () => {
  it('S7.13 start on demand', async () => {
    const { create, runs, ok, advance } = await begin();
    const replicationJobId = await create();
    advance(3 * HOUR);
    const { replicationRunId } = await ok('StartOnDemandReplicationRun', {
      replicationJobId,
      description: 'now',
    });
    const started = (await runs(replicationJobId)).find((run) => run.replicationRunId === replicationRunId);
    expect(started).toMatchObject({
      state: 'ACTIVE',
      type: 'ON_DEMAND',
      description: 'now',
      scheduledStartTime: (START + 3 * HOUR) / 1000,
    });
    advance(2 * HOUR);
    expect(
      (await runs(replicationJobId)).find((run) => run.replicationRunId === replicationRunId)?.amiId,
    ).toBeDefined();
  });

  it('S7.14 are refused on demand before the first has completed, and while one is active', async () => {
    const { create, call, advance } = await begin();
    const replicationJobId = await create({ seedReplicationTime: (START + HOUR) / 1000, frequency: 24 });
    const start = async () => (await call('StartOnDemandReplicationRun', { replicationJobId })).body.__type;
    expect(await start()).toBe('OperationNotPermittedException');
    advance(HOUR);
    expect(await start()).toBe('OperationNotPermittedException');
    advance(3 * HOUR);
    expect(await start()).toBeUndefined();
    expect(await start()).toBe('OperationNotPermittedException');
  });

  it('S7.14 are refused on demand while one waits for a place', async () => {
    const test = await begin();
    const [id = ''] = await jobsFor(test, [{ gigabytes: 1 }], { frequency: 24 });
    test.advance(2 * HOUR);
    const [connector] = (await test.ok('GetConnectors')).connectorList ?? [];
    test.endpoint.setFaults({ unhealthyConnectors: [connector?.connectorId ?? ''] });
    await test.ok('StartOnDemandReplicationRun', { replicationJobId: id });
    const { body } = await test.call('StartOnDemandReplicationRun', { replicationJobId: id });
    expect(body.__type).toBe('OperationNotPermittedException');
    test.advance(23 * HOUR);
    expect(states(await test.runs(id))).toEqual(['PENDING', 'PENDING', 'MISSED', 'COMPLETED']);
  });

  it('S7.14 are refused on demand for a job that is over, paused or being deleted', async () => {
    const { create, call, ok, advance, endpoint, job } = await begin();
    const refused = async (replicationJobId: string) =>
      (await call('StartOnDemandReplicationRun', { replicationJobId })).body.__type;
    const once = await create({ runOnce: true });
    advance(3 * HOUR);
    expect(await refused(once)).toBe('OperationNotPermittedException');
    const paused = await create({ frequency: 24 });
    advance(3 * HOUR);
    endpoint.setFaults({ failures: [{ server: VM, stage: 'Converting' }] });
    advance(3 * DAY);
    expect((await job(paused)).state).toBe('PAUSED_ON_FAILURE');
    expect(await refused(paused)).toBe('OperationNotPermittedException');
    await ok('DeleteReplicationJob', { replicationJobId: paused });
    expect(await refused(paused)).toBe('OperationNotPermittedException');
    advance(MINUTE);
    expect(await refused(paused)).toBe('OperationNotPermittedException');
  });

  it('S7.15 are refused on demand the third time in 24 hours', async () => {
    const { create, call, advance } = await begin();
    const replicationJobId = await create({ frequency: 24 });
    const start = async () => (await call('StartOnDemandReplicationRun', { replicationJobId })).body.__type;
    advance(3 * HOUR);
    expect(await start()).toBeUndefined();
    advance(3 * HOUR);
    expect(await start()).toBeUndefined();
    advance(3 * HOUR);
    expect(await start()).toBe('ReplicationRunLimitExceededException');
    advance(18 * HOUR - 1);
    expect(await start()).toBe('ReplicationRunLimitExceededException');
    advance(1);
    expect(await start()).toBeUndefined();
  });
});
