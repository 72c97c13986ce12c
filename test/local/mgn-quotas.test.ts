import {
  ArchiveApplicationCommand,
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateWaveCommand,
  PauseReplicationCommand,
  ResumeReplicationCommand,
  StartReplicationCommand,
  StartTestCommand,
  StopReplicationCommand,
  UnarchiveApplicationCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, refusal, servers } from './mgn.ts';
import type { MgnTest } from './mgn.ts';
import { DAY } from './support.ts';
import { linuxes } from './jobs.ts';

const FULL = 'ServiceQuotaExceededException';

/** An endpoint with so many servers, of which the first few replicate and are ready for a test. */
async function withServers(
  count: number,
  ready: number,
  quotas = {},
): Promise<{ test: MgnTest; ids: string[] }> {
  const test = await beginMgn({ mgn: { quotas } });
  await test.endpoint.load(linuxes(Array.from({ length: count }, () => ({ gigabytes: 1 }))));
  const ids = (await servers(test.client)).map(({ sourceServerID = '' }) => sourceServerID);
  for (const sourceServerID of ids.slice(0, ready)) {
    await test.client.send(new StartReplicationCommand({ sourceServerID }));
  }
  test.advance(DAY);
  return { test, ids };
}

const startTest = ({ client }: MgnTest, sourceServerIDs: string[]) =>
  client.send(new StartTestCommand({ sourceServerIDs }));

describe('quotas', () => {
  it('S23.1 S23.3 there are 20 jobs at once', async () => {
    const { test, ids } = await withServers(21, 21);
    for (const id of ids.slice(0, 20)) await startTest(test, [id]);
    await expect(startTest(test, ids.slice(20))).rejects.toMatchObject({
      ...{ name: FULL, quotaCode: 'L-FE2EBE17', quotaValue: 20 },
    });
    test.advance(DAY);
    expect(await refusal(startTest(test, ids.slice(20)))).toBe('accepted');
  });

  it('S23.1 there are 150 servers that replicate', async () => {
    const { test, ids } = await withServers(152, 150);
    const [first = '', ...rest] = ids;
    const [extra = '', last = ''] = rest.slice(-2);
    const start = (sourceServerID: string) =>
      test.client.send(new StartReplicationCommand({ sourceServerID }));
    await expect(start(extra)).rejects.toMatchObject({ name: FULL, quotaValue: 150 });
    await test.client.send(new PauseReplicationCommand({ sourceServerID: first }));
    await start(extra);
    const resume = new ResumeReplicationCommand({ sourceServerID: first });
    expect(await refusal(test.client.send(resume))).toBe(FULL);
    await test.client.send(new StopReplicationCommand({ sourceServerID: extra }));
    expect(await refusal(test.client.send(resume))).toBe('accepted');
    expect(await refusal(start(last))).toBe(FULL);
  });

  it('S23.1 S23.2 there are so many servers in jobs', async () => {
    const { test, ids } = await withServers(5, 4, { serversInActiveJobs: 3 });
    await startTest(test, ids.slice(0, 2));
    await expect(startTest(test, ids.slice(2, 4))).rejects.toMatchObject({ name: FULL, quotaValue: 3 });
    expect(await refusal(startTest(test, ids.slice(2, 3)))).toBe('accepted');
  });

  it('S23.1 there are 200 servers in jobs', async () => {
    const { test, ids } = await withServers(201, 201, { replicatingServers: 201 });
    await startTest(test, ids.slice(0, 200));
    await expect(startTest(test, ids.slice(200))).rejects.toMatchObject({ name: FULL, quotaValue: 200 });
  });

  it('S23.1 there are 200 applications and 200 waves that are not archived', async () => {
    const { client } = await beginMgn();
    let applicationID: string | undefined;
    for (let index = 0; index < 200; index += 1) {
      const made = await client.send(new CreateApplicationCommand({ name: `a${index}` }));
      applicationID = made.applicationID;
      await client.send(new CreateWaveCommand({ name: `w${index}` }));
    }
    const wave = client.send(new CreateWaveCommand({ name: 'w' }));
    await expect(wave).rejects.toMatchObject({ name: FULL, quotaValue: 200 });
    const more = () => client.send(new CreateApplicationCommand({ name: 'a' }));
    expect(await refusal(more())).toBe(FULL);
    await client.send(new ArchiveApplicationCommand({ applicationID }));
    expect(await refusal(more())).toBe('accepted');
    expect(await refusal(client.send(new UnarchiveApplicationCommand({ applicationID })))).toBe(FULL);
  });

  it('S23.1 S23.2 there are so many servers in an application, and applications in a wave', async () => {
    const test = await beginMgn({ mgn: { quotas: { applicationsPerWave: 2 } } });
    const { client } = test;
    const ids = (await servers(client)).map(({ sourceServerID = '' }) => sourceServerID);
    const { applicationID } = await client.send(new CreateApplicationCommand({ name: 'a' }));
    const put = (sourceServerIDs: string[]) =>
      client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs }));
    for (let at = 0; at < 200; at += 50) await put(ids.slice(at, at + 50));
    await expect(put(ids.slice(200, 201))).rejects.toMatchObject({ name: FULL, quotaValue: 200 });
    expect(await refusal(put(ids.slice(0, 50)))).toBe('accepted');
    const { waveID } = await client.send(new CreateWaveCommand({ name: 'w' }));
    const applicationIDs: string[] = [];
    for (const name of ['b', 'c', 'd']) {
      applicationIDs.push((await client.send(new CreateApplicationCommand({ name }))).applicationID ?? '');
    }
    const wave = client.send(new AssociateApplicationsCommand({ waveID, applicationIDs }));
    await expect(wave).rejects.toMatchObject({ name: FULL, quotaValue: 2 });
    expect((await test.server(LINUX)).sourceServerID).toBeDefined();
  });
});
