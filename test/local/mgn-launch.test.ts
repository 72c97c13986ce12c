import {
  ChangeServerLifeCycleStateCommand,
  DeleteJobCommand,
  DeleteSourceServerCommand,
  DescribeJobLogItemsCommand,
  DescribeJobsCommand,
  DisconnectFromServiceCommand,
  FinalizeCutoverCommand,
  MarkAsArchivedCommand,
  PauseReplicationCommand,
  StartCutoverCommand,
  StartReplicationCommand,
  StartTestCommand,
  StopReplicationCommand,
  TagResourceCommand,
  TerminateTargetInstancesCommand,
  UpdateLaunchConfigurationCommand,
} from '@aws-sdk/client-mgn';
import type { SourceServer } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, readyForTest, refusal, serverById, tested, WINDOWS } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { HOUR, MINUTE } from './support.ts';
import { linuxes } from './jobs.ts';

const calls = ({ client }: MgnTest, id: string) => {
  const [ids, one] = [{ sourceServerIDs: [id] }, { sourceServerID: id }];
  return {
    test: () => client.send(new StartTestCommand(ids)),
    cutover: () => client.send(new StartCutoverCommand(ids)),
    terminate: () => client.send(new TerminateTargetInstancesCommand(ids)),
    finalize: () => client.send(new FinalizeCutoverCommand(one)),
    archive: () => client.send(new MarkAsArchivedCommand(one)),
    change: (state: 'READY_FOR_TEST' | 'READY_FOR_CUTOVER' | 'CUTOVER') =>
      client.send(new ChangeServerLifeCycleStateCommand({ ...one, lifeCycle: { state } })),
    now: () => serverById(client, id),
  };
};

async function cuttingOver(...names: string[]): Promise<{ test: MgnTest; ids: string[] }> {
  const test = await beginMgn();
  const ids = await tested(test, ...names);
  for (const id of ids) await calls(test, id).change('READY_FOR_CUTOVER');
  await test.client.send(new StartCutoverCommand({ sourceServerIDs: ids }));
  return { test, ids };
}

