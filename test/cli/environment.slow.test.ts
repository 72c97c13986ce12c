import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventsOf } from './streamed.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const HOUR = 3_600_000;
const COLOR = '\u001b[';
/** Every command that asks, as far as it gets without an answer. */
const ASKING = [
  ['apply'],
  ['run', 'awsscrum-lnx1'],
  ['catalog', 'delete'],
  ['connectors', 'disassociate', 'CONNECTOR'],
  ['local', 'reset'],
] as const;

describe('the environment', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': wave('a', ['{ name: awsscrum-lnx1 }']) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  async function connectorId(): Promise<string> {
    const { stdout } = await world.run('connectors', 'list', '--format', 'json');
    const { connectors } = JSON.parse(stdout) as { connectors: { id: string }[] };
    return connectors[0]?.id ?? '';
  }

  it.each(ASKING.map((argv) => [argv.join(' '), argv] as const))(
    'has nobody asked by %s in a pipeline or with --no-input',
    async (_, argv) => {
      await world.run('apply', '--auto-approve');
      world.now += 5 * HOUR;
      if (argv[0] === 'apply') world.write('waves/b.yaml', wave('b', ['{ name: awsscrum-lnx2 }']));
      const connector = await connectorId();
      const command = argv.map((word) => (word === 'CONNECTOR' ? connector : word));
      world.terminal = true;
      // Whoever asks is told yes, and goes on.
      world.answer = 'yes';
      for (const [env, flags] of [
        [{ CI: 'true' }, []],
        [{ CI: '1' }, []],
        [{ CI: 'woodpecker' }, []],
        [{ LANDFALL_NO_INPUT: 'true' }, []],
        [{}, ['--no-input']],
        [{ CI: 'false' }, ['--no-input']],
      ] as const) {
        world.env = env;
        const { code, stderr } = await world.run(...command, ...flags);
        expect({ env, code }).toEqual({ env, code: 1 });
        expect(stderr).toContain('APPROVAL_NEEDED');
        expect(stderr).toContain('--auto-approve');
        expect(stderr).not.toMatch(/\n\s+at /);
      }
      world.env = { CI: 'true', LANDFALL_AUTO_APPROVE: 'true' };
      const { stderr, code } = await world.run(...command);
      expect({ stderr, code }).toMatchObject({ code: 0 });
    },
  );

  it('has people asked where it says that this is no pipeline', async () => {
    world.answer = 'yes';
    for (const CI of ['', '0', 'false', 'no']) {
      world.env = { CI };
      expect(await world.run('local', 'reset')).toMatchObject({ code: 0 });
    }
  });

  it('has nothing redrawn in a pipeline, which keeps every line', async () => {
    world.terminal = true;
    world.env = { CI: 'true' };
    const { stdout, stderr } = await world.run('apply', '--auto-approve');
    expect(stderr).toContain('awsscrum-lnx1: ');
    expect(stdout + stderr).not.toContain('\r');
  });

  it('turns colours on and off, of words and of errors', async () => {
    const colored = async (...argv: readonly string[]): Promise<readonly boolean[]> => {
      const plan = await world.run('plan', ...argv);
      const error = await world.run('plan', '--wave', 'typo', ...argv);
      expect(error.code).toBe(1);
      return [plan.stdout.includes(COLOR), error.stderr.includes(COLOR)];
    };
    const [ON, OFF] = [
      [true, true],
      [false, false],
    ];
    expect(await colored()).toEqual(OFF);
    for (const FORCE_COLOR of ['1', '3', 'true']) {
      world.env = { FORCE_COLOR };
      expect(await colored()).toEqual(ON);
    }
    for (const FORCE_COLOR of ['', '0']) {
      world.env = { FORCE_COLOR };
      expect(await colored()).toEqual(OFF);
    }
    world.terminal = true;
    world.env = {};
    expect(await colored()).toEqual(ON);
    expect(await colored('--no-color')).toEqual(OFF);
    // no-color.org: whatever its value, unless it is empty.
    for (const env of [
      { NO_COLOR: '1' },
      { NO_COLOR: '0' },
      { TERM: 'dumb' },
      { LANDFALL_NO_COLOR: 'yes' },
    ]) {
      world.env = env;
      expect([env, await colored()]).toEqual([env, OFF]);
      world.env = { FORCE_COLOR: '1', ...env };
      expect([env, await colored()]).toEqual([env, OFF]);
    }
    world.env = { NO_COLOR: '' };
    expect(await colored()).toEqual(ON);
  });

  it('keeps colours out of what programs read', async () => {
    world.terminal = true;
    world.env = { FORCE_COLOR: '1' };
    for (const format of ['json', 'markdown', 'github', 'gitlab', 'junit', 'sarif']) {
      expect((await world.run('plan', '--format', format)).stdout).not.toContain(COLOR);
    }
    expect((await world.run('apply', '--json', '--auto-approve')).stdout).not.toContain(COLOR);
  });

  it('stands for flags, and gives way to those of the command line', async () => {
    world.env = { LANDFALL_JSON: 'true', LANDFALL_JSON_INTO: 'stream.jsonl', LANDFALL_AUTO_APPROVE: '1' };
    const streamed = await world.run('apply');
    expect(eventsOf(streamed.stdout).length).toBeGreaterThan(3);
    expect(world.read('stream.jsonl')).toBe(streamed.stdout);
    expect(JSON.parse((await world.run('apply', '--format', 'json')).stdout)).toMatchObject({ exit_code: 0 });

    world.env = { LANDFALL_FORMAT: 'json', LANDFALL_AUTO_APPROVE: '1' };
    expect(eventsOf((await world.run('apply', '--json')).stdout)).toHaveLength(3);
    world.env = { LANDFALL_PROJECT: 'elsewhere.yaml' };
    expect(await world.run('plan')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('elsewhere.yaml') as unknown,
    });
    expect(await world.run('plan', '--project', 'landfall.yaml')).toMatchObject({ code: 0 });
    world.env = { LANDFALL_QUIET: 'true', LANDFALL_OUT: 'p.json' };
    expect(await world.run('plan')).toMatchObject({ code: 0, stderr: '' });
    expect(world.read('p.json')).toContain('"checksum"');
  });

  it('narrows to a target, and sets none in files that are written', async () => {
    world.env = { LANDFALL_TARGET: 'local,nowhere' };
    world.write(
      'export.csv',
      'VM,Powerstate,Datacenter,Folder,OS according to the configuration file\nnew-1,poweredOn,SDSC,vm/new,Red Hat Enterprise Linux 7 (64-bit)\n',
    );
    expect(await world.run('plan')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nowhere') as unknown,
    });
    const { code, stderr } = await world.run('import', 'rvtools', 'export.csv', '--dry-run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    world.env = { LANDFALL_TARGET: 'local' };
    expect(await world.run('convert', '--to', 'mgn')).toEqual(
      await without(() => world.run('convert', '--to', 'mgn')),
    );
    async function without<T>(work: () => Promise<T>): Promise<T> {
      world.env = {};
      return work();
    }
  });

  it('is refused where it makes no sense, by its name', async () => {
    for (const [name, value, command] of [
      ['LANDFALL_FORMAT', 'yaml', 'plan'],
      ['LANDFALL_JSON', 'perhaps', 'apply'],
      ['LANDFALL_NO_INPUT', 'perhaps', 'apply'],
      ['LANDFALL_MAX_BYTES', 'many', 'plan'],
      ['LANDFALL_MAX_FAILURES', '-1', 'apply'],
      ['LANDFALL_FORCE', 'everything', 'apply'],
      ['LANDFALL_PLATFORM', 'gitea', 'comment'],
    ] as const) {
      world.env = { [name]: value };
      const { code, stderr } = await world.run(command);
      expect([name, code]).toEqual([name, 1]);
      expect(stderr).toContain(name);
      expect(stderr).toContain(`"${value}"`);
    }
  });
});
