import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const VM = '{ name: awsscrum-lnx1, os: rhel-7.3, licenseType: BYOL }';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', [VM]) });
});
afterEach(async () => {
  await world.dispose();
});

async function json(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await world.run(...argv, '--format', 'json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('catalog import', () => {
  it('returns at once, or waits until the service has gathered', async () => {
    const { code, stdout } = await world.run('catalog', 'import');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'The server catalogue of local is still being imported.\n',
    });
    expect(await json('catalog', 'import', '--wait')).toMatchObject({
      format_version: '1.0',
      target: 'local',
      state: 'available',
      server_count: expect.any(Number) as unknown,
    });
  });

  it('waits about as long as it takes, and says that it does', async () => {
    const began = world.now;
    const { stdout, stderr } = await world.run('catalog', 'import', '--wait');
    expect(stdout).toMatch(/^The server catalogue of local is imported, \d+ servers\.\n$/);
    expect(stderr).toBe('Importing the server catalogue of local\n');
    expect(world.now - began).toBeGreaterThanOrEqual(45_000);
    expect(world.now - began).toBeLessThan(60_000);
  });

  it('shows on a terminal for how long it has, and then only the end', async () => {
    world.terminal = true;
    const { stderr, stdout } = await world.run('catalog', 'import', '--wait');
    expect(stderr).toContain('local: 40 s');
    expect(stderr.endsWith('\u001b[J')).toBe(true);
    expect(stdout).not.toContain('\u001b');
  });

  it('does not pass for done when it takes too long', async () => {
    const late = await world.run('catalog', 'import', '--wait', '--timeout', '20s');
    expect(late.code).toBe(1);
    expect(late.stdout).toContain('is still being imported');
    expect(late.stderr).toContain('CATALOG_LATE');
    expect(late.stderr).toContain('still being imported after 20 s');
  });

  it('can be left, and goes on', async () => {
    world.onSleep = () => {
      world.interrupt();
    };
    const { code, stdout } = await world.run('catalog', 'import', '--wait');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('is still being imported') as unknown,
    });
  });
});

describe('catalog list', () => {
  it('shows servers with their jobs', async () => {
    await world.run('apply', '--auto-approve');
    const { stdout } = await world.run('catalog', 'list', '--vm', 'awsscrum-lnx1');
    expect(stdout).toMatch(
      /^NAME .*\nawsscrum-lnx1 +\/Datacenters\/SDSC\/vm\/awsscrum-lnx1 +p-sdsc-vcenter1\.xxxx\.xxx +s-4e856027 +sms-job-\w{8} +(pending|active) +ucop\/sdsc-01\n/,
    );
    expect(stdout).toMatch(/\n\n1 of \d+ servers, 1 with a job, 1 managed\.\n$/);
  });

  const names = (list: Record<string, unknown>) =>
    (list['servers'] as { name: string }[]).map(({ name }) => name).toSorted();

  it('takes globs of names, paths and vCenters', async () => {
    expect(names(await json('catalog', 'list', '--vm', 'awsscrum-*'))).toEqual([
      'awsscrum-lnx1',
      'awsscrum-lnx2',
      'awsscrum-win1',
    ]);
    const all = names(await json('catalog', 'list'));
    const top = names(await json('catalog', 'list', '--path', '/Datacenters/SDSC/vm/*'));
    const deep = names(await json('catalog', 'list', '--path', '/Datacenters/SDSC/vm/**'));
    const sdsc = names(await json('catalog', 'list', '--vcenter', '*sdsc*'));
    expect(top).toContain('awsscrum-lnx1');
    expect(deep.length).toBeGreaterThan(top.length);
    expect(deep).toEqual(sdsc);
    expect(all.length).toBeGreaterThan(sdsc.length);
    const byId = await json('catalog', 'list', '--vcenter', '8DA3177D-A94E-4989-80E0-EE8A8A2E9586');
    expect(names(byId)).toEqual(sdsc);
  });

  it('tells servers with a job from those without, and ours from those of others', async () => {
    await world.run('apply', '--auto-approve');
    const { total_count: total } = await json('catalog', 'list');
    expect(names(await json('catalog', 'list', '--with-job'))).toEqual(['awsscrum-lnx1']);
    expect((await json('catalog', 'list', '--without-job'))['server_count']).toBe(Number(total) - 1);
    expect(names(await json('catalog', 'list', '--managed'))).toEqual(['awsscrum-lnx1']);
    expect(names(await json('catalog', 'list', '--unmanaged'))).toEqual([]);

    world.write('landfall.yaml', world.read('landfall.yaml').replace('name: ucop', 'name: ucsd'));
    expect(names(await json('catalog', 'list', '--managed'))).toEqual([]);
    expect(names(await json('catalog', 'list', '--unmanaged'))).toEqual(['awsscrum-lnx1']);
    expect(await world.run('catalog', 'list', '--with-job', '--without-job')).toMatchObject({ code: 1 });
  });

  it.each([
    [['--vm', 'awscrum-lnx1'], 'did you mean awsscrum-lnx1?'],
    [['--vcenter', 'p-sdsc-vcenter2.xxxx.xxx'], 'did you mean p-sdsc-vcenter1.xxxx.xxx?'],
    [['--path', '/Datacenters/SDSC/vm/awsscrum-lnx9'], 'did you mean /Datacenters/SDSC/vm/awsscrum-lnx1?'],
    [['--target', 'lokal'], 'did you mean local?'],
  ])('does not take %j for "none"', async (flags, remedy) => {
    expect(await world.run('catalog', 'list', ...flags)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(remedy) as unknown,
    });
  });
});

describe('catalog delete', () => {
  it('asks, says what goes and stays, and is undone by an import', async () => {
    await world.run('apply', '--auto-approve');
    expect(await world.run('catalog', 'delete')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^\d+ servers in .*; 1 replication job stays[^]*--auto-approve/,
      ) as unknown,
    });
    world.answer = 'no';
    expect(await world.run('catalog', 'delete')).toMatchObject({ code: 1, stdout: '' });
    world.answer = 'yes';
    expect(await world.run('catalog', 'delete')).toMatchObject({
      code: 0,
      stdout: 'The server catalogue of local is deleted.\n',
    });
    expect(await world.run('catalog', 'list', '--vm', 'awsscrum-lnx1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('run `landfall catalog import`') as unknown,
    });
    expect(await json('status')).toMatchObject({ vms: [{ job: { state: expect.any(String) as unknown } }] });

    expect(await world.run('catalog', 'import', '--wait')).toMatchObject({ code: 0 });
    expect(await json('catalog', 'delete', '--auto-approve')).toEqual({
      format_version: '1.0',
      target: 'local',
      deleted_servers: expect.any(Number) as unknown,
      remaining_jobs: 1,
    });
  });
});