describe('tests and cutovers', () => {
  it('S20.1 start in the order of a migration', async () => {
    const test = await beginMgn();
    const id = await test.id(LINUX);
    const { test: start, cutover, change } = calls(test, id);
    expect(await refusal(start())).toBe('ConflictException');
    await readyForTest(test, LINUX);
    const other = await test.id(WINDOWS);
    const both = test.client.send(new StartTestCommand({ sourceServerIDs: [id, other] }));
    await expect(both).rejects.toMatchObject({ name: 'ConflictException', errors: [{ resourceId: other }] });
    expect(await refusal(cutover())).toBe('ConflictException');
    await start();
    test.advance(HOUR);
    await start();
    test.advance(HOUR);
    expect(await refusal(cutover())).toBe('ConflictException');
    await change('READY_FOR_CUTOVER');
    expect(await refusal(start())).toBe('ConflictException');
    await cutover();
    test.advance(HOUR);
    await cutover();
    const missing = calls(test, 's-0123456789abcdef0');
    for (const call of [missing.test, missing.cutover, missing.terminate]) {
      expect(await refusal(call())).toBe('ValidationException');
    }
  });

  it('S20.2 are jobs that never fail', async () => {
    const test = await beginMgn({ faults: { launchFailures: [{ server: WINDOWS }] } });
    const sourceServerIDs = await readyForTest(test, LINUX, WINDOWS);
    const { job } = await test.client.send(new StartTestCommand({ sourceServerIDs, tags: { a: 'b' } }));
    expect(job).toMatchObject({ status: 'PENDING', tags: { a: 'b' } });
    const seen: string[] = [];
    for (let step = 0; step < 100; step += 1) {
      const [now] = await test.jobs();
      const states = (now?.participatingServers ?? []).map(({ launchStatus }) => launchStatus);
      const text = [now?.status, ...states].join(' ');
      if (text !== seen.at(-1)) seen.push(text);
      test.advance(15_000);
    }
    expect(seen).toEqual([
      'PENDING PENDING PENDING',
      'STARTED IN_PROGRESS IN_PROGRESS',
      'STARTED LAUNCHED IN_PROGRESS',
      'COMPLETED LAUNCHED FAILED',
    ]);
    const [done] = await test.jobs();
    expect(Date.parse(done?.endDateTime ?? '')).toBeGreaterThan(Date.parse(done?.creationDateTime ?? ''));
  });

  it('S20.3 change the lifecycle at once, and the instance when it is launched', async () => {
    const test = await beginMgn();
    const [id = ''] = await readyForTest(test, LINUX);
    const { test: start, now } = calls(test, id);
    const { job } = await start();
    const begun = await now();
    expect(begun.lifeCycle).toMatchObject({
      state: 'TESTING',
      lastTest: { initiated: { jobID: job?.jobID } },
    });
    expect(begun.launchedInstance).toBeUndefined();
    test.advance(HOUR);
    const { launchedInstance: first } = await now();
    expect(first).toMatchObject({ jobID: job?.jobID, firstBoot: 'SUCCEEDED' });
    const [launching] = await test.jobs();
    expect(launching?.participatingServers?.[0]?.launchedEc2InstanceID).toBe(first?.ec2InstanceID);
    test.endpoint.setFaults({ launchFailures: [{ server: LINUX }] });
    await start();
    test.advance(HOUR);
    const after = await now();
    expect(after.launchedInstance).toEqual(first);
    expect(after.lifeCycle?.state).toBe('TESTING');
    const [failed] = await test.jobs();
    const log = await test.client.send(new DescribeJobLogItemsCommand({ jobID: failed?.jobID }));
    expect(log.items?.map(({ event }) => event)).not.toContain('CLEANUP_START');
    test.endpoint.setFaults({});
    await start();
    test.advance(HOUR);
    expect((await now()).launchedInstance?.ec2InstanceID).not.toBe(first?.ec2InstanceID);
  });

  it('S20.4 other actions on their servers are refused', async () => {
    const test = await beginMgn();
    const ids = await readyForTest(test, LINUX, WINDOWS);
    const [id = ''] = ids;
    await test.client.send(new StartTestCommand({ sourceServerIDs: ids }));
    const { test: start, cutover, terminate, finalize, change, archive } = calls(test, id);
    const sourceServerID = id;
    const attempts = [
      start,
      cutover,
      terminate,
      finalize,
      archive,
      () => change('READY_FOR_CUTOVER'),
      () => test.client.send(new PauseReplicationCommand({ sourceServerID })),
      () => test.client.send(new StopReplicationCommand({ sourceServerID })),
      () => test.client.send(new DisconnectFromServiceCommand({ sourceServerID })),
      () => test.client.send(new DeleteSourceServerCommand({ sourceServerID })),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        name: 'ConflictException',
        message:
          'One or more of the Source Servers included in API call are currently being processed by a Job',
      });
    }
    test.advance(HOUR);
    expect(await refusal(change('READY_FOR_CUTOVER'))).toBe('accepted');
  });

  it('S20.5 go forward and back', async () => {
    const test = await beginMgn();
    const [id = ''] = await readyForTest(test, LINUX);
    const { test: start, cutover, change, now } = calls(test, id);
    // The test is skipped.
    expect(await refusal(change('READY_FOR_CUTOVER'))).toBe('accepted');
    expect(await refusal(change('READY_FOR_TEST'))).toBe('accepted');
    expect(await refusal(change('CUTOVER'))).toBe('ConflictException');
    await start();
    test.advance(HOUR);
    expect((await change('READY_FOR_TEST')).lifeCycle?.lastTest?.reverted).toBeDefined();
    await start();
    test.advance(HOUR);
    const ready = await change('READY_FOR_CUTOVER');
    expect(ready.lifeCycle).toMatchObject({ state: 'READY_FOR_CUTOVER', lastTest: { finalized: {} } });
    expect(ready.lifeCycle?.lastTest?.finalized?.apiCallDateTime).toBeUndefined();
    await cutover();
    test.advance(HOUR);
    expect((await change('READY_FOR_CUTOVER')).lifeCycle?.lastCutover?.reverted).toBeDefined();
    await cutover();
    test.advance(HOUR);
    await change('READY_FOR_TEST');
    expect((await now()).lifeCycle?.state).toBe('READY_FOR_TEST');
    const fresh = calls(test, await test.id(WINDOWS));
    expect(await refusal(fresh.change('READY_FOR_TEST'))).toBe('ConflictException');
  });

  it('S20.7 end with the instances’ termination', async () => {
    const test = await beginMgn();
    const [id = ''] = await tested(test, LINUX);
    const { terminate, change, cutover, finalize, now } = calls(test, id);
    expect(await refusal(terminate())).toBe('ConflictException');
    await change('READY_FOR_CUTOVER');
    const { job } = await terminate();
    expect(job).toMatchObject({ type: 'TERMINATE', initiatedBy: 'TERMINATE' });
    expect((await now()).launchedInstance).toBeDefined();
    test.advance(5 * MINUTE);
    expect((await now()).launchedInstance).toBeUndefined();
    expect((await test.jobs())[0]?.participatingServers).toMatchObject([{ launchStatus: 'TERMINATED' }]);
    expect(await refusal(terminate())).toBe('ConflictException');
    await cutover();
    test.advance(HOUR);
    expect(await refusal(terminate())).toBe('ConflictException');
    await finalize();
    expect(await refusal(terminate())).toBe('ConflictException');
  });

  it('S20.8 are finalized', async () => {
    const { test, ids } = await cuttingOver(LINUX);
    const { finalize, now } = calls(test, ids[0] ?? '');
    expect(await refusal(finalize())).toBe('ConflictException');
    test.advance(HOUR);
    const final = await finalize();
    expect(final.lifeCycle).toMatchObject({ state: 'CUTOVER', lastCutover: { finalized: {} } });
    expect(final.dataReplicationInfo).toMatchObject({ dataReplicationState: 'DISCONNECTED' });
    expect((await now()).launchedInstance).toBeDefined();
    expect(await refusal(finalize())).toBe('ConflictException');
  });

  it('S20.8 are not finalized without a cutover instance', async () => {
    const { test, ids } = await cuttingOver(LINUX);
    const { change, cutover, finalize } = calls(test, ids[0] ?? '');
    test.advance(HOUR);
    await change('READY_FOR_CUTOVER');
    test.endpoint.setFaults({ launchFailures: [{ server: LINUX }] });
    await cutover();
    test.advance(HOUR);
    expect(await refusal(finalize())).toBe('ConflictException');
  });

  it('S20.8 reply with the disks as they were', async () => {
    const { test, ids } = await cuttingOver(LINUX);
    const { finalize, now } = calls(test, ids[0] ?? '');
    test.advance(HOUR);
    const bytes = ({ dataReplicationInfo: info }: SourceServer) =>
      info?.replicatedDisks?.map(({ totalStorageBytes }) => totalStorageBytes);
    const final = await finalize();
    expect(bytes(final)).toEqual([27 * 2 ** 30]);
    expect(final.dataReplicationInfo?.dataReplicationInitiation?.steps?.map(({ status }) => status)).toEqual(
      Array<string>(11).fill('NOT_STARTED'),
    );
    expect(bytes(await now())).toEqual([0]);
  });

  it('S20.13 can be finalized with a disconnect', async () => {
    const { test, ids } = await cuttingOver(LINUX);
    const [sourceServerID = ''] = ids;
    const { change } = calls(test, sourceServerID);
    test.advance(HOUR);
    expect(await refusal(change('CUTOVER'))).toBe('ConflictException');
    await test.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    const final = await change('CUTOVER');
    expect(final.lifeCycle).toMatchObject({
      state: 'CUTOVER',
      lastCutover: { finalized: { apiCallDateTime: expect.any(String) } },
    });
    expect(await refusal(change('CUTOVER'))).toBe('accepted');
    expect(await refusal(change('READY_FOR_CUTOVER'))).toBe('ConflictException');
  });

  it('S20.9 finished servers can be archived', async () => {
    const { test, ids } = await cuttingOver(LINUX);
    const sourceServerID = ids[0] ?? '';
    const { archive, finalize } = calls(test, sourceServerID);
    test.advance(HOUR);
    expect(await refusal(archive())).toBe('ConflictException');
    await finalize();
    const { isArchived, arn } = await archive();
    expect(isArchived).toBe(true);
    expect(await refusal(archive())).toBe('accepted');
    for (const call of [
      test.client.send(new StartReplicationCommand({ sourceServerID })),
      test.client.send(new UpdateLaunchConfigurationCommand({ sourceServerID, copyTags: true })),
    ]) {
      expect(await refusal(call)).toBe('ConflictException');
    }
    await test.client.send(new TagResourceCommand({ resourceArn: arn, tags: { a: 'b' } }));
    await test.client.send(new DeleteSourceServerCommand({ sourceServerID }));
  });

  it.each([
    ['CentOS 7 (64-bit)', false, 'FAILED'],
    ['CentOS 7 (64-bit)', true, 'LAUNCHED'],
    ['Microsoft Windows Server 2016 (64-bit)', false, 'LAUNCHED'],
    ['Microsoft Windows Server 2016 (64-bit)', true, 'FAILED'],
    ['Microsoft Windows 10 (64-bit)', false, 'FAILED'],
    ['Microsoft Windows 10 (64-bit)', true, 'FAILED'],
    ['', false, 'LAUNCHED'],
  ])('S20.10 of %p with osByol %p are %s', async (os, osByol, status) => {
    const test = await beginMgn();
    await test.endpoint.load(linuxes([{ os }]));
    const [id = ''] = await readyForTest(test, 'vm0');
    const update = { sourceServerID: id, licensing: { osByol } };
    await test.client.send(new UpdateLaunchConfigurationCommand(update));
    await calls(test, id).test();
    test.advance(HOUR);
    const [job] = await test.jobs();
    expect(job?.participatingServers).toMatchObject([{ launchStatus: status }]);
    const { items = [] } = await test.client.send(new DescribeJobLogItemsCommand({ jobID: job?.jobID }));
    const errors = items.filter(({ event }) => event === 'LAUNCH_FAILED');
    expect(
      errors.map(({ eventData }) => eventData?.rawError?.length ?? 0).every((length) => length > 20),
    ).toBe(true);
    expect(errors).toHaveLength(status === 'FAILED' ? 1 : 0);
  });

  it('S20.11 are listed by ids and dates, and can be deleted when they are complete', async () => {
    const test = await beginMgn();
    const ids = await readyForTest(test, LINUX, WINDOWS);
    const made: { jobID: string; at: string }[] = [];
    for (const id of ids) {
      const { job } = await calls(test, id).test();
      made.push({ jobID: job?.jobID ?? '', at: new Date(job?.creationDateTime ?? '').toISOString() });
      test.advance(MINUTE);
    }
    const [first, second] = made;
    const found = async (filters: object) =>
      ((await test.client.send(new DescribeJobsCommand({ filters }))).items ?? []).map(({ jobID }) => jobID);
    expect(await found({})).toEqual([second?.jobID, first?.jobID]);
    expect(await found({ jobIDs: [first?.jobID] })).toEqual([first?.jobID]);
    expect(await found({ fromDate: second?.at })).toEqual([second?.jobID]);
    expect(await found({ toDate: first?.at })).toEqual([first?.jobID]);
    const page = await test.client.send(new DescribeJobsCommand({ maxResults: 1 }));
    const rest = await test.client.send(
      new DescribeJobsCommand({ nextToken: page.nextToken ?? '', maxResults: 1 }),
    );
    expect([page.items?.[0]?.jobID, rest.items?.[0]?.jobID, rest.nextToken]).toEqual([
      second?.jobID,
      first?.jobID,
      undefined,
    ]);
    const remove = () => test.client.send(new DeleteJobCommand({ jobID: first?.jobID }));
    expect(await refusal(remove())).toBe('ConflictException');
    test.advance(HOUR);
    await remove();
    expect(await found({})).toEqual([second?.jobID]);
    expect(await refusal(remove())).toBe('ResourceNotFoundException');
  });

  it('S20.12 log the cleanup of the instance that they replace', async () => {
    const test = await beginMgn();
    const ids = await tested(test, LINUX);
    const first = (await calls(test, ids[0] ?? '').now()).launchedInstance?.ec2InstanceID;
    await calls(test, ids[0] ?? '').test();
    test.advance(HOUR);
    const [job] = await test.jobs();
    const second = job?.participatingServers?.[0]?.launchedEc2InstanceID;
    const { items = [] } = await test.client.send(new DescribeJobLogItemsCommand({ jobID: job?.jobID }));
    expect(items.map(({ event }) => event)).toEqual([
      ...['JOB_START', 'CLEANUP_START', 'CLEANUP_END', 'SNAPSHOT_START', 'SNAPSHOT_END'],
      ...['CONVERSION_START', 'CONVERSION_END', 'LAUNCH_START', 'JOB_END'],
    ]);
    const targets = items.map(({ eventData }) => eventData?.targetInstanceID);
    expect([targets[1], targets[7], first === second]).toEqual([first, second, false]);
    expect(items[5]?.eventData?.conversionServerID).toMatch(/^i-[0-9a-f]{17}$/);
  });

  it('S20.12 have a log of all events so far', async () => {
    const test = await beginMgn({
      faults: { launchFailures: [{ server: WINDOWS, message: 'no capacity' }] },
    });
    const ids = await readyForTest(test, LINUX, WINDOWS);
    const { job } = await test.client.send(new StartTestCommand({ sourceServerIDs: ids }));
    const log = async () => {
      const all = [];
      let nextToken: string | undefined;
      do {
        const input = { jobID: job?.jobID, maxResults: 3, ...(nextToken === undefined ? {} : { nextToken }) };
        const page = await test.client.send(new DescribeJobLogItemsCommand(input));
        all.push(...(page.items ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return all;
    };
    let before: unknown[] = [];
    for (let step = 0; step < 30; step += 1) {
      const now = await log();
      expect(now.slice(0, before.length)).toEqual(before);
      before = now;
      test.advance(MINUTE);
    }
    const items = await log();
    expect(items).toHaveLength(13);
    expect([items[0]?.event, items.at(-1)?.event]).toEqual(['JOB_START', 'JOB_END']);
    const times = items.map(({ logDateTime = '' }) => logDateTime);
    expect(times).toEqual([...times].sort());
    expect(items.at(-2)).toMatchObject({ event: 'LAUNCH_FAILED', eventData: { rawError: 'no capacity' } });
    const missing = new DescribeJobLogItemsCommand({ jobID: 'mgnjob-0123456789abcdef0' });
    expect(await refusal(test.client.send(missing))).toBe('ValidationException');
  });
});
