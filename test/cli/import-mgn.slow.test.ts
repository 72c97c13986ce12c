import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, ScratchProject } from './scratch-project.ts';

const EXPORT = readFileSync(new URL('../../src/local/default-inventory.csv', import.meta.url), 'utf8');
const SUBNET = 'mgn: { replication: { stagingAreaSubnetId: subnet-0a1b2c3d } }';
const MGN = PROJECT.replace('provider: sms', 'provider: mgn').replace(
  'endpoint: local',
  `endpoint: local, ${SUBNET}`,
);

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'landfall.yaml': MGN, 'export.csv': EXPORT });
});
afterEach(async () => {
  await world.dispose();
});

const waves = (): string[] =>
  readdirSync(join(world.folder, 'waves')).map((file) => world.read(`waves/${file}`));

interface Plan {
  readonly summary: Readonly<Record<string, number>>;
  readonly concerns: readonly { readonly id: string }[];
}
const plan = async () => JSON.parse((await world.run('plan', '--format', 'json')).stdout) as Plan;

describe('import rvtools for MGN', () => {
  it('passes validate, and a plan finds every VM by its UUID', async () => {
    expect(await world.run('import', 'rvtools', 'export.csv')).toMatchObject({ code: 0, stderr: '' });
    const text = waves().join('');
    expect(text).toContain('vmWareUuid: ');
    expect(text).not.toMatch(/frequency|vmManagerId|commented out|# - name/);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    await world.run('mgn', 'init', '--auto-approve');
    const { summary, concerns } = await plan();
    expect((summary['create'] ?? 0) + (summary['defer'] ?? 0)).toBe(290);
    expect(concerns.filter(({ id }) => id.startsWith('vm.'))).toEqual([]);
  });

  it('does not go by a UUID that several VMs have', async () => {
    const uuid = '42084e4d-bbda-cdac-a2df-47dce5abb359';
    const rows = EXPORT.split('\n').slice(0, 3);
    world.write('export.csv', rows.map((row) => row.replace(/42\w{6}(-\w{4}){3}-\w{12}/, uuid)).join('\n'));
    await world.run('import', 'rvtools', 'export.csv');
    expect(waves().join('')).not.toContain('vmWareUuid');
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it('needs --provider before there is a project, and goes by the target after that', async () => {
    world.remove('landfall.yaml');
    await world.run('import', 'rvtools', 'export.csv', '--provider', 'mgn', '--out', 'mgn');
    expect(world.read('mgn/sdsc.yaml')).toContain('vmWareUuid: ');
    await world.run('import', 'rvtools', 'export.csv', '--out', 'sms');
    expect(world.read('sms/sdsc.yaml')).toContain('frequency: 24');
    world.write('landfall.yaml', MGN);
    expect(await world.run('import', 'rvtools', 'export.csv', '--provider', 'sms')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--provider is sms, but target local is on MGN') as unknown,
    });
    expect(await world.run('import', 'rvtools', 'export.csv', '--frequency', '12')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--frequency has no effect on MGN') as unknown,
    });
  });
});

describe('the inventory CSV of MGN', () => {
  const WAVE = `apiVersion: landfall/v1
kind: Wave
metadata: { name: sdsc-01 }
spec:
  defaults: { app: shop, mgn: { launch: { copyTags: true } } }
  vms:
    - { name: awsscrum-lnx1, os: rhel-7.3 }
    - { name: awsscrum-lnx2, vmWareUuid: 4283eb69-fafc-f1b9-e133-fce86bd0051e, app: till }
    - { name: awsscrum-win1, mgn: { launch: { copyTags: false } } }
`;

  it('holds applications and launch settings, and gives them back', async () => {
    world.write('waves/sdsc-01.yaml', WAVE);
    const { stdout, stderr } = await world.run('export', 'mgn-csv');
    expect(stdout).toContain('mgn:launch:transfer-server-tags');
    expect(stderr).not.toContain('settings without a column');
    expect(
      stdout
        .split('\n')
        .slice(1, 4)
        .map((row) => row.split(',').slice(2, 4)),
    ).toEqual([
      ['shop', 'awsscrum-lnx1'],
      ['till', 'awsscrum-lnx2'],
      ['shop', 'awsscrum-win1'],
    ]);
    world.write('mgn.csv', stdout);
    world.remove('waves/sdsc-01.yaml');
    expect(await world.run('import', 'mgn-csv', 'mgn.csv')).toMatchObject({ code: 0 });
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect((await world.run('export', 'mgn-csv')).stdout).toBe(stdout);
  });

  it('may have an application in two waves, which a manifest may not', async () => {
    world.write(
      'mgn.csv',
      'mgn:wave:name,mgn:app:name,mgn:server:user-provided-id\na,shop,web01\nb,shop,web02\nc,b,web03\n',
    );
    const { code, stdout } = await world.run('import', 'mgn-csv', 'mgn.csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 +app.two-waves +web02, web03/);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect(world.read('waves/b.yaml')).toContain('# app.two-waves: the application "shop" is in wave a');
  });

  it('of SMS loses ids that MGN does not know', async () => {
    const tag = (name: string) => `mgn:server:tag:landfall:${name}`;
    world.write(
      'mgn.csv',
      [
        ['mgn:server:user-provided-id', tag('vmManagerId'), tag('vmId'), tag('serverId')],
        ['web01', 'M', 'vm-1', 's-4e856027'],
        ['vm-2', 'M', 'vm-2', ''],
      ].join('\n'),
    );
    const { stdout } = await world.run('import', 'mgn-csv', 'mgn.csv');
    expect(stdout).toMatch(/1 +has nothing by which its service could find it +vm-2/);
    expect(waves().join('')).toContain('    # mgn:server:tag:landfall:vmId: vm-1\n');
    expect(waves().join('')).toContain('    - name: web01\n');
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });
});

describe('import live on MGN', () => {
  it('brings back the waves of this project, so that a plan has nothing to change', async () => {
    world.write(
      'waves/shop.yaml',
      `apiVersion: landfall/v1
kind: Wave
metadata: { name: shop }
spec:
  defaults: { app: till }
  vms:
    - { name: awsscrum-lnx1, os: rhel-7.3, description: the till }
    - { name: awsscrum-win1, app: shop }
`,
    );
    await world.run('mgn', 'init', '--auto-approve');
    expect(await world.run('apply', '--auto-approve')).toMatchObject({ code: 0 });
    world.remove('waves/shop.yaml');
    expect(await world.run('import', 'live')).toMatchObject({ code: 0 });
    const text = world.read('waves/shop.yaml');
    expect(text).toMatch(/name: awsscrum-lnx1\n +vmWareUuid: .*\n +app: till\n +description: the till\n/);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect((await plan()).summary).toMatchObject({ create: 0, update: 0, delete: 0, no_op: 2 });
  });
});
