import {
  ArchiveApplicationCommand,
  DisconnectFromServiceCommand,
  StopReplicationCommand,
  StartTestCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { LINUX, servers } from '../../local/mgn.ts';
import { DAY } from '../../local/support.ts';
import { linuxes } from '../../local/jobs.ts';
import { type Account, beginAccount, leftBehind, operations, OWNER, SCOPE, withJob } from './account.ts';
import { callsOf } from './front-door.ts';

describe('letting go of a server', () => {
  it('takes it out of its application and leaves it replicating, with the tags of others', async () => {
    const { account, id } = await withJob({ description: 'x' });
    await account.open().delete(id);
    const server = await account.server(LINUX);
    expect(server.tags).toEqual({ Name: LINUX });
    expect(server).not.toHaveProperty('applicationID');
    expect(server.lifeCycle?.state).toBe('NOT_READY');
    expect(operations(account).slice(-1)).toEqual(['UntagResource']);
  });

  it('stops and disconnects it first where the target says so', async () => {
    const { account, id } = await withJob();
    await account.open({ prune: 'disconnect' }).delete(id);
    const server = await account.server(LINUX);
    expect(server).toMatchObject({ tags: { Name: LINUX }, lifeCycle: { state: 'DISCONNECTED' } });
    expect(operations(account)).toEqual([
      'DescribeSourceServers',
      'StopReplication',
      'DisconnectFromService',
      'ListApplications',
      'DisassociateSourceServers',
      'UntagResource',
    ]);
  });

  it.each<['release' | 'disconnect', (account: Account, id: string) => Promise<unknown>]>([
    ['release', () => Promise.resolve()],
    ['disconnect', () => Promise.resolve()],
    [
      'disconnect',
      ({ client }, sourceServerID) => client.send(new StopReplicationCommand({ sourceServerID })),
    ],
    [
      'disconnect',
      ({ client }, sourceServerID) => client.send(new DisconnectFromServiceCommand({ sourceServerID })),
    ],
  ])(
    'comes to the same end whatever call was the last, or whatever answer is lost (%s)',
    async (prune, first) => {
      const prepare = async () => {
        const made = await withJob();
        await first(made.account, made.id);
        return made;
      };
      const whole = await prepare();
      await whole.account.open({ prune }).delete(whole.id);
      const expected = await leftBehind(whole.account, [whole.id]);
      const calls = whole.account.door.calls.length;
      for (let k = 0; k < calls; k += 1) {
        const { account, id } = await prepare();
        account.door.closeAfter(k);
        await expect(account.open({ prune }).delete(id)).rejects.toMatchObject({
          code: 'ENDPOINT_UNREACHABLE',
        });
        account.door.closeAfter(Infinity);
        // While something is left to do, the marker has the next plan show it.
        const { tags } = await account.server(LINUX);
        if (tags?.['landfall:project'] === undefined) {
          expect(await leftBehind(account, [id])).toEqual(expected);
        }
        await account.open({ prune }).delete(id);
        expect(await leftBehind(account, [id])).toEqual(expected);
        const other = await prepare();
        other.account.door.loseAnswerOf(k);
        await other.account.open({ prune }).delete(other.id);
        expect(await leftBehind(other.account, [other.id])).toEqual(expected);
      }
    },
    120_000,
  );

  it('clears away what a create that was cut off has left', async () => {
    const account = await beginAccount();
    const request = await account.request(LINUX);
    account.door.closeAfter(8);
    await expect(account.open().create(request)).rejects.toMatchObject({ code: 'ENDPOINT_UNREACHABLE' });
    account.door.closeAfter(Infinity);
    const { jobs, unfinished } = await account.open().observe(SCOPE);
    expect([jobs, unfinished]).toMatchObject([
      [],
      [{ id: request.serverId, owner: OWNER, server: { name: LINUX } }],
    ]);
    await account.open({ prune: 'disconnect' }).delete(request.serverId);
    expect(await account.server(LINUX)).toMatchObject({
      tags: { Name: LINUX },
      lifeCycle: { state: 'DISCOVERED' },
    });
    expect(await account.server(LINUX)).not.toHaveProperty('applicationID');
    expect((await account.open().observe(SCOPE)).unfinished).toEqual([]);
  });

  it('does nothing for one that is gone', async () => {
    const { account } = await withJob();
    await account.open().delete('s-00000000000000000');
    expect(operations(account)).toEqual(['DescribeSourceServers']);
  });

  it('leaves one that is over in its archived application', async () => {
    const { account, id } = await withJob();
    await account.client.send(new DisconnectFromServiceCommand({ sourceServerID: id }));
    const applicationID = (await account.server(LINUX)).applicationID;
    await account.client.send(new ArchiveApplicationCommand({ applicationID }));
    await account.open({ prune: 'disconnect' }).delete(id);
    expect(operations(account)).toEqual(['DescribeSourceServers', 'ListApplications', 'UntagResource']);
  });

  it('is refused while a job processes it, and keeps its marker', async () => {
    const { account, id } = await withJob();
    account.advance(DAY);
    await account.client.send(new StartTestCommand({ sourceServerIDs: [id] }));
    await expect(account.open({ prune: 'disconnect' }).delete(id)).rejects.toMatchObject({
      message: expect.stringContaining('currently being processed by a Job') as unknown,
      remedy: expect.stringContaining('plan again') as unknown,
    });
    expect((await account.server(LINUX)).tags).toHaveProperty('landfall:project', 'ucop');
  });

  it('takes many out in calls of 50 at most', async () => {
    const account = await beginAccount();
    await account.endpoint.load(linuxes(Array.from({ length: 70 }, () => ({ gigabytes: 1 }))));
    const ids = (await servers(account.client)).map(({ sourceServerID = '' }) => sourceServerID);
    const provider = account.open();
    await Promise.all(ids.map((serverId) => provider.create({ serverId, settings: {}, owner: OWNER })));
    await Promise.all(ids.map((id) => provider.delete(id)));
    const sizes = callsOf(account.door, 'DisassociateSourceServers').map(
      ({ sourceServerIDs }) => (sourceServerIDs as string[]).length,
    );
    expect(sizes).toEqual([50, 20]);
    const { jobs } = await provider.observe(SCOPE);
    expect(jobs.filter(({ owner }) => owner !== undefined)).toEqual([]);
    expect(jobs).toHaveLength(70);
  });
});
