import { isDeepStrictEqual } from 'node:util';
import {
  CreateReplicationJobCommand,
  DeleteReplicationJobCommand,
  GetConnectorsCommand,
  GetReplicationJobsCommand,
  type GetReplicationJobsCommandInput,
  GetServersCommand,
  type GetServersCommandInput,
  UpdateReplicationJobCommand,
} from '@aws-sdk/client-sms';
import { describe, expect, it } from '@jest/globals';
import type { Settings } from '../../../src/core/desired.ts';
import type { UpdateRequest } from '../../../src/core/provider.ts';
import { mockedProvider, serviceException } from './mocked.ts';

const OWNER = { project: 'ucop', wave: 'sdsc-01' };

describe('creating a job', () => {
  const sent = async (settings: Settings) => {
    const { sms, provider } = mockedProvider();
    sms.on(CreateReplicationJobCommand).resolves({ replicationJobId: 'sms-job-1' });
    expect(await provider.create({ serverId: 's-1', settings, owner: OWNER })).toBe('sms-job-1');
    return sms.commandCalls(CreateReplicationJobCommand)[0]?.args[0].input;
  };

  it('sends every setting under the API’s own name', async () => {
    expect(
      await sent({
        description: 'Demo',
        encrypted: true,
        frequency: 12,
        kmsKeyId: 'alias/disks',
        licenseType: 'BYOL',
        nextReplicationRunStartTime: '2026-12-09T00:00:00Z',
        numberOfRecentAmisToKeep: 3,
        roleName: 'sms',
        seedReplicationTime: '2026-12-02T04:00:00Z',
      }),
    ).toEqual({
      serverId: 's-1',
      description: 'Demo [landfall:ucop/sdsc-01]',
      encrypted: true,
      frequency: 12,
      kmsKeyId: 'alias/disks',
      licenseType: 'BYOL',
      numberOfRecentAmisToKeep: 3,
      roleName: 'sms',
      seedReplicationTime: new Date('2026-12-02T04:00:00Z'),
    });
  });

  it('starts now, in whole seconds, where nothing says when', async () => {
    expect(await sent({ frequency: 12 })).toEqual({
      serverId: 's-1',
      description: '[landfall:ucop/sdsc-01]',
      frequency: 12,
      seedReplicationTime: new Date('2026-12-01T12:00:00Z'),
    });
  });

  it('leaves Auto out, and runOnce where it is false', async () => {
    expect(await sent({ licenseType: 'Auto', runOnce: false })).not.toHaveProperty('licenseType');
    expect(await sent({ licenseType: 'Auto', runOnce: false })).not.toHaveProperty('runOnce');
    expect(await sent({ licenseType: 'AWS', runOnce: true })).toMatchObject({
      licenseType: 'AWS',
      runOnce: true,
    });
  });
});

describe('a server that is said to have a job already', () => {
  const request = { serverId: 's-1', settings: { frequency: 12 }, owner: OWNER };
  const MARKED = '[landfall:ucop/sdsc-01]';
  const taken = () => {
    const mocked = mockedProvider();
    mocked.sms
      .on(CreateReplicationJobCommand)
      .rejects(serviceException('ReplicationJobAlreadyExistsException'));
    return mocked;
  };
  const list = (...jobs: { id: string; serverId?: string; state?: string; description?: string }[]) => ({
    replicationJobList: jobs.map(({ id, serverId = 's-1', state = 'PENDING', description = MARKED }) => ({
      replicationJobId: id,
      serverId,
      state: state as never,
      description,
    })),
  });

  it('has the job that another run has created first, and says so', async () => {
    const { sms, provider, clock } = taken();
    sms
      .on(GetReplicationJobsCommand)
      .resolvesOnce({ ...list({ id: 'sms-job-0', serverId: 's-0' }), nextToken: 'a' })
      .resolves(list({ id: 'sms-job-1', state: 'DELETED' }, { id: 'sms-job-2' }));
    expect(await provider.create(request)).toEqual({ id: 'sms-job-2', alreadyExisted: true });
    expect(clock.slept).toEqual([]);
  });

  it('is looked up by the VM’s address where that is known', async () => {
    const { sms, provider } = taken();
    const vmServerAddress = { vmManagerId: 'manager', vmId: 'vm-1' };
    sms.on(GetConnectorsCommand).resolves({});
    sms.on(GetServersCommand).callsFake(({ vmServerAddressList }: GetServersCommandInput) => {
      const server = { serverId: 's-1', vmServer: { vmServerAddress } };
      const asked = isDeepStrictEqual(vmServerAddressList, [vmServerAddress]);
      return { serverList: [asked ? { ...server, replicationJobId: 'sms-job-2' } : server] };
    });
    sms
      .on(GetReplicationJobsCommand)
      .callsFake(({ replicationJobId: id }: GetReplicationJobsCommandInput) =>
        id === undefined ? {} : list({ id }),
      );
    await provider.observe();
    expect(await provider.create(request)).toEqual({ id: 'sms-job-2', alreadyExisted: true });
  });

  it.each([
    ['nobody', 'by hand'],
    ['other/sdsc-01', '[landfall:other/sdsc-01]'],
    ['ucop/sdsc-02', '[landfall:ucop/sdsc-02]'],
  ])('has a job of %s, which is an error at once', async (whose, description) => {
    const { sms, provider, clock } = taken();
    sms.on(GetReplicationJobsCommand).resolves(list({ id: 'sms-job-2', description }));
    await expect(provider.create(request)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: `server s-1 now has job sms-job-2 of ${whose}`,
    });
    expect(clock.slept).toEqual([]);
    expect(sms.commandCalls(CreateReplicationJobCommand)).toHaveLength(1);
  });

  it('is waited for while the job that we deleted is on its way out', async () => {
    const { sms, provider, clock } = taken();
    sms
      .on(CreateReplicationJobCommand)
      .rejectsOnce(serviceException('ReplicationJobAlreadyExistsException'))
      .rejectsOnce(serviceException('ReplicationJobAlreadyExistsException'))
      .resolves({ replicationJobId: 'sms-job-2' })
      .on(DeleteReplicationJobCommand)
      .resolves({})
      // The list may lag behind: our own deleted job is no job that came first, nor the one we asked for.
      .on(GetReplicationJobsCommand)
      .resolvesOnce(list({ id: 'sms-job-1', state: 'ACTIVE' }))
      .resolves(list({ id: 'sms-job-1', state: 'DELETING' }));
    await provider.delete('sms-job-1');
    expect(await provider.create(request)).toBe('sms-job-2');
    expect(clock.slept).toEqual([500, 1000]);
  });

  it('is left to a later run when that takes too long', async () => {
    const { sms, provider, clock } = taken();
    sms.on(GetReplicationJobsCommand).resolves({});
    await expect(provider.create(request)).rejects.toMatchObject({
      code: 'SERVICE_ERROR',
      message: 'the old job of server s-1 is still being deleted',
      remedy: expect.stringContaining('run again') as unknown,
    });
    expect(clock.slept.reduce((sum, wait) => sum + wait, 0)).toBe(31_500);
  });
});

