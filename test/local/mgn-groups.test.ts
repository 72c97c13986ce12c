import {
  ArchiveApplicationCommand,
  ArchiveWaveCommand,
  AssociateApplicationsCommand,
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateLaunchConfigurationTemplateCommand,
  CreateWaveCommand,
  DeleteApplicationCommand,
  DeleteWaveCommand,
  DescribeVcenterClientsCommand,
  DisassociateApplicationsCommand,
  DisassociateSourceServersCommand,
  DisconnectFromServiceCommand,
  ListApplicationsCommand,
  ListTagsForResourceCommand,
  ListWavesCommand,
  StartTestCommand,
  TagResourceCommand,
  UnarchiveApplicationCommand,
  UnarchiveWaveCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
  UpdateWaveCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, readyForTest, refusal, serverById, WINDOWS } from './mgn.ts';
import type { MgnTest } from './mgn.ts';

const application = async ({ client }: MgnTest, name: string) =>
  (await client.send(new CreateApplicationCommand({ name }))).applicationID ?? '';
const wave = async ({ client }: MgnTest, name: string) =>
  (await client.send(new CreateWaveCommand({ name }))).waveID ?? '';

/** A wave with an application with the founding document's VM. */
async function filled(): Promise<{ test: MgnTest; waveID: string; applicationID: string; server: string }> {
  const test = await beginMgn();
  const [waveID, applicationID, server] = [
    await wave(test, 'w'),
    await application(test, 'a'),
    await test.id(LINUX),
  ];
  await test.client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [server] }));
  await test.client.send(new AssociateApplicationsCommand({ waveID, applicationIDs: [applicationID] }));
  return { test, waveID, applicationID, server };
}

