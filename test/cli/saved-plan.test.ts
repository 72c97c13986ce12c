import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BY_NAME } from './services.ts';
import { ScratchProject } from './scratch-project.ts';

describe.each(BY_NAME)('a saved plan on %s', (_, service) => {
  const { vm, wave, field } = service;
  const ONE = vm('awsscrum-lnx1');
  const TWO = vm('awsscrum-lnx2');
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': service.project(),
      'waves/sdsc-01.yaml': wave('sdsc-01', [ONE]),
    });
    await service.ready(world);
  });
  afterEach(() => world.dispose());

  const save = (...flags: string[]) => world.run('plan', '--out', 'p.json', ...flags);
  const setting = async (): Promise<unknown> => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 1)]));
    const { stdout } = await world.run('plan', '--format', 'json', '--vm', 'awsscrum-lnx1');
    const { changes } = JSON.parse(stdout) as {
      changes: { change: { before: Record<string, number> } }[];
    };
    return changes[0]?.change.before[field];
  };

  it('is what runs, whatever the wave files have come to say', async () => {
    const saved = await save('--detailed-exitcode');
    expect(saved).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('landfall apply p.json') as unknown,
    });
    world.write('waves/sdsc-01.yaml', 'spec: [broken');

    const applied = await world.run('apply', 'p.json');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain('+ awsscrum-lnx1');
    expect(applied.stdout).toContain('1 created');

    const again = await world.run('apply', 'p.json');
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('PLAN_STALE');
    expect(again.stderr).toMatch(/sdsc-01\/awsscrum-lnx1 on local\n {4}s\S+ of ucop\/sdsc-01 is new/);
  });

  it('says field by field what has moved, and does nothing', async () => {
    await world.run('apply', '--auto-approve');
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 24)]));
    await save();
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [vm('awsscrum-lnx1', 6)]));
    await world.run('apply', '--auto-approve');

    const stale = await world.run('apply', 'p.json');
    expect(stale.code).toBe(4);
    expect(stale.stderr).toMatch(new RegExp(`s\\S+ ${field}: 12 in the plan, 6 now`));
    const json = await world.run('apply', 'p.json', '--format', 'json');
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({
      exit_code: 4,
      results: [],
      error: { code: 'PLAN_STALE' },
      drift: [{ address: 'sdsc-01/awsscrum-lnx1', what: field, planned: 12, now: 6 }],
    });
    expect(await setting()).toBe(6);
  });

  it('is not stale because of jobs that it does not touch', async () => {
    world.write('waves/two.yaml', wave('two', [TWO]));
    await save('--wave', 'sdsc-01');
    expect(await world.run('apply', '--auto-approve', '--wave', 'two')).toMatchObject({ code: 0 });
    expect((await world.run('show', 'p.json')).stdout).toContain('Still fresh');
    expect(await world.run('apply', 'p.json')).toMatchObject({ code: 0 });
  });

  it('starts no more than the caps have room for by then', async () => {
    const capped = service.project(', limits: { activeReplications: 2 }');
    world.write('landfall.yaml', capped);
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', [ONE, TWO]));
    await save();
    world.write('waves/other.yaml', wave('other', [vm('awsscrum-win1')]));
    expect(await world.run('apply', '--auto-approve', '--wave', 'other')).toMatchObject({ code: 0 });

    const applied = await world.run('apply', 'p.json');
    expect(applied.code).toBe(6);
    expect(applied.stdout).toContain('not tried: target local has 2 of 2 active replications');
    expect(applied.stdout).toContain('1 created');
  });

  it('is for one project in one place', async () => {
    await save();
    world.write('landfall.yaml', service.project().replace('ucop', 'ucsd').replace('us-west-2', 'eu-west-1'));
    const { code, stderr } = await world.run('apply', 'p.json');
    expect(code).toBe(4);
    expect(stderr).toContain('project: ucop in the plan, ucsd now');
    expect(stderr).toContain('region: us-west-2 in the plan, eu-west-1 now');
  });

  it('is readable to its owner only, and holds nothing of this machine', async () => {
    const elsewhere = join(world.folder, 'deep', 'down');
    mkdirSync(elsewhere, { recursive: true });
    world.cwd = elsewhere;
    world.env = { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7' };
    await world.run('plan', '--out', 'p.json', '--project', join(world.folder, 'landfall.yaml'));
    const file = join(elsewhere, 'p.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"waves/sdsc-01.yaml"');
    for (const secret of [tmpdir(), 'wJalrX', 'AKIA', '..']) expect(text).not.toContain(secret);
  });

  it('can be shown, in any format, with the answer whether it still holds', async () => {
    await save();
    const text = await world.run('show', 'p.json');
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('1 to create');
    expect(text.stdout).toContain('Made 2026-11-23 08:00 UTC. Still fresh');
    const planned = JSON.parse((await world.run('plan', '--format', 'json')).stdout) as object;
    const shown = await world.run('show', 'p.json', '--format', 'json');
    expect(JSON.parse(shown.stdout)).toEqual({ ...planned, freshness: { status: 'fresh', drift: [] } });

    await world.run('apply', 'p.json');
    expect(await world.run('show', 'p.json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Stale: 1 resource in this plan has changed; plan again.') as unknown,
    });
    const stale = await world.run('show', 'p.json', '--format', 'json');
    expect(JSON.parse(stale.stdout)).toMatchObject({
      freshness: { status: 'stale', drift: [{ what: 'job', now: 'ucop/sdsc-01' }] },
    });
  });

  it('can be shown away from the project and its account', async () => {
    await save();
    world.write('landfall.yaml', 'kind: [');
    expect((await world.run('show', 'p.json')).stdout).toContain(
      'could not be checked: the project file has errors',
    );
    world.remove('landfall.yaml');
    const shown = await world.run('show', 'p.json');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('could not be checked: there is no landfall.yaml');
    expect(await world.run('apply', 'p.json')).toMatchObject({ code: 1 });

    world.write('landfall.yaml', service.project());
    rmSync(join(world.folder, '.landfall'), { recursive: true });
    world.write('.landfall', 'not a folder');
    expect((await world.run('show', 'p.json')).stdout).toContain('could not be checked');
    expect(await world.run('apply', 'p.json')).toMatchObject({ code: 1 });
  });

  it('is refused when it has been edited, and says so without a trace', async () => {
    await save();
    const file = join(world.folder, 'p.json');
    const text = readFileSync(file, 'utf8');
    for (const [edited, words] of [
      [text.replace(`"${field}": 12`, `"${field}": 1`), 'its digest does not match'],
      [text.slice(0, 500), 'incomplete'],
      [text.replace(/("format_version": )"[^"]*"/, '$1"9.0"'), 'format version "9.0"'],
      ['{}', 'not a plan'],
    ] as const) {
      writeFileSync(file, edited);
      for (const command of ['apply', 'show']) {
        const { code, stdout, stderr } = await world.run(command, 'p.json');
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain('PLAN_FILE_INVALID');
        expect(stderr).toContain(words);
        expect(stderr).not.toMatch(/\n\s+at /);
      }
    }
    expect((await world.run('apply', 'nowhere.json')).stderr).toContain('FILE_UNREADABLE');
    expect((await world.run('apply', 'waves')).stderr).toContain('PLAN_FILE_INVALID');
    expect((await world.run('plan', '--out', 'nowhere/p.json')).stderr).toContain('FILE_UNWRITABLE');
  });

  it('takes no flags that would make it another plan', async () => {
    await save();
    for (const flags of [['--wave', 'x'], ['--allow-empty'], ['--force', 'deletes']]) {
      const { code, stderr } = await world.run('apply', 'p.json', ...flags);
      expect({ code, usage: stderr.includes('USAGE') }).toEqual({ code: 1, usage: true });
    }
  });
});
