import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateReplicationJobCommand, GetServersCommand, SMSClient } from '@aws-sdk/client-sms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { World } from '../cli/world.ts';
import { openLocalEndpoint } from '../../src/local/index.ts';

const FILE = new URL('../../docs/import.md', import.meta.url);
/** `console` blocks are replayed, `yaml` blocks are files as they then stand. */
const BLOCK = /^```(yaml|console)\n([\s\S]*?)^```$/gm;
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../inventory/fixtures/${name}`, import.meta.url));

describe('docs/import.md', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
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

  async function replay(block: string): Promise<string> {
    const printed: string[] = [];
    for (const line of block.split('\n').filter((text) => text.startsWith('$ '))) {
      const [program, ...argv] = line.slice(2).split(' ');
      printed.push(`${line}\n`);
      if (program === 'rm') for (const file of argv) world.remove(file);
      else {
        expect(program).toBe('landfall');
        const { code, stdout, stderr } = await world.run(...argv);
        printed.push(code === 0 ? stdout : `${stdout}${stderr}`);
      }
    }
    return printed.join('');
  }

  it('prints and writes what it says', async () => {
    await createJobs();
    const text = readFileSync(FILE, 'utf8');
    const pieces: string[] = [];
    let end = 0;
    for (const match of text.matchAll(BLOCK)) {
      const [whole, kind, body = ''] = match;
      const file = /^# (\S+)\n/.exec(body)?.[1] ?? '';
      const now = kind === 'yaml' ? `# ${file}\n${world.read(file)}` : await replay(body);
      pieces.push(text.slice(end, match.index), `\`\`\`${kind ?? ''}\n${now}\`\`\``);
      end = match.index + whole.length;
    }
    const replayed = pieces.join('') + text.slice(end);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, replayed);
    expect(replayed).toBe(readFileSync(FILE, 'utf8'));
  });
});
