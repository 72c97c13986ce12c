import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wave, ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;

let world: ScratchProject;
beforeEach(async () => {
  world = new ScratchProject({
    'waves/a.yaml': wave('wave-a', ['{ name: awsscrum-lnx1 }']),
    'waves/b.yaml': wave('wave-b', ['{ name: awsscrum-lnx2 }']),
  });
  await world.useSmallInventory();
  await world.run('apply', '--auto-approve');
});
afterEach(async () => {
  await world.dispose();
});

interface StatusJson {
  readonly vms: readonly {
    readonly address: string;
    readonly listed: boolean;
    readonly left_out?: boolean;
  }[];
  readonly waves: readonly { readonly wave: string; readonly unlisted: number }[];
}

async function statusJson(...argv: readonly string[]): Promise<StatusJson> {
  const { code, stdout } = await world.run('status', '--format', 'json', ...argv);
  expect(code).toBe(0);
  return JSON.parse(stdout) as StatusJson;
}

/** Wave files that cannot be used: an unknown key, a typing mistake in YAML, and no readable wave at all. */
const BROKEN: readonly (readonly [what: string, text: string, problem: string])[] = [
  ['a setting out of range', wave('wave-b', ['{ name: awsscrum-lnx2, frequency: 99 }']), ':7:41'],
  ['broken YAML', wave('wave-b', ['{ name: awsscrum-lnx2 }']).replace('name: wave-b }', 'name: wave-b'), ':'],
  ['nothing that can be read', '<<<<<<< HEAD\n', ':1:1'],
];

describe.each(BROKEN)('with a wave file that has %s', (what, text, place) => {
  beforeEach(() => {
    world.write('waves/b.yaml', text);
  });

  it.each([
    'status',
    'runs awsscrum-lnx1',
    'runs awsscrum-lnx2',
    'catalog list',
    'catalog import',
    'connectors list',
  ])('%s works, and says which file was left out and why', async (command) => {
    const { code, stdout, stderr } = await world.run(...command.split(' '));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^Wave files with errors were left out; .*\n {2}waves\/b\.yaml:/,
      ) as unknown,
    });
    expect(stderr).toContain(`waves/b.yaml${place}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).not.toBe('');
  });

  it('status shows the VMs of the other files, and the job of the left-out one as such', async () => {
    const { vms, waves } = await statusJson();
    expect(vms).toMatchObject([
      { address: 'wave-a/awsscrum-lnx1', listed: true },
      { address: 'wave-b/awsscrum-lnx2', listed: false, left_out: true },
    ]);
    expect(vms[0]).not.toHaveProperty('left_out');
    expect(waves.map(({ unlisted }) => unlisted)).toEqual([0, 0]);
    const { stdout } = await world.run('status');
    expect(stdout).toMatch(/\n {2}awsscrum-lnx2 .* its wave’s file was left out\n/);
    expect(stdout).not.toContain('in no manifest');
  });

  it('run starts a run of a VM of another file, and of this one only where its limits can be read', async () => {
    world.now += 30 * HOUR;
    const { code, stdout } = await world.run('run', 'awsscrum-*', '--auto-approve');
    expect(stdout).toMatch(/^wave-a\/awsscrum-lnx1: started run/);
    const isKnown = what === 'a setting out of range';
    expect(code).toBe(isKnown ? 0 : 6);
    expect(stdout).toContain(
      isKnown
        ? 'wave-b/awsscrum-lnx2: started run'
        : 'wave-b/awsscrum-lnx2: not started: the limits of wave wave-b cannot be read, because waves/b.yaml has errors: fix them',
    );
  });

  it.each([['plan'], ['apply', '--auto-approve'], ['validate'], ['drift']])('%s refuses', async (...argv) => {
    expect((await world.run(...argv)).code).toBe(1);
  });
});

describe('with a broken wave file', () => {
  it.each([
    [
      'limits: { activeReplications: 1 }',
      'wave wave-b has 1 of 1 active replication runs, 1 of them starting now',
    ],
    ['limits: { activeReplications: x }', 'the limits of wave wave-b cannot be read'],
    ['limit: { activeReplications: 1 }', 'the limits of wave wave-b cannot be read'],
  ])('run does not pass %s of a wave that was left out', async (limits, reason) => {
    const vms = ['{ name: awsscrum-lnx2 }', '{ name: awsscrum-win1 }'];
    world.write('waves/b.yaml', wave('wave-b', vms));
    await world.run('apply', '--auto-approve');
    world.now += 30 * HOUR;
    const broken = wave('wave-b', [...vms, '{ name: x, frequency: 99 }'], [limits]);
    world.write('waves/b.yaml', broken);
    const { stdout } = await world.run('run', 'wave-b', '--auto-approve');
    expect(stdout).toContain(`wave-b/awsscrum-win1: not started: ${reason}`);
  });

  it('says so of jobs whose wave it may hold, and of no others', async () => {
    world.write('waves/a.yaml', wave('wave-a', ['{ name: awsscrum-win1 }']));
    world.write('waves/b.yaml', wave('wave-b', ['{ name: awsscrum-lnx2, frequency: 99 }']));
    const { stdout } = await world.run('status');
    expect(stdout).toMatch(/\n {2}awsscrum-lnx1 .* in no manifest\n/);
    expect(stdout).toMatch(/\n {2}awsscrum-lnx2 .* its wave’s file was left out\n/);
    expect(stdout).toMatch(/\nwave-a .*1 in no manifest/);
    expect(stdout).not.toMatch(/\nwave-b .*1 in no manifest/);
  });

  it('refuses where the project file itself has errors', async () => {
    world.write(
      'landfall.yaml',
      world.read('landfall.yaml').replace('defaultTarget: local', 'defaultTarget: lokal'),
    );
    for (const argv of [['status'], ['catalog', 'list'], ['connectors', 'list']]) {
      const { code, stdout, stderr } = await world.run(...argv);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('target.unknown');
    }
  });

  it('looks at the target of a wave that was left out', async () => {
    world.write(
      'landfall.yaml',
      `${world.read('landfall.yaml')}  second: { provider: sms, region: us-east-1, endpoint: local }\n`,
    );
    world.write(
      'waves/b.yaml',
      wave('wave-b', ['{ name: awsscrum-lnx2, frequency: 99 }'], ['target: second']),
    );
    const { vms } = await statusJson();
    expect(vms.map(({ address }) => address)).toContain('wave-b/awsscrum-lnx2');
  });

  it('shows the first problem of each file, also with --quiet', async () => {
    world.write(
      'waves/b.yaml',
      wave('wave-b', ['{ name: one, frequency: 99 }', '{ name: two, frequency: 99 }']),
    );
    world.write('waves/c.yaml', 'nonsense\n');
    const { stderr } = await world.run('status', '--quiet');
    expect(stderr.match(/^ {2}waves\//gm)).toHaveLength(2);
  });
});

it('a forecast of which all wave files are left out says that there is nothing to forecast', async () => {
  for (const file of ['waves/a.yaml', 'waves/b.yaml']) world.write(file, '<<<<<<< HEAD\n');
  const { stdout, stderr } = await world.run('forecast');
  expect(stdout).toContain('No wave to forecast.');
  expect(stderr).toContain('waves/a.yaml:1:1');
});
