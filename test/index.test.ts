import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { apply, drift, follow, plan, status, validate } from '../src/index.ts';
import { wave, ScratchProject } from './cli/scratch-project.ts';

describe('the library', () => {
  let world: ScratchProject;
  const written: string[] = [];
  beforeEach(() => {
    world = new ScratchProject();
    written.length = 0;
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    }
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await world.dispose();
  });
  const options = () => ({
    projectFile: world.folder,
    cwd: world.folder,
    env: {},
    clock: { now: () => world.now, sleep: () => Promise.resolve() },
  });

  it('validates, plans, applies, compares and observes, and prints nothing', async () => {
    world.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1, os: rhel-7.3 }']));
    expect((await validate(options())).concerns).toEqual([]);
    const first = await plan(options());
    expect(first).toMatchObject({ kind: 'planned', plan: { summary: { create: 1 } } });
    const applied = await apply(options());
    expect(applied).toMatchObject({ report: { exitCode: 0 } });
    expect(await plan(options())).toMatchObject({ plan: { summary: { create: 0, noOp: 1 } } });
    expect(await drift(options())).toMatchObject({ kind: 'compared' });
    expect(await status(options())).toMatchObject({ kind: 'observed' });
    expect(written).toEqual([]);
  });

  it('follows the VMs, asks with the steps that must be confirmed, and prints nothing', async () => {
    const vms = ['{ name: awsscrum-lnx1, os: rhel-7.3 }'];
    const cutover = 'cutover: { finalizeAfter: 3h }';
    world.write('waves/a.yaml', wave('a', vms, ['phase: finalize', cutover]));
    const rounds: number[] = [];
    const asked: unknown[] = [];
    const hourly = {
      now: () => world.now,
      sleep: () => {
        world.now += 3_600_000;
        return Promise.resolve();
      },
    };
    const result = await follow({
      ...{ ...options(), clock: hourly, confirmFinalize: ['a'] },
      approve: ({ summary }, ahead) => {
        asked.push(summary.create, ahead);
        return Promise.resolve(true);
      },
      onRound: ({ round }) => rounds.push(round),
    });
    const ahead = { wave: 'a', destroys: 'finalize', vms: 1, isConfirmed: true, isChecked: true };
    expect(asked).toMatchObject([1, [ahead]]);
    expect(result).toMatchObject({ report: { exitCode: 0, follow: { end: 'arrived' } } });
    expect(rounds.length).toBeGreaterThan(2);
    expect(written).toEqual([]);
  });

  it('returns what is wrong with manifests, and prints nothing', async () => {
    world.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1, freqency: 1 }']));
    expect((await validate(options())).concerns).toMatchObject([{ id: 'schema.unknown-key' }]);
    for (const run of [plan, apply, follow, drift]) {
      expect(await run(options())).toMatchObject({ kind: 'invalid' });
    }
    expect(await status(options())).toMatchObject({ kind: 'observed' });
    expect(written).toEqual([]);
  });
});
