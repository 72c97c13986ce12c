import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { begin, DAY, HOUR, SECOND, START, VM } from './support.ts';
import type { TestEndpoint, WireServer } from './support.ts';

/** All servers of the catalogue. */
export async function servers({ ok }: TestEndpoint): Promise<readonly WireServer[]> {
  return (await ok('GetServers', { maxResults: 1000 })).serverList ?? [];
}

/** The id of the server with that name. */
export async function named(test: TestEndpoint, name: string): Promise<string> {
  return (await servers(test)).find(({ vmServer }) => vmServer.vmName === name)?.serverId ?? '';
}

/** The code with which a call is refused. */
export async function refused(
  test: TestEndpoint,
  operation: string,
  input: object,
): Promise<string | undefined> {
  const { status, body } = await test.call(operation, input);
  expect(status).toBe(400);
  return body.__type;
}

export const states = (runs: readonly { state: string }[]) => runs.map(({ state }) => state);

/** Creates a job in a given state, through the API and time only. */
const STEPS_TO_STATE: Readonly<Record<string, (test: TestEndpoint) => Promise<string>>> = {
  PENDING: async ({ create }) => create({ seedReplicationTime: (START + DAY) / 1000 }),
  ACTIVE: async ({ create }) => create(),
  FAILING: async (test) => {
    test.endpoint.setFaults({ failures: [{ server: VM, stage: 'Uploading' }] });
    const id = await test.create();
    test.advance(2 * HOUR);
    return id;
  },
  PAUSED_ON_FAILURE: async (test) => {
    test.endpoint.setFaults({ failures: [{ server: VM, stage: 'Uploading' }] });
    const id = await test.create();
    test.advance(26 * HOUR);
    return id;
  },
  FAILED: async (test) => {
    const id = await test.create({ licenseType: 'AWS' });
    test.advance(3 * HOUR);
    return id;
  },
  COMPLETED: async (test) => {
    const id = await test.create({ runOnce: true });
    test.advance(3 * HOUR);
    return id;
  },
  DELETING: async ({ create, ok }) => {
    const replicationJobId = await create();
    await ok('DeleteReplicationJob', { replicationJobId });
    return replicationJobId;
  },
  DELETED: async ({ create, ok, advance }) => {
    const replicationJobId = await create();
    await ok('DeleteReplicationJob', { replicationJobId });
    advance(20 * SECOND);
    return replicationJobId;
  },
};

/** An endpoint with a job in that state. */
export async function jobIn(state: string): Promise<{ test: TestEndpoint; id: string }> {
  const test = await begin();
  const id = (await STEPS_TO_STATE[state]?.(test)) ?? '';
  expect((await test.job(id)).state).toBe(state);
  return { test, id };
}

/** The VMs `awsscrum-*` of the built-in inventory, for tests that need few servers: each list is one short page. */
export const SMALL_INVENTORY = readFileSync(
  new URL('../../src/local/default-inventory.csv', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line, index) => index === 0 || line.startsWith('awsscrum-'))
  .join('\n');

/** An inventory of Linux VMs; `vcenters` take turns. */
export const linuxes = (vms: readonly { vcenter?: string; gigabytes?: number; os?: string }[]) =>
  [
    'VM,VM ID,VI SDK UUID,In Use MiB,OS according to the configuration file',
    ...vms.map(
      ({ vcenter = 'A', gigabytes = 40, os = 'CentOS 7 (64-bit)' }, index) =>
        `vm${index},vm-${index},${vcenter},${gigabytes * 1024},${os}`,
    ),
  ].join('\n');

/** Jobs for the VMs of an inventory, in its order. */
export async function jobsFor(
  test: TestEndpoint,
  vms: Parameters<typeof linuxes>[0],
  input: object = {},
): Promise<string[]> {
  await test.endpoint.load(linuxes(vms));
  const ids: string[] = [];
  for (let index = 0; index < vms.length; index += 1) {
    ids.push(await test.create({ serverId: await named(test, `vm${index}`), ...input }));
  }
  return ids;
}
