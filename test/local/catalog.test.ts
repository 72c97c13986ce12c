import { describe, expect, it } from '@jest/globals';
import { begin, DAY, MANAGER, MINUTE, SECOND, START, VM } from './support.ts';

describe('catalogue and connectors', () => {
  it('S5.1 a fresh state has its catalogue imported and a healthy connector for each vCenter', async () => {
    const { ok } = await begin();
    const servers = await ok('GetServers', { maxResults: 1000 });
    const { connectorList = [] } = await ok('GetConnectors');
    expect(servers.serverCatalogStatus).toBe('AVAILABLE');
    expect(servers.lastModifiedOn).toBe(START / 1000);
    const managers = new Set(servers.serverList?.map(({ vmServer }) => vmServer.vmServerAddress.vmManagerId));
    expect(connectorList.map(({ status }) => status)).toEqual(['HEALTHY', 'HEALTHY']);
    expect(new Set(connectorList.map(({ vmManagerId }) => vmManagerId))).toEqual(managers);
  });

  it('S5.8 is not imported at first, on request', async () => {
    for (const [wireStyle, status] of [
      ['model', 'NOT_IMPORTED'],
      ['console', 'NOT IMPORTED'],
    ] as const) {
      const { endpoint, ok, call, advance } = await begin({ imported: false, wireStyle });
      const seen = async () => {
        const { serverCatalogStatus, serverList = [], lastModifiedOn } = await ok('GetServers');
        return [serverCatalogStatus, serverList.length, lastModifiedOn === undefined];
      };
      expect(await seen()).toEqual([status, 0, true]);
      await endpoint.load('VM,VM ID,VI SDK UUID\nbare,vm-1,AAAA\n');
      expect(await seen()).toEqual([status, 0, true]);
      expect((await call('ImportServerCatalog')).status).toBe(200);
      advance(MINUTE);
      expect(await seen()).toEqual(['AVAILABLE', 1, false]);
      await endpoint.reset();
      expect(await seen()).toEqual([status, 0, true]);
    }
  });

  it('S5.2 an import takes a while and lists the previous servers until it ends', async () => {
    const { ok, advance } = await begin();
    expect(await ok('ImportServerCatalog')).toEqual({});
    advance(44 * SECOND);
    const meanwhile = await ok('GetServers');
    expect(meanwhile).toMatchObject({ serverCatalogStatus: 'IMPORTING', lastModifiedOn: START / 1000 });
    expect(meanwhile.serverList).toHaveLength(50);
    await ok('ImportServerCatalog');
    advance(SECOND);
    expect(await ok('GetServers')).toMatchObject({
      serverCatalogStatus: 'AVAILABLE',
      lastModifiedOn: START / 1000 + 45,
    });
  });

  it('S5.2 an import after a deletion lists no servers until it ends', async () => {
    const { ok, advance } = await begin();
    await ok('DeleteServerCatalog');
    await ok('ImportServerCatalog');
    expect(await ok('GetServers')).toMatchObject({ serverCatalogStatus: 'IMPORTING', serverList: [] });
    advance(45 * SECOND);
    expect((await ok('GetServers')).serverList).toHaveLength(50);
  });

  it('S5.3 an import without a connector is refused', async () => {
    const { ok, call } = await begin();
    const { connectorList = [] } = await ok('GetConnectors');
    for (const { connectorId } of connectorList) await ok('DisassociateConnector', { connectorId });
    expect((await call('ImportServerCatalog')).body.__type).toBe('NoConnectorsAvailableException');
  });

  it('S5.3 an import without a healthy connector is refused', async () => {
    const { ok, call, endpoint } = await begin();
    const { connectorList = [] } = await ok('GetConnectors');
    const [first = '', second = ''] = connectorList.map(({ connectorId }) => connectorId);
    endpoint.setFaults({ unhealthyConnectors: [first] });
    expect((await call('ImportServerCatalog')).status).toBe(200);
    endpoint.setFaults({ unhealthyConnectors: [first, second] });
    expect((await call('ImportServerCatalog')).body.__type).toBe('NoConnectorsAvailableException');
  });

  it('S5.4 jobs continue after the catalogue is deleted', async () => {
    const { ok, create, job, advance } = await begin();
    const id = await create();
    await ok('ImportServerCatalog');
    await ok('DeleteServerCatalog');
    advance(DAY);
    expect(await ok('GetServers')).toMatchObject({ serverCatalogStatus: 'DELETED', serverList: [] });
    expect(await job(id)).toMatchObject({ state: 'ACTIVE', vmServer: { vmName: 'awsscrum-lnx1' } });
  });

  it('S5.5 lists the servers at given addresses, once each', async () => {
    const { ok } = await begin();
    const address = { vmManagerId: MANAGER, vmId: 'vm-188760' };
    const other = { vmManagerId: MANAGER, vmId: 'vm-1' };
    const { serverList } = await ok('GetServers', { vmServerAddressList: [address, other, address, {}] });
    expect(serverList?.map(({ serverId }) => serverId)).toEqual([VM]);
    expect((await ok('GetServers', { vmServerAddressList: [other] })).serverList).toEqual([]);
    expect((await ok('GetServers', { vmServerAddressList: [] })).serverList).toHaveLength(50);
  });

  it('S5.6 names the latest job of a server', async () => {
    const { ok, create, advance } = await begin();
    const server = async () => {
      const vmServerAddressList = [{ vmManagerId: MANAGER, vmId: 'vm-188760' }];
      const [found] = (await ok('GetServers', { vmServerAddressList })).serverList ?? [];
      return [found?.replicationJobId, found?.replicationJobTerminated];
    };
    expect(await server()).toEqual([undefined, undefined]);
    const first = await create();
    expect(await server()).toEqual([first, false]);
    await ok('DeleteReplicationJob', { replicationJobId: first });
    advance(20 * SECOND);
    expect(await server()).toEqual([first, true]);
    const second = await create({ licenseType: 'AWS' });
    expect(await server()).toEqual([second, false]);
    advance(DAY);
    expect(await server()).toEqual([second, true]);
  });

  it('S5.7 removes a connector that is disassociated', async () => {
    const { ok, call } = await begin();
    const connectorId = 'c-415fef98f4c66c487';
    expect(await ok('DisassociateConnector', { connectorId })).toEqual({});
    const { connectorList = [] } = await ok('GetConnectors');
    expect(connectorList).toHaveLength(1);
    expect(connectorList[0]?.connectorId).not.toBe(connectorId);
    expect((await call('DisassociateConnector', { connectorId })).body.__type).toBe(
      'InvalidParameterException',
    );
  });
});
