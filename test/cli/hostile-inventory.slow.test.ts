import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify as csv } from 'csv-stringify/sync';
import { HIDDEN_CHARACTER } from '../../src/core/names.ts';
import { TRICKS } from '../report/markdown/hostile.ts';
import { COMMANDS } from '../report/runner-commands.ts';
import { expectHarmless, expectSound, formatManifest } from './harmless.ts';
import { ScratchProject } from './scratch-project.ts';

/** What an export can hold: whole characters, no space around a cell, and no name without an end. */
const NAMES = [
  ...TRICKS,
  ...COMMANDS,
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '=cmd|calc',
  '-rf',
].filter(
  (name, index, all) =>
    name === name.trim() &&
    Buffer.from(name).toString() === name &&
    name !== '' &&
    name.length < 250 &&
    all.indexOf(name) === index,
);

describe('a data centre in which every VM has a hostile name', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
    const header = [
      'VM',
      'VM ID',
      'VI SDK UUID',
      'VM UUID',
      'Datacenter',
      'Folder',
      'DNS Name',
      'VI SDK Server',
    ];
    const rows = NAMES.map((name, index) => [
      name,
      `vm-${index}`,
      '4AAAAAAA',
      `uuid-${index}`,
      'DC',
      name,
      name,
      name,
    ]);
    world.write('export.csv', csv([header, ...rows]));
    const mgn = { replication: { stagingAreaSubnetId: 'subnet-0123456789abcdef0' } };
    const common = { region: 'us-west-2', endpoint: 'local' };
    world.write(
      'landfall.yaml',
      formatManifest({
        apiVersion: 'landfall/v1',
        kind: 'Project',
        metadata: { name: 'ucop' },
        defaultTarget: 'mgn',
        targets: { mgn: { provider: 'mgn', ...common, mgn }, sms: { provider: 'sms', ...common } },
      }),
    );
    for (const target of ['mgn', 'sms']) {
      // A manifest may not have hidden characters in a name: it points at such a VM in another way.
      const vms = NAMES.map((name, index) => ({
        ...(!HIDDEN_CHARACTER.test(name)
          ? { name }
          : target === 'sms'
            ? { vmManagerId: '4AAAAAAA', vmId: `vm-${index}` }
            : { vmWareUuid: `uuid-${index}` }),
        ...(target === 'sms' && { frequency: 12 }),
      }));
      const document = {
        apiVersion: 'landfall/v1',
        kind: 'Wave',
        metadata: { name: target },
        spec: { target, vms },
      };
      world.write(`waves/${target}.yaml`, formatManifest(document));
    }
  });
  afterEach(() => world.dispose());

  it('goes through all commands on either service, and reaches no log raw', async () => {
    const run = async (code: number, ...argv: string[]): Promise<void> => {
      const run = await world.run(...argv);
      expect([argv, run.code, run.stderr]).toEqual([argv, code, expect.not.stringMatching(/INTERNAL/)]);
      expectHarmless(run, argv.join(' '));
      await expectSound(run, argv);
    };
    await run(0, 'local', 'load', 'export.csv');
    await run(0, 'mgn', 'init', '--auto-approve');
    for (const format of ['text', 'json', 'markdown', 'github', 'gitlab', 'junit', 'sarif']) {
      await run(0, 'plan', '--format', format);
    }
    await run(0, 'plan', '--out', 'a.plan');
    for (const format of ['text', 'json', 'markdown', 'github'])
      await run(0, 'show', 'a.plan', '--format', format);
    await run(0, 'apply', 'a.plan', '--report', 'report.json', '--json-into', 'events.jsonl');
    world.now += 3 * 3_600_000;
    for (const format of ['text', 'json']) {
      await run(0, 'plan', '--format', format);
      await run(0, 'status', '--format', format);
      await run(0, 'drift', '--format', format);
      await run(0, 'catalog', 'list', '--target', 'sms', '--format', format);
      await run(0, 'import', 'rvtools', 'export.csv', '--dry-run', '--format', format);
      await run(0, 'import', 'live', '--target', 'mgn', '--dry-run', '--format', format);
    }
    for (const file of ['report.json', 'events.jsonl', 'a.plan']) {
      expectHarmless({ code: 0, stdout: world.read(file), stderr: '' }, file);
    }
    const outcome = JSON.parse(world.read('report.json')) as { summary: { created: number } };
    expect(outcome.summary.created).toBe(2 * NAMES.length);
  });
});
