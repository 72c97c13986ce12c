import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { workbookOf } from '../inventory/workbooks.ts';
import { PROJECT, ScratchProject, wave } from './scratch-project.ts';

const EXPORT = readFileSync(new URL('../../src/local/default-inventory.csv', import.meta.url), 'utf8');
const HEADER = EXPORT.slice(0, EXPORT.indexOf('\n') + 1);

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'export.csv': EXPORT });
});
afterEach(async () => {
  await world.dispose();
});

const waves = (): readonly string[] => readdirSync(join(world.folder, 'waves')).sort();

describe('import rvtools', () => {
  it.each(['folder', 'cluster', 'datacenter'])(
    'by %s, passes validate, and a plan finds every VM',
    async (by) => {
      const { code, stderr } = await world.run(
        'import',
        'rvtools',
        'export.csv',
        '--by',
        by,
        '--max-size',
        '25',
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await world.run('validate')).toMatchObject({ code: 0 });
      expect(await world.run('plan', '--format', 'json')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/"create": 50,[\s\S]*"defer": 2\d\d/) as unknown,
      });
    },
  );

  it('says the same and writes nothing when it is run again', async () => {
    const first = await world.run('import', 'rvtools', 'export.csv');
    const again = await world.run('import', 'rvtools', 'export.csv', '--format', 'json');
    expect([first.code, again.code]).toEqual([0, 0]);
    const { files, summary } = JSON.parse(again.stdout) as {
      files: { unchanged: boolean }[];
      summary: object;
    };
    expect(files.every(({ unchanged }) => unchanged)).toBe(true);
    expect(summary).toMatchObject({ vms: 287, commented_out: 3, left_out: 14, files_written: 0 });
  });

  it('takes its files for the same whose line ends git has changed for Windows', async () => {
    await world.run('import', 'rvtools', 'export.csv');
    for (const name of waves())
      world.write(`waves/${name}`, world.read(`waves/${name}`).replaceAll('\n', '\r\n'));
    const { code, stdout } = await world.run('import', 'rvtools', 'export.csv', '--format', 'json');
    const { files } = JSON.parse(stdout) as { files: { unchanged: boolean }[] };
    expect({ code, others: files.filter(({ unchanged }) => !unchanged) }).toEqual({ code: 0, others: [] });
  });

  it('writes over nothing: all files in the way are named, and none is written', async () => {
    world.write('waves/sdsc-qa.yaml', '# mine\n');
    world.write('waves/opdc-vdi.yaml', '# mine too\n');
    world.write('landfall.yaml', world.read('landfall.yaml').replace('waves/*.yaml', 'other/*.yaml'));
    const { code, stdout, stderr } = await world.run(
      'import',
      'rvtools',
      'export.csv',
      '--folder-depth',
      '1',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('FILE_EXISTS  "waves/opdc-vdi.yaml", "waves/sdsc-qa.yaml" already exist');
    expect(waves()).toEqual(['opdc-vdi.yaml', 'sdsc-qa.yaml']);
    expect(world.read('waves/sdsc-qa.yaml')).toBe('# mine\n');
  });

  it('says of files that the project does not read that it does not', async () => {
    const argv = ['import', 'rvtools', 'export.csv', '--by', 'datacenter'] as const;
    const inside = await world.run(...argv, '--dry-run');
    expect(inside.stdout).not.toContain('does not read');
    for (const flags of [['--dry-run'], []]) {
      const { code, stdout } = await world.run(...argv, '--out', 'elsewhere/waves', ...flags);
      expect(code).toBe(0);
      expect(stdout).toContain('the project does not read elsewhere/waves/');
      expect(stdout).toContain('its globs are "waves/*.yaml"');
    }
    rmSync(join(world.folder, 'elsewhere'), { recursive: true });
    world.write('landfall.yaml', PROJECT.replace('waves/*.yaml', './waves/*.yaml, "**/*.yaml", "!old/**"'));
    expect((await world.run(...argv, '--out', 'new/er', '--dry-run')).stdout).not.toContain('does not read');
    expect((await world.run(...argv, '--out', 'old', '--dry-run')).stdout).toContain('does not read old/');
    expect((await world.run(...argv, '--out', '../outside', '--dry-run')).stdout).toContain(
      'does not read ../outside/',
    );
  });

  it('takes no flag that plays no part in the split', async () => {
    for (const [by, flag, value] of [
      ['cluster', '--folder-depth', '2'],
      ['application', '--folder-depth', '2'],
      ['folder', '--application-column', 'App'],
    ] as const) {
      const { code, stdout, stderr } = await world.run(
        ...['import', 'rvtools', 'export.csv', '--by', by, flag, value],
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`USAGE  ${flag} has no effect with --by ${by}`);
    }
    expect(await world.run('import', 'live', '--by', 'vcenter', '--folder-depth', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--folder-depth has no effect') as unknown,
    });
  });

  it('takes cells with blanks around them for what is between', async () => {
    const tidy = await world.run('import', 'rvtools', 'export.csv', '--dry-run', '--format', 'json');
    // Excel and hand-made exports pad cells; no cell of the sample is quoted.
    expect(EXPORT).not.toContain('"');
    world.write('export.csv', EXPORT.replaceAll(',', ' ,\t\u00a0').replaceAll('\n', '  \n'));
    const padded = await world.run('import', 'rvtools', 'export.csv', '--dry-run', '--format', 'json');
    const without = ({ stdout }: typeof tidy): unknown => ({ ...JSON.parse(stdout), encoding: undefined });
    expect(without(padded)).toEqual(without(tidy));
    expect(padded.stderr).toBe('export.csv: read as utf-8: all of its bytes are valid UTF-8\n');
  });

  it('leaves out what hand-written waves have already', async () => {
    world.write(
      'waves/pilot.yaml',
      'apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: pilot }\nspec: { vms: [{ name: awsscrum-lnx1, frequency: 12 }] }\n',
    );
    const { code, stdout } = await world.run('import', 'rvtools', 'export.csv');
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 +is in wave pilot already +awsscrum-lnx1 \(line 2\)/);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it('writes nothing with --dry-run', async () => {
    const { code, stdout } = await world.run('import', 'rvtools', 'export.csv', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/files would be written\.\n$/);
    expect(() => waves()).toThrow();
  });

  it('goes before there is a project, and takes its flags', async () => {
    rmSync(join(world.folder, 'landfall.yaml'));
    const flags = ['--target', 'production', '--frequency', '6', '--licence-type', 'AWS', '--out', 'drafts'];
    const { code } = await world.run('import', 'rvtools', 'export.csv', '--by', 'datacenter', ...flags);
    expect(code).toBe(0);
    const text = world.read('drafts/sdsc.yaml');
    expect(text).toContain('  target: production\n  defaults:\n    frequency: 6\n    licenseType: AWS\n');
    expect(text).toMatch(
      /os: Red Hat Enterprise Linux 7 \(64-bit\)\n {6}sizeGiB: \d+\n {6}licenseType: BYOL\n/,
    );
  });

  it('leads to a plan by the commands that it names, also before there is a project', async () => {
    for (const name of ['landfall.yaml', 'export.csv']) world.remove(name);
    const rows = ['app1,vm-1', 'app2,vm-2', 'app3,vm-3'].map((each) => `${each},AAAA,DC,Prod`);
    world.write('my vms.csv', ['VM,VM ID,VI SDK UUID,Datacenter,Folder', ...rows].join('\n'));
    const { stdout } = await world.run('import', 'rvtools', 'my vms.csv');
    const load = "landfall local load 'my vms.csv'";
    expect(stdout.split('\n').at(-2)).toBe(`Next: landfall init, then ${load}, then landfall plan.`);
    expect(await world.run('init')).toMatchObject({ code: 0 });
    expect(waves()).toEqual(['dc-prod.yaml']);
    const early = await world.run('plan');
    expect(early.code).toBe(3);
    expect(early.stdout).toContain(
      'critical endpoint.other-vms\n  3 VMs of the manifests are not in the data centre',
    );
    expect(early.stdout).toContain('fix: run `landfall local load FILE`');
    expect(early.stdout).not.toContain('vm.unknown');
    for (const verb of ['status', 'drift']) {
      const { stdout: shown } = await world.run(verb);
      expect(shown.match(/^critical .*$/gm)).toEqual(['critical endpoint.other-vms']);
    }
    expect(await world.run('local', 'load', 'my vms.csv')).toMatchObject({ code: 0 });
    expect(await world.run('plan')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Plan: 3 to create') as unknown,
    });
    const again = await world.run(
      'import',
      'rvtools',
      'my vms.csv',
      '--out',
      'waves/more',
      '--provider',
      'sms',
    );
    expect(again.stdout).toMatch(/\n\nNothing to write: 3 left out\.\n$/);
  });

  it('reads the workbook of RVTools, which local load reads too, and a list without ids', async () => {
    const sheet = [
      ['VM', 'Powerstate', 'Folder', 'Datacenter'],
      ['app1', 'poweredOn', 'Prod', 'DC'],
      ['app2', 'poweredOn', 'Prod', 'DC'],
    ];
    for (const [file, bytes] of [
      ['export.xlsx', workbookOf({ vInfo: sheet })],
      ['find.txt', Buffer.from('/DC/vm/Prod/app1\n/DC/vm/Prod/app2\n')],
    ] as const) {
      writeFileSync(join(world.folder, file), bytes);
      const imported = await world.run('import', 'rvtools', file);
      expect(imported).toMatchObject({ code: 0, stderr: '' });
      expect(imported.stdout).toContain(`Next: landfall local load ${file}, then landfall plan.`);
      expect(await world.run('local', 'load', file)).toMatchObject({
        code: 0,
        stdout: '2 VMs loaded, 0 rows left out.\n',
      });
      expect((await world.run('plan')).stdout).toContain('Plan: 2 to create');
      rmSync(join(world.folder, 'waves'), { recursive: true });
    }
    world.write('mgn.csv', 'mgn:server:user-provided-id,mgn:wave:name\na,b\n');
    expect((await world.run('local', 'load', 'mgn.csv')).stderr).toContain('this is an inventory CSV of MGN');
  });

  it('leaves a VM that one wave spells wrong to vm.unknown', async () => {
    world.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1 }', '{ name: nobody }']));
    const { stdout } = await world.run('plan');
    expect(stdout).toContain('critical vm.unknown');
    expect(stdout).not.toContain('endpoint.other-vms');
  });

  it('goes by an application column of any title', async () => {
    const rows = ['a,P,Payroll', 'b,P,payroll', 'c,P,HR & Co', 'd,P,'].join('\n');
    world.write('apps.csv', `VM,Folder,Service\n${rows}\n`);
    const run = (...more: string[]) =>
      world.run('import', 'rvtools', 'apps.csv', '--by', 'application', ...more);
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('there is no column "Application" or "App"');
    expect(stderr).toContain('--application-column');
    expect((await run('--application-column', 'Service')).code).toBe(0);
    expect(waves()).toEqual(['hr-co.yaml', 'no-application.yaml', 'payroll.yaml']);
  });

  it('stays inside its folder and prints nothing that moves a cursor, whatever the export holds', async () => {
    const rows = ['../../evil', '/etc/passwd', '..', '\u001b[31mred', 'con', '__proto__', 'x'.repeat(3000)];
    const lines = rows.map(
      (text) => `"${text}",poweredOn,False,,,,,,,,"${text}","${text}",${text}${','.repeat(10)}`,
    );
    world.write('bad.csv', `${HEADER}${lines.join('\n')}\n`);
    const { code, stdout } = await world.run('import', 'rvtools', 'bad.csv', '--by', 'datacenter');
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(waves()).toEqual(['etc-passwd.yaml', 'evil.yaml', 'proto.yaml', 'wave-con.yaml', 'wave.yaml']);
    expect(readdirSync(world.folder).sort()).toEqual(['bad.csv', 'export.csv', 'landfall.yaml', 'waves']);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it.each([
    [['import', 'rvtools', 'none.csv'], 'FILE_UNREADABLE'],
    [['import', 'rvtools', '.'], 'FILE_UNREADABLE'],
    [['import', 'rvtools', 'landfall.yaml'], 'INVENTORY_INVALID'],
    [['import', 'rvtools', 'export.csv', '--target', 'lokal'], 'TARGET_UNKNOWN'],
    [['import', 'rvtools', 'export.csv', '--max-size', '0'], '--max-size'],
    [['import', 'rvtools', 'export.csv', '--out', 'landfall.yaml'], 'FILE_'],
  ])('%j fails with a reason', async (argv, reason) => {
    const { code, stdout, stderr } = await world.run(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('    at ');
  });
});
