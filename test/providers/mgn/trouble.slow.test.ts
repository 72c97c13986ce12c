import { describe, expect, it } from '@jest/globals';
import type { CreateRequest } from '../../../src/core/provider.ts';
import { KEY, servers } from '../../local/mgn.ts';
import { linuxes } from '../../local/jobs.ts';
import { FakeClock } from '../sms/mocked.ts';
import { type Account, beginAccount, leftBehind, OWNER, SCOPE } from './account.ts';
import { callsOf } from './front-door.ts';

/** Twelve servers of three applications in two waves. */
async function twelve(account: Account): Promise<CreateRequest[]> {
  await account.endpoint.load(linuxes(Array.from({ length: 12 }, () => ({ gigabytes: 1 }))));
  const all = await servers(account.client);
  return all.map(({ sourceServerID = '' }, index) => ({
    serverId: sourceServerID,
    settings: { app: `app-${index % 3}`, 'mgn.replication.stagingAreaTags.a': '1', kmsKeyId: KEY },
    owner: { ...OWNER, wave: `wave-${(index % 3) % 2}` },
  }));
}

/** The order in which groups were made says nothing. */
async function outcome(account: Account, requests: readonly CreateRequest[]): Promise<unknown> {
  const all = (await leftBehind(
    account,
    requests.map(({ serverId }) => serverId),
  )) as Record<string, { name?: string }[]>;
  const byName = (a: { name?: string }, b: { name?: string }): number =>
    (a.name ?? '').localeCompare(b.name ?? '');
  return {
    ...all,
    waves: all['waves']?.toSorted(byName),
    applications: all['applications']?.toSorted(byName),
  };
}

async function undisturbed(): Promise<unknown> {
  const account = await beginAccount();
  const requests = await twelve(account);
  const provider = account.open();
  await Promise.all(requests.map((request) => provider.create(request)));
  return outcome(account, requests);
}

describe('a storm of faults', () => {
  it.each([1, 2, 3, 4, 5])('of seed %i leads to the same end, run by run', async (seed) => {
    const expected = await undisturbed();
    const account = await beginAccount();
    const requests = await twelve(account);
    account.endpoint.setFaults({ seed, internalErrors: 0.15, lostReplies: 0.15, cutReplies: 0.1 });
    let left = requests;
    for (let run = 0; left.length > 0 && run < 10; run += 1) {
      const provider = account.open();
      const outcomes = await Promise.allSettled(left.map((request) => provider.create(request)));
      left = left.filter((_, index) => outcomes[index]?.status === 'rejected');
    }
    account.endpoint.setFaults({});
    expect(left).toEqual([]);
    expect(await outcome(account, requests)).toEqual(expected);
  });

  it('throttling is waited out by the program’s clock', async () => {
    const account = await beginAccount();
    const requests = await twelve(account);
    account.endpoint.setFaults({
      seed: 1,
      throttling: { rate: 0.3, operations: ['CreateWave', 'TagResource'] },
    });
    const clock = new FakeClock();
    const provider = account.open({ clock });
    await Promise.all(requests.map((request) => provider.create(request)));
    expect(clock.slept.length).toBeGreaterThan(0);
  }, 120_000);

  it('two runs at once make everything once', async () => {
    const expected = await undisturbed();
    const account = await beginAccount();
    const requests = await twelve(account);
    const runs = [account.open(), account.open()];
    for (const run of runs) await run.observe(SCOPE);
    const outcomes = await Promise.allSettled(
      runs.flatMap((run) => requests.map((request) => run.create(request))),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await outcome(account, requests)).toEqual(expected);
  });
});

describe('calls', () => {
  it('carry no more ids than the service takes, and none twice', async () => {
    const account = await beginAccount();
    await account.endpoint.load(linuxes(Array.from({ length: 230 }, () => ({ gigabytes: 1 }))));
    const ids = (await servers(account.client)).map(({ sourceServerID = '' }) => sourceServerID);
    const provider = account.open({ apiRequests: 16 });
    const outcomes = await Promise.allSettled(
      ids.map((serverId) =>
        provider.create({ serverId, settings: { app: `a${Number(serverId > 's-8')}` }, owner: OWNER }),
      ),
    );
    // The endpoint has the service's own quota of servers that replicate.
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(150);
    for (const { sourceServerIDs } of callsOf(account.door, 'AssociateSourceServers')) {
      expect((sourceServerIDs as string[]).length).toBeLessThanOrEqual(50);
    }
    const asked = callsOf(account.door, 'DescribeSourceServers').map(
      ({ filters }) => (filters as { sourceServerIDs: string[] }).sourceServerIDs,
    );
    expect(asked.map(({ length }) => length)).toEqual([200, 30]);
    expect(account.door.mostInFlight).toBeLessThanOrEqual(16);
  });
});
