import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { begin, restart, VM } from './support.ts';
import type { Body, TestEndpoint } from './support.ts';

const idsOf = ({
  serverList = [],
  replicationJobList = [],
  replicationRunList = [],
  connectorList = [],
}: Body) => [
  ...serverList.map(({ serverId }) => serverId),
  ...replicationJobList.map(({ replicationJobId }) => replicationJobId),
  ...replicationRunList.map(({ replicationRunId }) => replicationRunId),
  ...connectorList.map(({ connectorId }) => connectorId),
];

/** All ids of a list; `between` runs between one page and the next. */
async function collect(
  { ok }: TestEndpoint,
  operation: string,
  input: object,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const ids: string[] = [];
  for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
    const page = await ok(operation, { ...input, nextToken });
    ids.push(...idsOf(page));
    nextToken = page.nextToken;
    if (nextToken !== undefined) await between();
  }
  return ids;
}

/** An endpoint with jobs for `count` servers. */
async function withJobs(count: number): Promise<{ test: TestEndpoint; servers: string[]; jobs: string[] }> {
  const test = await begin();
  const servers = idsOf(await test.ok('GetServers', { maxResults: 1000 }));
  const jobs: string[] = [];
  for (const serverId of servers.slice(0, count)) jobs.push(await test.create({ serverId }));
  return { test, servers, jobs };
}

describe('pages', () => {
  it('S4.1 holds 50 unless asked for 1 to 1,000', async () => {
    const { ok, call } = await begin();
    expect((await ok('GetServers')).serverList).toHaveLength(50);
    expect((await ok('GetServers', { maxResults: 1 })).serverList).toHaveLength(1);
    expect((await ok('GetServers', { maxResults: 1000 })).serverList?.length).toBeGreaterThan(280);
    for (const maxResults of [0, -1, 1001]) {
      expect((await call('GetServers', { maxResults })).body.__type).toBe('InvalidParameterException');
    }
  });

  it('S4.2 is complete at any size of page', async () => {
    const { test, servers, jobs } = await withJobs(7);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (maxResults) => {
        if (maxResults > 20) expect(await collect(test, 'GetServers', { maxResults })).toEqual(servers);
        expect(await collect(test, 'GetReplicationJobs', { maxResults })).toEqual(jobs);
      }),
      { numRuns: 20 },
    );
    expect(await collect(test, 'GetConnectors', { maxResults: 1 })).toHaveLength(2);
  });

  it('S4.2 neither loses nor repeats items while others are added and removed', async () => {
    const { test, servers, jobs } = await withJobs(6);
    const later = servers.slice(6);
    const seen = await collect(test, 'GetReplicationJobs', { maxResults: 2 }, async () => {
      await test.ok('DeleteReplicationJob', { replicationJobId: jobs[0] });
      if (later.length > 280) await test.create({ serverId: later.shift() });
    });
    expect(seen.slice(0, jobs.length)).toEqual(jobs);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('S4.2 lists runs that were there at the start, even if more are scheduled between pages', async () => {
    const test = await begin();
    const replicationJobId = await test.create({ frequency: 1 });
    test.advance(5 * 3_600_000);
    const before = (await test.runs(replicationJobId)).map((run) => run.replicationRunId);
    const seen = await collect(test, 'GetReplicationRuns', { replicationJobId, maxResults: 2 }, () => {
      test.advance(3_600_000);
      return Promise.resolve();
    });
    expect(seen).toEqual(before);
  });

  it('S4.3 the last page has no nextToken', async () => {
    const { test } = await withJobs(4);
    expect((await test.ok('GetReplicationJobs', { maxResults: 3 })).nextToken).toBeDefined();
    expect((await test.ok('GetReplicationJobs', { maxResults: 4 })).nextToken).toBeUndefined();
    expect((await test.ok('GetServers', { maxResults: 1000 })).nextToken).toBeUndefined();
  });

  it('S4.4 refuses a token that was changed', async () => {
    const { ok, call } = await begin();
    const { nextToken = '' } = await ok('GetServers', { maxResults: 1 });
    const changed = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.nat(nextToken.length - 1), fc.base64String())
        .map(([at, text]) => `${nextToken.slice(0, at)}${text}${nextToken.slice(at + 1)}`),
      fc.nat(nextToken.length - 1).map((length) => nextToken.slice(0, length)),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (token) => {
        fc.pre(token !== nextToken);
        expect((await call('GetServers', { nextToken: token })).body.__type).toBe(
          'InvalidParameterException',
        );
      }),
    );
  });

  it('S4.4 refuses a token in any other spelling of the same bytes', async () => {
    const { ok, call } = await begin();
    const { nextToken = '' } = await ok('GetServers', { maxResults: 1 });
    const spare = Buffer.from(nextToken, 'base64url').toString('base64');
    for (const token of [`${nextToken}=`, `${nextToken} `, `!${nextToken}`, `${nextToken}\n`, `${spare}==`]) {
      expect((await call('GetServers', { nextToken: token })).body.__type).toBe('InvalidParameterException');
    }
  });

  it('S4.4 refuses a token of another operation or of other parameters', async () => {
    const { test, jobs } = await withJobs(2);
    const { nextToken } = await test.ok('GetReplicationJobs', { maxResults: 1 });
    const [first, second] = jobs;
    const runs = await test.ok('GetReplicationRuns', { replicationJobId: first, maxResults: 1 });
    expect(runs.nextToken).toBeDefined();
    const wrong: [string, object][] = [
      ['GetServers', { nextToken }],
      ['GetConnectors', { nextToken }],
      ['GetReplicationJobs', { nextToken, replicationJobId: first }],
      ['GetReplicationRuns', { nextToken, replicationJobId: first }],
      ['GetReplicationRuns', { nextToken: runs.nextToken, replicationJobId: second }],
      ['GetServers', { nextToken, vmServerAddressList: [{ vmManagerId: 'a', vmId: 'b' }] }],
    ];
    for (const [operation, input] of wrong) {
      expect((await test.call(operation, input)).body.__type).toBe('InvalidParameterException');
    }
  });

  it('S4.4 refuses a token of another state', async () => {
    const { nextToken } = await (await begin()).ok('GetServers', { maxResults: 1 });
    const { body } = await (await begin()).call('GetServers', { nextToken });
    expect(body.__type).toBe('InvalidParameterException');
  });

  it('S4.5 a token is valid after a restart', async () => {
    const before = await begin();
    const { serverList, nextToken } = await before.ok('GetServers', { maxResults: 100 });
    const after = await restart(before);
    const rest = await after.ok('GetServers', { maxResults: 1000, nextToken });
    expect(rest.serverList).toHaveLength(
      (await collect(after, 'GetServers', {})).length - (serverList?.length ?? 0),
    );
    expect(rest.serverList?.some(({ serverId }) => serverId === VM)).toBe(
      !serverList?.some(({ serverId }) => serverId === VM),
    );
  });
});
