import { ListApplicationsCommand, ListWavesCommand, UnarchiveApplicationCommand } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginSteps, CUT_OVER, FINALIZED, group, type Steps, verdictOn } from './steps.ts';

const VMS = ['awsscrum-lnx1', 'awsscrum-lnx2', 'awsscrum-win1'];

async function archived({ client }: Steps): Promise<readonly (string | undefined)[]> {
  const [applications, waves] = await Promise.all([
    client.send(new ListApplicationsCommand({ filters: { isArchived: true } })),
    client.send(new ListWavesCommand({ filters: { isArchived: true } })),
  ]);
  return [...(applications.items ?? []), ...(waves.items ?? [])].map(({ name }) => name).toSorted();
}

describe('archiving', () => {
  it('takes applications and waves along with their last servers', async () => {
    const test = await beginSteps(VMS);
    await group(test, 'sdsc-01', { web: [0, 1], db: [2] });
    await test.go(...FINALIZED);
    const [first = '', second = '', third = ''] = test.ids;
    expect(await test.take('MarkAsArchived', [first])).toEqual([{ id: first }]);
    expect(await archived(test)).toEqual([]);
    const [result] = await test.take('MarkAsArchived', [second]);
    expect(result?.detail).toMatch(/^with app-\w{17}$/);
    expect(await archived(test)).toEqual(['web']);
    const [last] = await test.take('MarkAsArchived', [third]);
    expect(last?.detail).toMatch(/^with app-\w{17} and wave-\w{17}$/);
    expect(await archived(test)).toEqual(['db', 'sdsc-01', 'web']);
    expect((await test.observed()).map((job) => verdictOn('archive', job).kind)).toEqual(
      Array(3).fill('reached'),
    );
  });

  it('takes them along in one step', async () => {
    const test = await beginSteps(VMS);
    await group(test, 'sdsc-01', { web: [0, 1], db: [2], unused: [] });
    await test.go(...FINALIZED);
    await test.take('MarkAsArchived');
    expect(await archived(test)).toEqual(['db', 'sdsc-01', 'web']);
  });

  it('leaves those of others, and those with servers that are not archived', async () => {
    const test = await beginSteps(VMS);
    await group(test, 'sdsc-01', { web: [0] });
    await group(test, 'theirs', { shared: [1] }, 'other');
    await test.go(...FINALIZED);
    await test.take('MarkAsArchived', test.ids.slice(0, 2));
    expect(await archived(test)).toEqual(['sdsc-01', 'web']);
  });

  it('leaves a wave as long as an application of it goes on', async () => {
    const test = await beginSteps(VMS);
    await group(test, 'sdsc-01', { web: [0], db: [1, 2] });
    await test.go(...CUT_OVER);
    const one = test.ids.slice(0, 1);
    await test.take('FinalizeCutover', one);
    await test.take('MarkAsArchived', one);
    expect(await archived(test)).toEqual(['web']);
  });

  it('is tried again where an application could not be archived, and the plan says so', async () => {
    const test = await beginSteps(VMS.slice(0, 2));
    await group(test, 'sdsc-01', { web: [0, 1] });
    await test.go(...FINALIZED);
    test.endpoint.setFaults({ throttling: { rate: 1, operations: ['ArchiveApplication', 'ArchiveWave'] } });
    const results = await test.take('MarkAsArchived');
    for (const { error } of results)
      expect(error?.message).toMatch(
        /^the server is archived, but application app-\w{17} could not be archived: /,
      );
    expect(await archived(test)).toEqual([]);
    test.endpoint.setFaults({});

    const verdicts = (await test.observed()).map((job) => verdictOn('archive', job));
    expect(verdicts).toEqual(
      Array(2).fill({
        kind: 'step',
        step: 'MarkAsArchived',
        remaining: [],
        effects: ['archives its application or wave'],
      }),
    );
    await test.go('MarkAsArchived');
    expect(await archived(test)).toEqual(['sdsc-01', 'web']);
    expect((await test.observed()).map((job) => verdictOn('archive', job).kind)).toEqual([
      'reached',
      'reached',
    ]);
  });

  it.each(['lostReplies', 'cutReplies'])('outlives %s', async (fault) => {
    const test = await beginSteps(VMS);
    await group(test, 'sdsc-01', { web: [0, 1], db: [2] });
    await test.go(...FINALIZED);
    const operations = ['MarkAsArchived', 'ArchiveApplication', 'ArchiveWave', 'ListApplications'];
    test.endpoint.setFaults({ [fault]: { rate: 0.5, operations } });
    const results = await test.take('MarkAsArchived');
    expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
    test.endpoint.setFaults({});
    expect(await archived(test)).toEqual(['db', 'sdsc-01', 'web']);
  });

  it('is done again where people have taken an application out of the archive', async () => {
    const test = await beginSteps(VMS.slice(0, 1));
    await group(test, 'sdsc-01', { web: [0] });
    await test.go(...FINALIZED, 'MarkAsArchived');
    const { items: [application] = [] } = await test.client.send(new ListApplicationsCommand({}));
    const { applicationID } = application ?? {};
    await test.client.send(new UnarchiveApplicationCommand({ applicationID }));
    expect((await test.observed()).map((job) => verdictOn('archive', job).kind)).toEqual(['step']);
    await test.go('MarkAsArchived');
    expect(await archived(test)).toEqual(['sdsc-01', 'web']);
  });
});
