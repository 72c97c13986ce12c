import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({
    'waves/a.yaml': wave('sdsc-01', [
      '{ name: web01.example.org, os: rhel-7.3 }',
      '{ name: win, os: windows-server-2016 }',
    ]),
    'waves/b.yaml': wave('sdsc-02', [
      '{ name: jenkins, path: /Datacenters/SDSC/vm/jenkins, licenseType: BYOL }',
    ]),
  });
});
afterEach(async () => {
  await world.dispose();
});

describe('export mgn-csv', () => {
  it('prints rows on stdout and words on stderr', async () => {
    expect(await world.run('export', 'mgn-csv', '--wave', 'sdsc-01')).toEqual({
      code: 0,
      stdout: `mgn:region,mgn:wave:name,mgn:app:name,mgn:server:user-provided-id,mgn:server:platform,mgn:server:fqdn-for-action-framework,mgn:launch:placement:operating-system-licensing,mgn:server:tag:landfall:os
us-west-2,sdsc-01,sdsc-01,web01.example.org,Linux,web01.example.org,BYOL,rhel-7.3
us-west-2,sdsc-01,sdsc-01,win,Windows,,LI,windows-server-2016
`,
      stderr: `2 servers of 1 wave exported.
settings without a column: frequency
1 without an FQDN: MGN asks for one, or an IP address, where it creates a server
`,
    });
  });

  it('writes a new file, never over an old one, and import reads it', async () => {
    expect(await world.run('export', 'mgn-csv', '--out', 'mgn.csv')).toMatchObject({ code: 0, stdout: '' });
    expect(await world.run('export', 'mgn-csv', '--out', 'mgn.csv')).toMatchObject({ code: 0 });
    expect(await world.run('export', 'mgn-csv', '--vm', 'win', '--out', 'mgn.csv')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/"mgn\.csv" already exists[^]*give another file/) as unknown,
    });
    const { code, stdout } = await world.run('import', 'mgn-csv', 'mgn.csv', '--out', 'again');
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 +is in wave sdsc-01 already/);
    world.remove('waves/a.yaml');
    world.remove('waves/b.yaml');
    expect(await world.run('import', 'mgn-csv', 'mgn.csv')).toMatchObject({ code: 0 });
    expect(world.read('waves/sdsc-02.yaml')).toContain(
      '  vms:\n    - name: jenkins\n      path: /Datacenters/SDSC/vm/jenkins\n',
    );
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it.each([
    [['export', 'mgn-csv', '--wave', 'sdsc-03'], 'WAVE_UNKNOWN'],
    [['export', 'mgn-csv', '--vm', 'nobody'], 'VM_UNKNOWN'],
    [['export', 'mgn-csv', '--target', 'nowhere'], 'TARGET_UNKNOWN'],
    [['import', 'mgn-csv', 'landfall.yaml'], 'INVENTORY_INVALID'],
  ])('%j fails with a reason', async (argv, code) => {
    const { code: exitCode, stderr } = await world.run(...argv);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(code);
  });
});
