import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, MINUTE, SECOND, START, VM } from './support.ts';
import { named, states } from './jobs.ts';

describe('runs that end', () => {
  it('S7.8 complete a job that runs once', async () => {
    const { create, job, runs, advance } = await begin();
    const id = await create({ runOnce: true });
    advance(3 * HOUR);
    expect(states(await runs(id))).toEqual(['COMPLETED']);
    const done = await job(id);
    expect(done.state).toBe('COMPLETED');
    expect(done.nextReplicationRunStartTime).toBeUndefined();
  });

  it('S7.8 fail a job that runs once', async () => {
    const { create, job, advance, endpoint } = await begin();
    endpoint.setFaults({ failures: [{ server: VM, stage: 'Uploading', message: 'no' }] });
    const id = await create({ runOnce: true });
    advance(3 * HOUR);
    expect(await job(id)).toMatchObject({ state: 'FAILED', statusMessage: 'no' });
  });

  it('S7.9 pause their job after three failures in a row', async () => {
    const { create, job, advance, endpoint } = await begin();
    const fail = () => {
      endpoint.setFaults({ failures: [{ server: 'awsscrum-lnx1', stage: 'Uploading', message: 'no' }] });
    };
    const after = async (faults: () => void) => {
      faults();
      advance(12 * HOUR);
      const { state, statusMessage } = await job(id);
      messages.push(statusMessage);
      return state;
    };
    const id = await create({ seedReplicationTime: (START + 10 * HOUR) / 1000 });
    const messages: (string | undefined)[] = [];
    const heal = () => {
      endpoint.setFaults({});
    };
    const seen = [];
    for (const faults of [heal, fail, fail, heal, fail, fail, fail]) seen.push(await after(faults));
    expect(seen).toEqual([
      'ACTIVE',
      'FAILING',
      'FAILING',
      'ACTIVE',
      'FAILING',
      'FAILING',
      'PAUSED_ON_FAILURE',
    ]);
    expect(messages).toEqual(seen.map((state) => (state === 'ACTIVE' ? undefined : 'no')));
  });

  it('S7.10 do not start while their job is paused, and the job is deleted after four days', async () => {
    const { create, job, runs, advance, endpoint } = await begin();
    endpoint.setFaults({ failures: [{ server: VM, stage: 'Uploading' }] });
    const id = await create({ frequency: 1 });
    const until = async (state: string) => {
      for (let minute = 0; minute < 600 && (await job(id)).state !== state; minute += 1) advance(MINUTE);
      expect((await job(id)).state).toBe(state);
    };
    await until('PAUSED_ON_FAILURE');
    endpoint.setFaults({});
    const before = await runs(id);
    expect(states(before).slice(0, 2)).toEqual(['DELETED', 'FAILED']);
    advance(4 * DAY - 5 * MINUTE);
    expect(await runs(id)).toEqual(before);
    expect((await job(id)).state).toBe('PAUSED_ON_FAILURE');
    advance(5 * MINUTE);
    advance(20 * SECOND);
    expect((await job(id)).state).toBe('DELETED');
  });

  it('S7.11 fail their job at once if the licence is not allowed', async () => {
    const test = await begin();
    const id = await test.create({ licenseType: 'AWS' });
    test.advance(HOUR);
    expect((await test.job(id)).state).toBe('ACTIVE');
    test.advance(2 * HOUR);
    const [pending, failed] = await test.runs(id);
    expect(states([pending, failed].filter((run) => run !== undefined))).toEqual(['DELETED', 'FAILED']);
    expect(failed?.statusMessage).toMatch(/^ClientError: License type AWS is not compatible .*Red Hat/);
    expect(await test.job(id)).toMatchObject({ state: 'FAILED', statusMessage: failed?.statusMessage });
  });

  it('S7.11 succeed with an allowed licence', async () => {
    const test = await begin();
    const windows = await named(test, 'awsscrum-win1');
    const client = await named(test, 'vdi-fin01');
    const [aws, byol, wrong] = [
      await test.create({ serverId: windows, licenseType: 'AWS', runOnce: true }),
      await test.create({ serverId: VM, licenseType: 'BYOL', runOnce: true }),
      await test.create({ serverId: client, licenseType: 'AWS', runOnce: true }),
    ];
    test.advance(5 * HOUR);
    expect(await Promise.all([aws, byol, wrong].map(async (id) => (await test.job(id)).state))).toEqual([
      'COMPLETED',
      'COMPLETED',
      'FAILED',
    ]);
  });

  it.each(['p-novell-arch01', 'p-sun-ldap01', 'op-fw-log01', 'op-scan01'])(
    'S7.12 fail for the guest of %s',
    async (name) => {
      const test = await begin();
      const id = await test.create({ serverId: await named(test, name) });
      test.advance(10 * HOUR);
      const failed = (await test.runs(id)).find(({ state }) => state === 'FAILED');
      expect(failed?.statusMessage).toMatch(/^FirstBootFailure: /);
      expect((await test.job(id)).state).toBe('FAILING');
    },
  );
});
