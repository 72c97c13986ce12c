import { describe, expect, it } from '@jest/globals';
import { begin, HOUR } from './support.ts';
import type { TestEndpoint } from './support.ts';

/** The values of every enum that an endpoint with some history answers with. */
async function spoken(test: TestEndpoint): Promise<string[]> {
  const { ok, create, runs, advance } = test;
  const id = await create({ frequency: 1 });
  advance(5 * HOUR);
  test.endpoint.setFaults({ failures: [{ server: '*', stage: 'Uploading' }] });
  advance(12 * HOUR);
  const { serverCatalogStatus = '', serverList = [] } = await ok('GetServers');
  const { connectorList = [] } = await ok('GetConnectors');
  const { replicationJobList = [] } = await ok('GetReplicationJobs');
  return [
    serverCatalogStatus,
    ...serverList.flatMap(({ serverType, vmServer }) => [serverType, vmServer.vmManagerType]),
    ...connectorList.flatMap(({ status, vmManagerType }) => [status, vmManagerType]),
    ...replicationJobList.flatMap(({ state, licenseType }) => [state, licenseType]),
    ...(await runs(id)).flatMap(({ state, type }) => [state, type]),
  ];
}

describe('spelling', () => {
  it('S13.1 is the model’s', async () => {
    const words = new Set(await spoken(await begin()));
    expect([...words].sort()).toEqual([
      'AUTOMATIC',
      'AVAILABLE',
      'BYOL',
      'COMPLETED',
      'DELETED',
      'FAILED',
      'HEALTHY',
      'MISSED',
      'PAUSED_ON_FAILURE',
      'VIRTUAL_MACHINE',
      'VSPHERE',
    ]);
  });

  it('S13.1 is the transcripts’ on request', async () => {
    const words = new Set(await spoken(await begin({ wireStyle: 'console' })));
    expect([...words].sort()).toEqual([
      'AVAILABLE',
      'Automatic',
      'BYOL',
      'Completed',
      'DELETED',
      'Failed',
      'Healthy',
      'Missed',
      'PausedOnFailure',
      'VIRTUAL_MACHINE',
      'vSphere',
    ]);
  });

  it('S13.2 ids have the form of the service', async () => {
    const { ok, create, job, runs, advance } = await begin();
    const { serverList = [] } = await ok('GetServers', { maxResults: 1000 });
    const { connectorList = [] } = await ok('GetConnectors');
    for (const { serverId } of serverList) expect(serverId).toMatch(/^s-[0-9a-f]{8}$/);
    for (const { connectorId } of connectorList) expect(connectorId).toMatch(/^c-[0-9a-f]{17}$/);
    const id = await create({ frequency: 2 });
    advance(100 * HOUR);
    expect(id).toMatch(/^sms-job-[0-9a-f]{8}$/);
    const all = await runs(id);
    for (const { replicationRunId } of all) expect(replicationRunId).toMatch(/^sms-run-[0-9a-f]{8}$/);
    expect(new Set(all.map(({ replicationRunId }) => replicationRunId)).size).toBe(all.length);
    const amis = all.flatMap(({ amiId }) => amiId ?? []);
    for (const ami of amis) expect(ami).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(new Set(amis).size).toBe(amis.length);
    expect(amis).toContain((await job(id)).latestAmiId);
  });
});
