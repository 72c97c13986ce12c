import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateReplicationJobCommand, GetServersCommand, SMSClient } from '@aws-sdk/client-sms';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { ScratchProject } from '../cli/scratch-project.ts';
import { openLocalEndpoint } from '../../src/local/index.ts';
import { expectReplay } from './replay.ts';
import { Shell } from './shell.ts';

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../inventory/fixtures/${name}`, import.meta.url));

describe('docs/import.md', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    world.write('rvtools.csv', fixture('rvtools.csv'));
    world.write('mgn.csv', fixture('mgn.csv'));
  });
  afterEach(async () => {
    await world.dispose();
  });

  /** Two jobs that somebody has made with another tool. */
  async function createJobs(): Promise<void> {
    await world.serve({ wireStyle: 'model' });
    const folder = join(world.folder, '.landfall', 'local');
    const clock = { now: () => world.now, setTimer: () => () => undefined };
    const endpoint = await openLocalEndpoint({ folder, clock });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new SMSClient({ endpoint: endpoint.url, region: 'us-west-2', credentials });
    const { serverList = [] } = await client.send(new GetServersCommand({ maxResults: 1000 }));
    for (const [name, described] of [
      ['awsscrum-lnx1', { description: 'made by hand' }],
      ['awsscrum-lnx2', {}],
      ['awsscrum-win1', { description: 'theirs [landfall:other/wave-1]' }],
    ] as const) {
      const serverId = serverList.find(({ vmServer }) => vmServer?.vmName === name)?.serverId;
      const job = { frequency: 12, licenseType: 'BYOL', ...described } as const;
      const seedReplicationTime = new Date(world.now);
      await client.send(new CreateReplicationJobCommand({ serverId, seedReplicationTime, ...job }));
    }
    client.destroy();
    await endpoint.close();
  }

  it('prints and writes what it says', async () => {
    await createJobs();
    await expectReplay('import.md', new Shell(world), 'shown');
  });
});
