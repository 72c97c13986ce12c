import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, START } from './support.ts';
import { named, states, linuxes, jobsFor } from './jobs.ts';

describe('runs', () => {
  it('S7.1 begin with the seed', async () => {
    const { create, runs } = await begin();
    const at = (START + HOUR) / 1000;
    const [seed, ...others] = await runs(await create({ seedReplicationTime: at }));
    expect(others).toEqual([]);
    expect(seed).toMatchObject({ state: 'PENDING', type: 'AUTOMATIC', scheduledStartTime: at });
  });

  it('S7.1 begin at once where the seed time has passed', async () => {
    const { create, job, runs } = await begin();
    const id = await create({ seedReplicationTime: (START - DAY) / 1000 });
    expect((await job(id)).seedReplicationTime).toBe((START - DAY) / 1000);
    expect((await runs(id)).at(-1)).toMatchObject({ state: 'ACTIVE', scheduledStartTime: START / 1000 });
  });

  it('S7.2 follow their frequency', async () => {
    const { create, runs, job, advance } = await begin();
    const id = await create({ frequency: 12 });
    for (const days of [0, 1, 9]) {
      advance(days * DAY);
      const [coming] = await runs(id);
      expect(coming?.state).toBe('PENDING');
      expect((await job(id)).nextReplicationRunStartTime).toBe(coming?.scheduledStartTime);
    }
    const times = (await runs(id)).map(({ scheduledStartTime }) => scheduledStartTime - START / 1000);
    expect(times).toEqual(times.map((_, index) => (times.length - 1 - index) * 12 * 3600));
    expect(times).toHaveLength(22);
  });

  it('S7.3 show their stage and progress', async () => {
    const { create, runs, advance } = await begin();
    const id = await create({ runOnce: true });
    const seen: string[] = [];
    let last = -1;
    for (let step = 0; step < 400; step += 1) {
      const [run] = await runs(id);
      if (run?.state !== 'ACTIVE') break;
      const { stage = '', stageProgress = '' } = run.stageDetails ?? {};
      expect(run.statusMessage).toBe(stage);
      if (seen.at(-1) !== stage) {
        seen.push(stage);
        last = -1;
      }
      const percent = Number(/^(\d{1,2})%$/.exec(stageProgress)?.[1]);
      expect(percent).toBeGreaterThanOrEqual(last);
      last = percent;
      advance(MINUTE);
    }
    expect(seen).toEqual(['Preparing', 'Uploading', 'Converting']);
    expect(last).toBeGreaterThan(80);
  });

  it('S7.4 end with an AMI, which the job names', async () => {
    const { create, runs, job, advance } = await begin();
    const id = await create({ frequency: 24 });
    advance(2 * DAY - HOUR);
    const [, second, first] = await runs(id);
    expect(states([second, first].filter((run) => run !== undefined))).toEqual(['COMPLETED', 'COMPLETED']);
    expect(first).not.toHaveProperty('stageDetails');
    expect(second?.amiId).not.toBe(first?.amiId);
    expect((await job(id)).latestAmiId).toBe(second?.amiId);
    const length = (run: typeof first) => (run?.completedTime ?? 0) - (run?.scheduledStartTime ?? 0);
    expect(length(second)).toBeLessThan(length(first));
    expect(length(second)).toBeGreaterThan(20 * 60);
  });

  it('S7.4 take longer for larger VMs', async () => {
    const test = await begin();
    const ids = await jobsFor(test, [{ gigabytes: 20 }, { gigabytes: 60 }, { gigabytes: 600 }], {
      runOnce: true,
    });
    test.advance(30 * DAY);
    const lengths = await Promise.all(ids.map(async (id) => (await test.runs(id))[0]?.completedTime ?? 0));
    expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
  });

  it('S7.5 are missed while another is active', async () => {
    const test = await begin();
    const [id = ''] = await jobsFor(test, [{ gigabytes: 100 }], { frequency: 1 });
    test.advance(3 * HOUR + MINUTE);
    const runs = await test.runs(id);
    expect(states(runs)).toEqual(['PENDING', 'MISSED', 'MISSED', 'MISSED', 'ACTIVE']);
    expect(runs[0]?.scheduledStartTime).toBe((START + 4 * HOUR) / 1000);
    expect(runs[1]).not.toHaveProperty('completedTime');
  });

  it('S7.5 are not missed if the other run ends at that moment', async () => {
    const endOf = async (next?: number) => {
      const test = await begin();
      const replicationJobId = await test.create({ frequency: 24 });
      const nextReplicationRunStartTime = next;
      await test.ok('UpdateReplicationJob', { replicationJobId, nextReplicationRunStartTime });
      test.advance(3 * HOUR);
      return (await test.runs(replicationJobId)).slice(-2);
    };
    const [, seed] = await endOf();
    const [next] = await endOf(seed?.completedTime);
    expect(next).toMatchObject({
      state: 'COMPLETED',
      scheduledStartTime: Math.floor(seed?.completedTime ?? 0),
    });
  });

  it('S7.6 at most 50 are active; the others start in the order of their times', async () => {
    const test = await begin();
    const vms = Array.from({ length: 60 }, (_, index) => ({ gigabytes: 20 + index }));
    const ids = await jobsFor(test, vms, { runOnce: true, seedReplicationTime: (START + HOUR) / 1000 });
    // The last falls due first, so it is not the order of the ids that counts.
    const last = ids.at(-1) ?? '';
    await test.ok('UpdateReplicationJob', {
      replicationJobId: last,
      nextReplicationRunStartTime: (START + MINUTE) / 1000,
    });
    const active = async () => {
      const { replicationJobList = [] } = await test.ok('GetReplicationJobs', { maxResults: 1000 });
      return replicationJobList.filter(({ state }) => state === 'ACTIVE').map((job) => job.replicationJobId);
    };
    test.advance(HOUR);
    expect(await active()).toEqual([...ids.slice(0, 49), last]);
    const waiting = await test.runs(ids[49] ?? '');
    expect(waiting).toMatchObject([{ state: 'PENDING', scheduledStartTime: (START + HOUR) / 1000 }]);
    const started = new Set<string>();
    for (let step = 0; step < 40; step += 1) {
      test.advance(10 * MINUTE);
      const now = await active();
      expect(now.length).toBeLessThanOrEqual(50);
      for (const id of now) started.add(id);
    }
    expect([...started].filter((id) => ids.slice(49, 59).includes(id))).toEqual(ids.slice(49, 59));
  });

  it('S7.6 release their slot when their job is deleted', async () => {
    const test = await begin();
    const ids = await jobsFor(
      test,
      Array.from({ length: 51 }, () => ({})),
      { runOnce: true },
    );
    expect((await test.job(ids[50] ?? '')).state).toBe('PENDING');
    await test.ok('DeleteReplicationJob', { replicationJobId: ids[7] });
    expect((await test.job(ids[50] ?? '')).state).toBe('ACTIVE');
  });

  it('S7.7 wait while their vCenter has no healthy connector, and do not block others', async () => {
    const test = await begin();
    await test.endpoint.load(linuxes([{ vcenter: 'A' }, { vcenter: 'B' }]));
    const seedReplicationTime = (START + HOUR) / 1000;
    const a = await test.create({ serverId: await named(test, 'vm0'), seedReplicationTime });
    const b = await test.create({
      serverId: await named(test, 'vm1'),
      seedReplicationTime: seedReplicationTime + 60,
    });
    const { connectorList = [] } = await test.ok('GetConnectors');
    const down = connectorList.find(({ vmManagerId }) => vmManagerId === 'A')?.connectorId ?? '';
    test.endpoint.setFaults({ unhealthyConnectors: [down] });
    test.advance(5 * HOUR);
    expect((await test.job(a)).state).toBe('PENDING');
    expect((await test.job(b)).latestAmiId).toBeDefined();
    test.endpoint.setFaults({});
    expect((await test.job(a)).state).toBe('ACTIVE');
  });

  it('S7.16 lose the oldest AMIs beyond the number to keep', async () => {
    const { create, runs, job, ok, advance } = await begin();
    const replicationJobId = await create({ numberOfRecentAmisToKeep: 2 });
    const amis = async () =>
      (await runs(replicationJobId))
        .filter(({ state }) => state === 'COMPLETED')
        .map(({ amiId }) => amiId !== undefined);
    advance(47 * HOUR);
    expect(await amis()).toEqual([true, true, false, false]);
    expect((await job(replicationJobId)).latestAmiId).toBe((await runs(replicationJobId))[1]?.amiId);
    await ok('UpdateReplicationJob', { replicationJobId, numberOfRecentAmisToKeep: 0 });
    advance(DAY);
    expect(await amis()).toEqual([true, true, true, true, false, false]);
  });

  it('S7.17 are listed last scheduled first, and the last five with their job', async () => {
    const { create, ok, advance } = await begin();
    const replicationJobId = await create({ frequency: 2 });
    advance(23 * HOUR);
    const { replicationRunList = [], replicationJob } = await ok('GetReplicationRuns', { replicationJobId });
    const times = replicationRunList.map(({ scheduledStartTime }) => scheduledStartTime);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(times).toHaveLength(13);
    expect(replicationJob?.replicationRunList).toEqual(replicationRunList.slice(0, 5));
    const { replicationJobList = [] } = await ok('GetReplicationJobs');
    expect(replicationJobList).toEqual([replicationJob]);
  });

  it('S7.18 an unknown job is refused', async () => {
    const { call } = await begin();
    for (const operation of ['GetReplicationRuns', 'StartOnDemandReplicationRun']) {
      const { body } = await call(operation, { replicationJobId: 'sms-job-ffffffff' });
      expect(body.__type).toBe('InvalidParameterException');
    }
  });
});