describe('applications and waves', () => {
  it('S21.1 have unique names', async () => {
    const test = await beginMgn();
    const { client } = test;
    const [applicationID, waveID] = [await application(test, 'same'), await wave(test, 'same')];
    expect(await refusal(client.send(new CreateApplicationCommand({ name: 'same' })))).toBe(
      'ConflictException',
    );
    expect(await refusal(client.send(new CreateWaveCommand({ name: 'same' })))).toBe('ConflictException');
    await application(test, 'other');
    const rename = (name: string) => client.send(new UpdateApplicationCommand({ applicationID, name }));
    expect(await refusal(rename('other'))).toBe('ConflictException');
    expect(await rename('same')).toMatchObject({ name: 'same' });
    expect(await rename('new')).toMatchObject({ applicationID, name: 'new' });
    const described = await client.send(new UpdateWaveCommand({ waveID, description: 'the first' }));
    expect(described).toMatchObject({ waveID, name: 'same', description: 'the first' });
    const missing = new UpdateWaveCommand({ waveID: 'wave-0123456789abcdef0', name: 'x' });
    expect(await refusal(client.send(missing))).toBe('ResourceNotFoundException');
  });

  it('S21.2 can be deleted only when they are empty', async () => {
    const { test, waveID, applicationID, server } = await filled();
    const { client } = test;
    const deleteWave = () => client.send(new DeleteWaveCommand({ waveID }));
    const deleteApplication = () => client.send(new DeleteApplicationCommand({ applicationID }));
    expect(await refusal(deleteWave())).toBe('ConflictException');
    const servers = { applicationID, sourceServerIDs: [server] };
    await client.send(new DisassociateSourceServersCommand(servers));
    expect(await refusal(deleteApplication())).toBe('ConflictException');
    await client.send(new DisassociateApplicationsCommand({ waveID, applicationIDs: [applicationID] }));
    await deleteWave();
    await deleteApplication();
    expect(await refusal(deleteWave())).toBe('ResourceNotFoundException');
    expect((await client.send(new ListApplicationsCommand({}))).items).toEqual([]);
  });

  it('S21.3 a member is in at most one group', async () => {
    const { test, waveID, applicationID, server } = await filled();
    const { client } = test;
    const [other, otherWave] = [await application(test, 'b'), await wave(test, 'v')];
    const put = (id: string, ids: string[]) =>
      client.send(new AssociateSourceServersCommand({ applicationID: id, sourceServerIDs: ids }));
    const windows = await test.id(WINDOWS);
    expect(await refusal(put(other, [windows, server]))).toBe('ConflictException');
    expect((await serverById(client, windows)).applicationID).toBeUndefined();
    await put(applicationID, [server, windows, windows]);
    expect((await serverById(client, windows)).applicationID).toBe(applicationID);
    expect(await refusal(put(other, ['s-0123456789abcdef0']))).toBe('ResourceNotFoundException');
    const move = (id: string) =>
      client.send(new AssociateApplicationsCommand({ waveID: id, applicationIDs: [applicationID] }));
    expect(await refusal(move(otherWave))).toBe('ConflictException');
    await move(waveID);
    const elsewhere = { applicationID: other, sourceServerIDs: [server] };
    await client.send(new DisassociateSourceServersCommand(elsewhere));
    expect((await serverById(client, server)).applicationID).toBe(applicationID);
    await client.send(
      new DisassociateApplicationsCommand({ waveID: otherWave, applicationIDs: [applicationID] }),
    );
    const { items } = await client.send(new ListApplicationsCommand({ filters: { waveIDs: [waveID] } }));
    expect(items).toMatchObject([{ applicationID }]);
  });

  it('S21.4 can be archived only when their servers are finished', async () => {
    const { test, waveID, applicationID, server } = await filled();
    const { client } = test;
    const archiveWave = () => client.send(new ArchiveWaveCommand({ waveID }));
    const archiveApplication = () => client.send(new ArchiveApplicationCommand({ applicationID }));
    expect(await refusal(archiveWave())).toBe('ConflictException');
    expect(await refusal(archiveApplication())).toBe('ConflictException');
    await readyForTest(test, LINUX);
    await client.send(new DisconnectFromServiceCommand({ sourceServerID: server }));
    expect((await archiveApplication()).isArchived).toBe(true);
    expect((await archiveWave()).isArchived).toBe(true);
    const windows = { applicationID, sourceServerIDs: [await test.id(WINDOWS)] };
    const associate = () => client.send(new AssociateSourceServersCommand(windows));
    expect(await refusal(associate())).toBe('ConflictException');
    const other = { waveID, applicationIDs: [await application(test, 'b')] };
    expect(await refusal(client.send(new AssociateApplicationsCommand(other)))).toBe('ConflictException');
    expect((await client.send(new UnarchiveApplicationCommand({ applicationID }))).isArchived).toBe(false);
    expect((await client.send(new UnarchiveWaveCommand({ waveID }))).isArchived).toBe(false);
    expect(await refusal(associate())).toBe('accepted');
    expect(
      (await client.send(new ArchiveApplicationCommand({ applicationID: other.applicationIDs[0] })))
        .isArchived,
    ).toBe(true);
  });

  it('S21.5 report progress and health, and can be filtered', async () => {
    const { test, waveID, applicationID, server } = await filled();
    const { client } = test;
    const empty = await application(test, 'b');
    await client.send(new ArchiveApplicationCommand({ applicationID: empty }));
    const found = async (filters: object) =>
      ((await client.send(new ListApplicationsCommand({ filters }))).items ?? []).map(
        (one) => one.applicationID,
      );
    expect(await found({})).toEqual([applicationID, empty]);
    expect(await found({ isArchived: true })).toEqual([empty]);
    expect(await found({ waveIDs: [waveID] })).toEqual([applicationID]);
    expect(await found({ applicationIDs: [empty], waveIDs: [waveID] })).toEqual([]);
    const status = async () => {
      const { items: waves = [] } = await client.send(
        new ListWavesCommand({ filters: { waveIDs: [waveID] } }),
      );
      const { items: apps = [] } = await client.send(new ListApplicationsCommand({ maxResults: 1 }));
      const [one, other] = [waves[0]?.waveAggregatedStatus, apps[0]?.applicationAggregatedStatus];
      expect([one?.totalApplications, other?.totalSourceServers]).toEqual([1, 1]);
      return [one?.progressStatus, one?.healthStatus, other?.progressStatus, other?.healthStatus].join(' ');
    };
    expect(await status()).toBe('NOT_STARTED HEALTHY NOT_STARTED HEALTHY');
    test.endpoint.setFaults({ stalls: [{ server }] });
    await readyForTest(test, LINUX);
    expect(await status()).toBe('IN_PROGRESS ERROR IN_PROGRESS ERROR');
  });
});

