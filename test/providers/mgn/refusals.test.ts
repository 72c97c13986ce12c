import {
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  CreateWaveCommand,
  DescribeSourceServersCommand,
  ListApplicationsCommand,
  ListWavesCommand,
  StartReplicationCommand,
  UpdateLaunchConfigurationCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { serviceException } from '../sms/mocked.ts';
import { OWNER } from './account.ts';
import { mockedProvider } from './mocked.ts';

const CONFLICT = 'ConflictException';

describe('groups of the same name, which the API does not rule out', () => {
  const OURS = { 'landfall:project': 'ucop', 'landfall:wave': 'sdsc-01' };
  const request = { serverId: 's-1', settings: { app: 'a' }, owner: OWNER };

  const create = async (
    applications: { applicationID: string; isArchived?: boolean; tags?: Record<string, string> }[],
  ) => {
    const { mgn, provider } = mockedProvider();
    mgn.on(DescribeSourceServersCommand).resolves({
      items: [{ sourceServerID: 's-1', arn: 'arn:s-1', lifeCycle: { state: 'DISCOVERED' } }],
    });
    mgn.on(ListWavesCommand).resolves({ items: [{ waveID: 'wave-1', name: 'sdsc-01' }] });
    mgn.on(ListApplicationsCommand).resolves({
      items: applications.map((application) => ({ name: 'a', waveID: 'wave-1', ...application })),
    });
    await provider.create(request);
    return mgn.commandCalls(AssociateSourceServersCommand)[0]?.args[0].input.applicationID;
  };

  it('ours comes before one of nobody’s, and one that is archived is none', async () => {
    const nobodys = { applicationID: 'app-1' };
    const ours = { applicationID: 'app-2', tags: OURS };
    const past = { applicationID: 'app-3', isArchived: true, tags: OURS };
    expect(await create([nobodys, ours, past])).toBe('app-2');
    expect(await create([past, nobodys])).toBe('app-1');
  });

  it('several of nobody’s are nobody’s to choose from', async () => {
    await expect(create([{ applicationID: 'app-1' }, { applicationID: 'app-2' }])).rejects.toMatchObject({
      message: 'there are 2 applications with the name a',
    });
  });
});

describe('what is refused for being done already', () => {
  const server = (more: object = {}) => ({
    sourceServerID: 's-1',
    arn: 'arn:s-1',
    lifeCycle: { state: 'DISCOVERED' as const },
    ...more,
  });
  const ready = () => {
    const mocked = mockedProvider();
    mocked.mgn.on(ListWavesCommand).resolves({ items: [{ waveID: 'wave-1', name: 'sdsc-01' }] });
    mocked.mgn
      .on(ListApplicationsCommand)
      .resolves({ items: [{ applicationID: 'app-1', name: 'a', waveID: 'wave-1' }] });
    mocked.mgn.on(DescribeSourceServersCommand).resolves({ items: [server()] });
    return mocked;
  };
  const request = { serverId: 's-1', settings: { app: 'a' }, owner: OWNER };

  it('an association that is there', async () => {
    const { mgn, provider } = ready();
    mgn.on(AssociateSourceServersCommand).rejects(serviceException(CONFLICT, 'Because.', 409));
    let looks = 0;
    mgn.on(DescribeSourceServersCommand).callsFake(() => {
      looks += 1;
      return { items: [server(looks > 1 ? { applicationID: 'app-1' } : {})] };
    });
    expect(await provider.create(request)).toBe('s-1');
  });

  it('an association that is another one', async () => {
    const { mgn, provider } = ready();
    mgn.on(AssociateSourceServersCommand).rejects(serviceException(CONFLICT, 'Because.', 409));
    await expect(provider.create(request)).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(mgn.commandCalls(StartReplicationCommand)).toEqual([]);
  });

  it('groups that another run has made, or is making', async () => {
    const { mgn, provider } = ready();
    const wave = { waveID: 'wave-1', name: 'sdsc-01' };
    mgn
      .on(ListWavesCommand)
      .resolvesOnce({})
      .resolves({ items: [wave] });
    mgn.on(CreateWaveCommand).rejects(serviceException(CONFLICT, 'Because.', 409));
    const application = { applicationID: 'app-1', name: 'a', waveID: 'wave-1' };
    mgn
      .on(ListApplicationsCommand)
      .resolvesOnce({})
      .resolves({ items: [application] });
    mgn.on(CreateApplicationCommand).rejects(serviceException(CONFLICT, 'Because.', 409));
    expect(await provider.create(request)).toBe('s-1');
  });

  it('a conflict that is about something else', async () => {
    const { mgn, provider } = ready();
    mgn.on(StartReplicationCommand).rejects(serviceException(CONFLICT, 'Being processed.', 409));
    await expect(provider.create(request)).rejects.toMatchObject({
      message: 'the service refused StartReplication: ConflictException: Being processed',
      remedy: expect.stringContaining('plan again') as unknown,
    });
  });

  it('a list that could not be read is read again', async () => {
    const { mgn, provider } = ready();
    mgn
      .on(ListWavesCommand)
      .rejectsOnce(serviceException('AccessDeniedException', 'Because.', 403))
      .resolves({ items: [{ waveID: 'wave-1', name: 'sdsc-01' }] });
    await expect(provider.create(request)).rejects.toMatchObject({ code: 'CREDENTIALS_REFUSED' });
    expect(await provider.create(request)).toBe('s-1');
  });

  it('refusals come out in landfall’s words, and leave what was to follow undone', async () => {
    const { mgn, provider } = ready();
    mgn.on(UpdateLaunchConfigurationCommand).rejects(serviceException('ValidationException'));
    await expect(
      provider.create({ ...request, settings: { app: 'a', licenseType: 'AWS' } }),
    ).rejects.toMatchObject({
      remedy: 'correct the setting that the service names, in the manifest',
    });
    expect(mgn.commandCalls(StartReplicationCommand)).toEqual([]);
  });
});
