import { describe, expect, it } from '@jest/globals';
import { begin, DAY, HOUR, START, VM } from './support.ts';
import { named, refused, jobIn } from './jobs.ts';

const KEY = 'alias/replicas';

describe('creating jobs', () => {
  it('S6.1 wait for their seed time', async () => {
    const { create, job, advance } = await begin();
    const id = await create({ seedReplicationTime: (START + HOUR) / 1000 });
    expect(await job(id)).toMatchObject({ state: 'PENDING', serverId: VM, runOnce: false, frequency: 12 });
    advance(HOUR - 1);
    expect((await job(id)).state).toBe('PENDING');
    advance(1);
    expect((await job(id)).state).toBe('ACTIVE');
  });

  it('S6.2 have either a frequency or runOnce', async () => {
    const test = await begin();
    const input = { serverId: VM, seedReplicationTime: START / 1000 };
    const create = (schedule: object) => refused(test, 'CreateReplicationJob', { ...input, ...schedule });
    expect(await create({})).toBe('MissingRequiredParameterException');
    expect(await create({ runOnce: false })).toBe('MissingRequiredParameterException');
    expect(await create({ runOnce: true, frequency: 12 })).toBe('InvalidParameterException');
    expect(await test.job(await test.create({ frequency: 24 }))).toMatchObject({
      frequency: 24,
      runOnce: false,
    });
  });

  it.each(['PENDING', 'ACTIVE', 'FAILING', 'PAUSED_ON_FAILURE'])(
    'S6.3 are refused beside one that is %s',
    async (state) => {
      const { test } = await jobIn(state);
      const input = { serverId: VM, seedReplicationTime: START / 1000, runOnce: true };
      expect(await refused(test, 'CreateReplicationJob', input)).toBe('ReplicationJobAlreadyExistsException');
    },
  );

  it.each(['DELETING', 'DELETED', 'FAILED', 'COMPLETED'])(
    'S6.3 are accepted after one that is %s',
    async (state) => {
      const { test, id } = await jobIn(state);
      const second = await test.create();
      expect(second).not.toBe(id);
      expect((await test.job(second)).state).toBe('ACTIVE');
      expect((await test.job(id)).state).toBe(state);
    },
  );

  it('S6.4 are for servers of the catalogue', async () => {
    const test = await begin();
    const input = { seedReplicationTime: START / 1000, frequency: 1 };
    expect(await refused(test, 'CreateReplicationJob', { ...input, serverId: 's-00000000' })).toBe(
      'InvalidParameterException',
    );
    await test.ok('DeleteServerCatalog');
    expect(await refused(test, 'CreateReplicationJob', { ...input, serverId: VM })).toBe(
      'InvalidParameterException',
    );
  });

  it('S6.5 are refused without a connector', async () => {
    const test = await begin();
    const input = { serverId: VM, seedReplicationTime: START / 1000, frequency: 1 };
    const connectorId = 'c-415fef98f4c66c487';
    test.endpoint.setFaults({ unhealthyConnectors: [connectorId] });
    expect(await refused(test, 'CreateReplicationJob', input)).toBe('NoConnectorsAvailableException');
    test.endpoint.setFaults({});
    await test.ok('DisassociateConnector', { connectorId });
    expect(await refused(test, 'CreateReplicationJob', input)).toBe('ServerCannotBeReplicatedException');
    const [other] = (await test.ok('GetConnectors')).connectorList ?? [];
    await test.ok('DisassociateConnector', { connectorId: other?.connectorId });
    expect(await refused(test, 'CreateReplicationJob', input)).toBe('NoConnectorsAvailableException');
  });

  it('S6.6 accept a key only with encryption', async () => {
    const test = await begin();
    const input = { serverId: VM, seedReplicationTime: START / 1000, frequency: 1 };
    expect(await refused(test, 'CreateReplicationJob', { ...input, kmsKeyId: KEY })).toBe(
      'InvalidParameterException',
    );
    const replicationJobId = await test.create({
      seedReplicationTime: (START + DAY) / 1000,
      encrypted: true,
      kmsKeyId: KEY,
    });
    expect(await test.job(replicationJobId)).toMatchObject({ encrypted: true, kmsKeyId: KEY });
    const update = { replicationJobId, encrypted: false };
    expect(await refused(test, 'UpdateReplicationJob', { ...update, kmsKeyId: KEY })).toBe(
      'InvalidParameterException',
    );
    await test.ok('UpdateReplicationJob', update);
    expect(await refused(test, 'UpdateReplicationJob', { replicationJobId, kmsKeyId: KEY })).toBe(
      'InvalidParameterException',
    );
    await test.ok('UpdateReplicationJob', { replicationJobId, encrypted: true });
    expect((await test.job(replicationJobId)).kmsKeyId).toBeUndefined();
  });

  it.each([
    ['awsscrum-lnx1', 'BYOL'],
    ['p-hcm-app01', 'BYOL'],
    ['awsscrum-win1', 'AWS'],
    ['p-print01', 'AWS'],
    ['vdi-fin01', 'BYOL'],
    ['op-fw-log01', 'BYOL'],
  ])('S6.7 report what Auto is for %s', async (name, licence) => {
    const test = await begin();
    const serverId = await named(test, name);
    expect((await test.job(await test.create({ serverId }))).licenseType).toBe(licence);
  });

  it('S6.7 report the licence of their request', async () => {
    const test = await begin();
    const serverId = await named(test, 'awsscrum-win1');
    const replicationJobId = await test.create({ serverId, licenseType: 'BYOL' });
    expect((await test.job(replicationJobId)).licenseType).toBe('BYOL');
    await test.ok('UpdateReplicationJob', { replicationJobId, licenseType: 'AWS' });
    expect((await test.job(replicationJobId)).licenseType).toBe('AWS');
  });

  it('S6.8 have defaults', async () => {
    const { create, job } = await begin();
    const found = await job(await create());
    expect(found).toMatchObject({ roleName: 'sms', numberOfRecentAmisToKeep: 0, encrypted: false });
    expect(found).not.toHaveProperty('description');
    expect(found).not.toHaveProperty('kmsKeyId');
    expect(found).not.toHaveProperty('latestAmiId');
  });
});