describe('tags', () => {
  it('S22.1 S22.2 all resources have tags', async () => {
    const test = await beginMgn();
    const { client } = test;
    const tags = { owner: 'landfall', 'a b': '' };
    const app = await client.send(new CreateApplicationCommand({ name: 'a', tags }));
    const group = await client.send(new CreateWaveCommand({ name: 'w', tags }));
    const template = await client.send(new CreateLaunchConfigurationTemplateCommand({ tags }));
    const sourceServerIDs = await readyForTest(test, LINUX);
    const { job } = await client.send(new StartTestCommand({ sourceServerIDs, tags }));
    const { arn: server } = await test.server(LINUX);
    const { items: clients = [] } = await client.send(new DescribeVcenterClientsCommand({}));
    const list = async (resourceArn?: string) =>
      (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    for (const arn of [app.arn, group.arn, template.arn, job?.arn]) expect(await list(arn)).toEqual(tags);
    for (const resourceArn of [server, clients[0]?.arn, app.arn, group.arn, template.arn, job?.arn]) {
      const before = await list(resourceArn);
      await client.send(new TagResourceCommand({ resourceArn, tags: { owner: 'me', constructor: 'x' } }));
      expect(await list(resourceArn)).toEqual({ ...before, owner: 'me', constructor: 'x' });
      await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['owner', 'a b', 'none'] }));
      const rest = Object.entries(before ?? {}).filter(([key]) => key !== 'owner' && key !== 'a b');
      expect(await list(resourceArn)).toEqual({ ...Object.fromEntries(rest), constructor: 'x' });
    }
    expect((await test.server(LINUX)).tags).toEqual({ Name: LINUX, constructor: 'x' });
    expect((await test.jobs())[0]?.tags).toEqual({ constructor: 'x' });
  });

  it('S22.2 may have any key, even names of JavaScript’s own properties', async () => {
    const test = await beginMgn();
    const { arn = '' } = await test.server(LINUX);
    const path = `/tags/${encodeURIComponent(arn)}`;
    expect((await test.post('', {}, { path, text: '{"tags":{"__proto__":"x"}}' })).status).toBe(200);
    const answer = await test.post('', {}, { method: 'GET', path });
    expect(answer.text).toBe('{"tags":{"Name":"awsscrum-lnx1","__proto__":"x"}}');
  });

  it('S22.3 more than 50 tags and keys of AWS are refused', async () => {
    const test = await beginMgn();
    const { arn: resourceArn } = await test.server(LINUX);
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '']));
    const tag = (tags: Record<string, string>) =>
      test.client.send(new TagResourceCommand({ resourceArn, tags }));
    expect(await refusal(tag(many(51)))).toBe('ValidationException');
    expect(await refusal(tag(many(50)))).toBe('ValidationException');
    expect(await refusal(tag(many(49)))).toBe('accepted');
    expect(await refusal(tag({ 'AWS:me': '' }))).toBe('ValidationException');
    const create = new CreateWaveCommand({ name: 'w', tags: { 'aws:x': '' } });
    expect(await refusal(test.client.send(create))).toBe('ValidationException');
  });

  it.each([
    ['arn:aws:mgn:us-west-2:000000000000:source-server/s-0123456789abcdef0', 'ResourceNotFoundException'],
    ['arn:aws:mgn:us-west-2:000000000000:export/export-0123456789abcdef0', 'ResourceNotFoundException'],
    ['arn:aws:mgn:us-west-2:000000000000:job/toString', 'ResourceNotFoundException'],
    ['arn:aws:s3:::a-bucket-of-mine', 'ValidationException'],
    ['not an arn, though it is long', 'ValidationException'],
  ])('S22.4 are not of %s', async (resourceArn, code) => {
    const { client } = await beginMgn();
    expect(await refusal(client.send(new TagResourceCommand({ resourceArn, tags: { a: 'b' } })))).toBe(code);
    expect(await refusal(client.send(new ListTagsForResourceCommand({ resourceArn })))).toBe(code);
    expect(await refusal(client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] })))).toBe(code);
  });
});