describe('updating a job', () => {
  const sent = async (request: Partial<UpdateRequest>) => {
    const { sms, provider } = mockedProvider();
    sms.on(UpdateReplicationJobCommand).resolves({});
    await provider.update({ id: 'sms-job-1', settings: {}, after: {}, owner: OWNER, ...request });
    const { replicationJobId, ...rest } =
      sms.commandCalls(UpdateReplicationJobCommand)[0]?.args[0].input ?? {};
    expect(replicationJobId).toBe('sms-job-1');
    return rest;
  };

  it('sends what changes and nothing else', async () => {
    const after = { description: 'Demo', frequency: 24, licenseType: 'AWS', roleName: 'sms' };
    expect(await sent({ settings: { frequency: 24 }, after })).toEqual({ frequency: 24 });
    expect(await sent({ settings: { licenseType: 'AWS' }, after })).toEqual({ licenseType: 'AWS' });
    expect(await sent({ settings: { numberOfRecentAmisToKeep: 0, roleName: 'sms' }, after })).toEqual({
      numberOfRecentAmisToKeep: 0,
      roleName: 'sms',
    });
    const next = { nextReplicationRunStartTime: '2026-12-09T00:00:00Z' };
    expect(await sent({ settings: next, after })).toEqual({
      nextReplicationRunStartTime: new Date('2026-12-09T00:00:00Z'),
    });
  });

  it('keeps the marker behind a new description, and the text before a new marker', async () => {
    const after = { description: 'New', frequency: 24 };
    const description = 'New [landfall:ucop/sdsc-01]';
    expect(await sent({ settings: { description: 'New' }, after })).toEqual({ description });
    expect(await sent({ writeMarker: true, after })).toEqual({ description });
    expect(await sent({ writeMarker: true })).toEqual({ description: '[landfall:ucop/sdsc-01]' });
  });

  it('sends key and encryption together', async () => {
    const after = { encrypted: true, kmsKeyId: 'alias/disks' };
    expect(await sent({ settings: { encrypted: true }, after })).toEqual(after);
    expect(await sent({ settings: { kmsKeyId: 'alias/disks' }, after })).toEqual(after);
    expect(await sent({ settings: { encrypted: true }, after: { encrypted: true } })).toEqual({
      encrypted: true,
    });
    expect(await sent({ settings: { encrypted: false }, after: { ...after, encrypted: false } })).toEqual({
      encrypted: false,
    });
  });
});

describe('deleting a job', () => {
  it('is done when the job is gone already', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(DeleteReplicationJobCommand).rejects(serviceException('ReplicationJobNotFoundException'));
    await provider.delete('sms-job-1');
    expect(sms.commandCalls(DeleteReplicationJobCommand)[0]?.args[0].input).toEqual({
      replicationJobId: 'sms-job-1',
    });
  });

  it('fails when the service refuses', async () => {
    const { sms, provider } = mockedProvider();
    sms.on(DeleteReplicationJobCommand).rejects(serviceException('OperationNotPermittedException'));
    await expect(provider.delete('sms-job-1')).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  });
});
