import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const ONE = '{ name: awsscrum-lnx1 }';
/** VMs of the built-in inventory whose names nobody shares. */
const TEN = ['payroll', 'ledger'].flatMap((app) =>
  ['web01', 'web02', 'app01', 'app02', 'db01'].map((part) => `{ name: p-${app}-${part} }`),
);

describe('the report of an apply', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', [ONE]) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  async function apply(...flags: string[]): Promise<{ code: number; stdout: string; report: unknown }> {
    const { code, stdout } = await world.run('apply', '--report', 'report.json', ...flags);
    return { code, stdout, report: JSON.parse(readFileSync(join(world.folder, 'report.json'), 'utf8')) };
  }

  it('is what --format json prints', async () => {
    const { code, stdout, report } = await apply('--auto-approve', '--format', 'json');
    expect(code).toBe(0);
    expect(report).toEqual(JSON.parse(stdout));
    expect(report).toMatchObject({ exit_code: 0, results: [{ status: 'done' }], summary: { created: 1 } });
    expect((await apply('--auto-approve')).report).toMatchObject({ exit_code: 0, results: [] });
  });

  it('tells of an error before anything was done', async () => {
    expect((await apply()).report).toMatchObject({
      exit_code: 1,
      interrupted: false,
      results: [],
      error: { code: 'APPROVAL_NEEDED', remedy: expect.stringContaining('--auto-approve') as unknown },
    });
    world.answer = 'no';
    expect((await apply()).report).toMatchObject({
      exit_code: 1,
      results: [{ status: 'not-tried', reason: 'not approved' }],
    });
    expect((await apply('--wave', 'typo')).report).toMatchObject({ error: { code: 'WAVE_UNKNOWN' } });
    expect((await apply('nowhere.json')).report).toMatchObject({ error: { code: 'FILE_UNREADABLE' } });
    world.write('waves/sdsc-01.yaml', 'kind: [');
    expect(await apply('--auto-approve')).toMatchObject({
      code: 1,
      report: { exit_code: 1, error: { code: 'MANIFESTS_INVALID' } },
    });
    world.remove('landfall.yaml');
    expect((await apply('--auto-approve')).report).toMatchObject({ error: { code: 'PROJECT_NOT_FOUND' } });
  });

  it('tells of a run that a guard refuses', async () => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', TEN));
    await world.run('apply', '--auto-approve');
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', TEN.slice(5)));
    expect(await apply('--auto-approve')).toMatchObject({
      code: 3,
      report: { exit_code: 3, error: { code: 'guard.max-deletes' }, summary: { deleted: 0, blocked: 5 } },
    });
  });

  it('tells of a stale plan, and what has moved', async () => {
    await world.run('plan', '--out', 'p.json');
    await world.run('apply', '--auto-approve');
    expect(await apply('p.json')).toMatchObject({
      code: 4,
      report: { exit_code: 4, error: { code: 'PLAN_STALE' }, drift: [{ what: 'job' }], results: [] },
    });
  });

  it('tells of a run that was interrupted before it started anything', async () => {
    const answer = (): string => {
      world.interrupt();
      return 'yes';
    };
    Object.defineProperty(world, 'answer', { get: answer });
    expect(await apply()).toMatchObject({
      code: 6,
      report: {
        exit_code: 6,
        interrupted: true,
        results: [{ status: 'not-tried', reason: 'the run was interrupted' }],
      },
    });
  });

  it('tells of a command line that makes no sense', async () => {
    for (const argv of [
      ['--report', 'report.json', '--bogus'],
      ['--report=report.json', '--max-failures', 'x'],
      ['--max-failures=0', '--report', 'report.json'],
    ]) {
      world.write('report.json', '{ "exit_code": 0 }');
      expect((await world.run('--no-color', 'apply', ...argv)).code).toBe(1);
      expect([argv, JSON.parse(world.read('report.json'))]).toMatchObject([
        argv,
        {
          exit_code: 1,
          results: [],
          error: { code: 'USAGE', message: expect.stringContaining('--') as unknown },
        },
      ]);
    }
    world.env = { LANDFALL_REPORT: 'env.json', LANDFALL_LOCK_TIMEOUT: 'soon' };
    expect((await world.run('apply')).code).toBe(1);
    expect(JSON.parse(world.read('env.json'))).toMatchObject({ error: { code: 'USAGE' } });
    // Of no other command.
    expect((await world.run('plan', '--bogus', '--report', 'other.json')).code).toBe(1);
    expect((await world.run('apply', '--help', '--report', 'other.json')).code).toBe(0);
    expect((await world.run('apply', '--bogus', '--report')).code).toBe(1);
    expect(existsSync(join(world.folder, 'other.json'))).toBe(false);
  });

  it('never takes the place of the plan that is to be carried out', async () => {
    await world.run('plan', '--out', 'p.json');
    const { code, stderr } = await world.run('apply', 'p.json', '--report', './p.json');
    expect([code, stderr]).toEqual([1, expect.stringContaining('USAGE')]);
    expect((await world.run('apply', 'p.json')).code).toBe(0);
  });

  it('is promised before anything is done', async () => {
    const { code, stdout, stderr } = await world.run('apply', '--auto-approve', '--report', 'nowhere/r.json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('FILE_UNWRITABLE');
    expect(existsSync(join(world.folder, '.landfall'))).toBe(false);
  });
});
