import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchProject, wave } from './scratch-project.ts';
import { apply } from './streamed.ts';

const project = (west = 'local'): string => `apiVersion: landfall/v1
kind: Project
metadata: { name: ucop }
waves: [waves/*.yaml]
targets:
  east: { provider: sms, region: us-east-1, endpoint: local }
  west: { provider: sms, region: us-west-2, endpoint: '${west}' }
`;
/** Nothing listens there. */
const CLOSED = 'http://127.0.0.1:9';
const HOUR = 3_600_000;

interface PlanJson {
  readonly targets: readonly { readonly name: string }[];
  readonly changes: readonly {
    readonly address: string;
    readonly reason?: string;
    readonly action: string;
  }[];
}

describe('a run of one target whose wave waits for a wave of another one', () => {
  let world: ScratchProject;
  beforeEach(async () => {
    world = new ScratchProject({
      'landfall.yaml': project(),
      'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }'], ['target: west']),
      'waves/b.yaml': wave('b', ['{ name: awsscrum-lnx2 }'], ['target: east', 'dependsOn: [a]']),
    });
    // Without an inventory of its own, the endpoint has the clock of the test.
    await world.serve({});
  });
  afterEach(() => world.dispose());

  async function planned(...flags: readonly string[]) {
    const { code, stdout, stderr } = await world.run('plan', '--format', 'json', ...flags);
    const { targets, changes } = JSON.parse(stdout) as PlanJson;
    return {
      ...{ code, stderr },
      targets: targets.map(({ name }) => name),
      changes: changes.map(({ action, address, reason }) => [
        action,
        address,
        ...(reason === undefined ? [] : [reason]),
      ]),
    };
  }

  it('reads where that wave stands, and goes on once it is there', async () => {
    const waits = {
      targets: ['east'],
      changes: [['defer', 'b/awsscrum-lnx2', 'waits for a: 1 of 1 not replicating']],
    };
    expect(await planned('--target', 'east')).toEqual({ code: 0, stderr: '', ...waits });
    expect((await world.run('apply', '--target', 'west', '--auto-approve')).code).toBe(0);
    expect(await planned('--target', 'east')).toMatchObject(waits);
    world.now += 24 * HOUR;
    expect((await planned('--target', 'east')).changes).toEqual([['create', 'b/awsscrum-lnx2']]);
    expect((await world.run('apply', '--target', 'east', '--auto-approve')).code).toBe(0);
  });

  it('waits where it cannot read it, and is complete all the same', async () => {
    await world.run('apply', '--target', 'west', '--auto-approve');
    world.now += 24 * HOUR;
    world.write('landfall.yaml', project(CLOSED));
    const { code, changes, stderr } = await planned('--target', 'east');
    expect([code, changes]).toEqual([
      0,
      [
        [
          'defer',
          'b/awsscrum-lnx2',
          'waits for a: target west could not be read, so where it is cannot be known',
        ],
      ],
    ]);
    expect(stderr).toContain('target west: ');
    expect(stderr).toContain('; waves that wait for waves of it are deferred');
    const followed = await apply(world, '--target', 'east', '--follow', '--auto-approve');
    expect([followed.code, followed.outcome['follow']]).toEqual([
      6,
      expect.objectContaining({ end: 'stuck', stuck: 1 }),
    ]);
    // What is asked for itself must be read.
    expect((await world.run('plan', '--target', 'west')).code).toBe(1);
  });

  it('reads no target that its waves do not wait for', async () => {
    world.write('landfall.yaml', project(CLOSED));
    world.write('waves/c.yaml', wave('c', ['{ name: p-payroll-web01 }'], ['target: east']));
    expect(await planned('--target', 'east', '--wave', 'c')).toEqual({
      ...{ code: 0, stderr: '', targets: ['east'] },
      changes: [['create', 'c/p-payroll-web01']],
    });
  });

  it('plans with the runners of the other targets what one process plans', async () => {
    for (const hours of [0, 24]) {
      world.now += hours * HOUR;
      const whole = await world.run('plan', '--format', 'json');
      for (const target of ['east', 'west'])
        await world.run('plan', '--target', target, '--out', `${target}.plan`);
      expect(await world.run('merge', 'east.plan', 'west.plan', '--format', 'json')).toEqual({
        ...whole,
        stderr: '',
      });
      await world.run('apply', '--target', 'west', '--auto-approve');
    }
  });

  it('follows until another run has brought that wave further', async () => {
    let sleeps = 0;
    world.onSleep = async () => {
      sleeps += 1;
      if (sleeps === 1) expect((await world.run('apply', '--target', 'west', '--auto-approve')).code).toBe(0);
    };
    const { code, outcome } = await apply(
      world,
      '--target',
      'east',
      '--follow',
      '--auto-approve',
      '--interval',
      '8h',
    );
    expect([code, outcome['follow']]).toEqual([0, expect.objectContaining({ end: 'arrived', arrived: 1 })]);
    expect(sleeps).toBeGreaterThan(1);
  });

  it('follows no longer than it may where the other run has failed', async () => {
    const { code, outcome } = await apply(
      world,
      '--target',
      'east',
      '--follow',
      '--auto-approve',
      '--interval',
      '8h',
      '--timeout',
      '30h',
    );
    expect([code, outcome['follow']]).toEqual([6, expect.objectContaining({ end: 'timeout', waiting: 1 })]);
    expect(JSON.stringify(outcome)).toContain('waits for a: 1 of 1 not replicating');
  });

  it('is stuck where git keeps that wave at an earlier phase', async () => {
    world.write('waves/a.yaml', wave('a', ['{ name: awsscrum-lnx1 }'], ['target: west', 'phase: replicate']));
    world.write(
      'waves/b.yaml',
      wave(
        'b',
        ['{ name: awsscrum-lnx2 }'],
        ['target: east', 'dependsOn: [{ wave: a, phase: cutover }]', 'phase: cutover'],
      ),
    );
    const { code, outcome } = await apply(
      world,
      '--target',
      'east',
      '--follow',
      '--auto-approve',
      '--interval',
      '6h',
    );
    expect([code, outcome['follow']]).toEqual([6, expect.objectContaining({ end: 'stuck' })]);
  });
});
