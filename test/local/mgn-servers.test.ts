import {
  AssociateSourceServersCommand,
  CreateApplicationCommand,
  DeleteSourceServerCommand,
  DescribeVcenterClientsCommand,
  DisconnectFromServiceCommand,
  MarkAsArchivedCommand,
  StartReplicationCommand,
  UpdateSourceServerReplicationTypeCommand,
} from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { beginMgn, LINUX, readyForTest, refusal, serverById, servers, WINDOWS } from './mgn.ts';
import { MANAGER, VM } from './support.ts';
import { linuxes } from './jobs.ts';

describe('source servers', () => {
  it('S18.1 are the VMs of the inventory', async () => {
    const test = await beginMgn();
    expect(await servers(test.client)).toHaveLength(298);
    expect(await test.server(LINUX)).toMatchObject({
      isArchived: false,
      replicationType: 'SNAPSHOT_SHIPPING',
      lifeCycle: { state: 'DISCOVERED' },
      dataReplicationInfo: { dataReplicationState: 'STOPPED' },
      tags: { Name: LINUX },
      sourceProperties: {
        identificationHints: {
          hostname: LINUX,
          fqdn: 'awsscrum-lnx1.sdsc.xxxx.xxx',
          vmWareUuid: '42084e4d-bbda-cdac-a2df-47dce5abb359',
          vmPath: '/Datacenters/SDSC/vm/awsscrum-lnx1',
        },
        os: { fullString: 'Red Hat Enterprise Linux 7 (64-bit)' },
        cpus: [{ cores: 2 }],
        ramBytes: 4096 * 2 ** 20,
        disks: [{ deviceName: '/dev/sda', bytes: 27 * 2 ** 30 }],
      },
    });
  });

  it('S18.1 exist even if the inventory has few facts', async () => {
    const test = await beginMgn();
    await test.endpoint.load('VM,VM ID,VI SDK UUID\nbare,vm-1,AAAA\n');
    expect(await servers(test.client)).toMatchObject([
      {
        sourceProperties: { identificationHints: { hostname: 'bare' }, disks: [{ deviceName: '/dev/sda' }] },
      },
    ]);
  });

  it('S18.2 keep their ids', async () => {
    const [one, other] = [await beginMgn(), await beginMgn()];
    const id = await one.id(LINUX);
    expect(id).toBe(await other.id(LINUX));
    expect(id.startsWith(VM)).toBe(false);
    await one.endpoint.load(linuxes([{}, {}]));
    const ids = [await one.id('vm0'), await one.id('vm1')];
    await one.endpoint.load(linuxes([{ gigabytes: 7 }, {}]));
    expect([await one.id('vm0'), await one.id('vm1')]).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });

  it('S18.3 are filtered', async () => {
    const test = await beginMgn();
    const { client } = test;
    const [id = '', gone = ''] = await readyForTest(test, LINUX, WINDOWS);
    await client.send(new DisconnectFromServiceCommand({ sourceServerID: gone }));
    await client.send(new MarkAsArchivedCommand({ sourceServerID: gone }));
    const { applicationID = '' } = await client.send(new CreateApplicationCommand({ name: 'a' }));
    await client.send(new AssociateSourceServersCommand({ applicationID, sourceServerIDs: [id] }));
    const agents = await test.id('awsscrum-lnx2');
    const type = { sourceServerID: agents, replicationType: 'AGENT_BASED' } as const;
    await client.send(new UpdateSourceServerReplicationTypeCommand(type));
    const found = async (filters: Parameters<typeof servers>[1]) =>
      (await servers(client, filters)).map(({ sourceServerID }) => sourceServerID).sort();
    expect(await found({ isArchived: true })).toEqual([gone]);
    expect(await found({ isArchived: false })).toHaveLength(297);
    expect(await found({})).toHaveLength(298);
    expect(await found({ lifeCycleStates: ['READY_FOR_TEST', 'TESTING'] })).toEqual([id]);
    expect(await found({ lifeCycleStates: ['DISCOVERED'] })).toHaveLength(295);
    expect(await found({ lifeCycleStates: [], sourceServerIDs: [] })).toHaveLength(298);
    expect(await found({ replicationTypes: ['AGENT_BASED'] })).toEqual([agents]);
    expect(await found({ replicationTypes: ['SNAPSHOT_SHIPPING'] })).toHaveLength(297);
    expect(await found({ applicationIDs: [applicationID] })).toEqual([id]);
    expect(await found({ sourceServerIDs: [gone, id, id, 's-0123456789abcdef0'] })).toEqual(
      [gone, id].sort(),
    );
    expect(await found({ sourceServerIDs: [gone, id], lifeCycleStates: ['DISCONNECTED'] })).toEqual([gone]);
    expect(await found({ applicationIDs: [applicationID], isArchived: true })).toEqual([]);
  });

  it('S18.4 each vCenter has a vCenter client', async () => {
    const test = await beginMgn();
    const { items = [] } = await test.client.send(new DescribeVcenterClientsCommand({}));
    const mine = items.find(({ vcenterUUID }) => vcenterUUID === MANAGER);
    expect(mine).toMatchObject({ hostname: 'p-sdsc-vcenter1.xxxx.xxx', datacenterName: 'SDSC' });
    expect((await test.server(LINUX)).vcenterClientID).toBe(mine?.vcenterClientID);
  });

  it('S18.5 stay after a load if an operation changed them', async () => {
    const test = await beginMgn();
    const [id = ''] = await readyForTest(test, LINUX);
    await test.endpoint.load(linuxes([{}]));
    expect((await servers(test.client)).map(({ tags }) => tags?.['Name']).sort()).toEqual([LINUX, 'vm0']);
    expect(await serverById(test.client, id)).toMatchObject({
      lifeCycle: { state: 'READY_FOR_TEST' },
      sourceProperties: { identificationHints: { vmPath: '/Datacenters/SDSC/vm/awsscrum-lnx1' } },
    });
  });

  it('S18.6 can change their replication type only before the replication', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(LINUX);
    const change = (replicationType: 'AGENT_BASED' | 'SNAPSHOT_SHIPPING') =>
      test.client.send(new UpdateSourceServerReplicationTypeCommand({ sourceServerID, replicationType }));
    expect((await change('AGENT_BASED')).lifeCycle?.state).toBe('PENDING_INSTALLATION');
    const start = new StartReplicationCommand({ sourceServerID });
    expect(await refusal(test.client.send(start))).toBe('ValidationException');
    expect((await change('SNAPSHOT_SHIPPING')).lifeCycle?.state).toBe('DISCOVERED');
    await test.client.send(start);
    expect(await refusal(change('AGENT_BASED'))).toBe('ConflictException');
  });

  it('S18.8 have what recorded replies have', async () => {
    const test = await beginMgn();
    const before = await test.server(LINUX);
    const none = { initiated: {}, finalized: {}, reverted: {} };
    expect([before.lifeCycle?.lastTest, before.lifeCycle?.lastCutover]).toEqual([none, none]);
    await readyForTest(test, LINUX);
    const { sourceProperties, dataReplicationInfo } = await test.server(LINUX);
    expect(sourceProperties?.networkInterfaces).toEqual([
      {
        ips: [expect.stringMatching(/^10\.\d+\.\d+\.\d+$/)],
        macAddress: expect.stringMatching(/^00-50-56(-[0-9A-F]{2}){3}$/),
        isPrimary: true,
      },
    ]);
    expect(sourceProperties?.cpus?.[0]?.modelName).toMatch(/^Intel/);
    expect(dataReplicationInfo?.dataReplicationInitiation?.nextAttemptDateTime).toMatch(/:00\+00:00$/);
  });

  it('S18.7 can be deleted only when they are finished', async () => {
    const test = await beginMgn();
    const sourceServerID = await test.id(LINUX);
    const remove = () => test.client.send(new DeleteSourceServerCommand({ sourceServerID }));
    expect(await refusal(remove())).toBe('ConflictException');
    await readyForTest(test, LINUX);
    expect(await refusal(remove())).toBe('ConflictException');
    await test.client.send(new DisconnectFromServiceCommand({ sourceServerID }));
    await remove();
    expect(await refusal(remove())).toBe('ResourceNotFoundException');
    expect(await servers(test.client)).toHaveLength(297);
    expect(await servers(test.client, { sourceServerIDs: [sourceServerID] })).toEqual([]);
  });
});
