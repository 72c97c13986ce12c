import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { commandTree, flattenCommands } from '../../src/cli/editor/command-tree.ts';
import { EXAMPLES } from '../../src/cli/help.ts';
import { declareCommands, main } from '../../src/cli/program.ts';
import { LandfallError } from '../../src/core/error.ts';
import { expectHarmless } from './harmless.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

describe('the commands', () => {
  const namesOf = (program: Command): readonly string[] => program.commands.map((command) => command.name());

  it('are declared without the others where the first argument names one', async () => {
    const all = new Command();
    await declareCommands(all, () => undefined);
    for (const name of namesOf(all).filter((each) => each !== '__complete')) {
      const one = new Command();
      await declareCommands(one, () => undefined, name);
      expect(namesOf(one)).toContain(name);
      expect(namesOf(one).length).toBeLessThan(namesOf(all).length / 2);
    }
  });
});

describe('the command line', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('tells its version', async () => {
    expect(await world.run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^landfall \d+\.\d+\.\d+\n$/) as unknown,
    });
  });

  it('suggests the command and the flag that was meant', async () => {
    expect(await world.run('plna')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error USAGE  unknown command "plna"\n  fix: did you mean plan? `landfall --help` lists the commands\n',
    });
    expect((await world.run('plan', '--formt', 'json')).stderr).toBe(
      'error USAGE  unknown option "--formt"\n  fix: did you mean --format? `landfall plan --help` lists arguments and flags\n',
    );
    expect((await world.run('local', 'stop')).stderr).toContain('`landfall local --help` lists the commands');
  });

  it('says which value is wrong, of a flag, an argument or a variable, and what to give', async () => {
    const errorOf = async (...argv: string[]) => (await world.run(...argv)).stderr;
    expect(await errorOf('plan', '--format', 'jsn')).toBe(
      'error USAGE  "jsn" is not a value of --format\n  fix: did you mean json?\n',
    );
    expect(await errorOf('completion', 'zhs')).toBe(
      'error USAGE  "zhs" is not a value of the argument shell\n  fix: give one of bash, zsh, fish\n',
    );
    expect(await errorOf('comment', '--mode', 'x')).toContain('fix: give one of update, new\n');
    expect(await errorOf('apply', '--max-failures', 'few')).toBe(
      'error USAGE  "few" is not a value of --max-failures\n  fix: give a whole number from 1 up\n',
    );
    expect(await errorOf('plan', '--max-attempts', '-1')).toBe(
      'error USAGE  "-1" is not a value of --max-attempts\n  fix: give a whole number from 0 up\n',
    );
    expect(await errorOf('show')).toBe(
      'error USAGE  missing required argument "plan"\n  fix: `landfall show --help` lists arguments and flags\n',
    );
    world.env = { LANDFALL_MAX_FAILURES: 'few', LANDFALL_FORMAT: 'jsn' };
    expect(await errorOf('plan')).toBe(
      'error USAGE  "jsn" is not a value of LANDFALL_FORMAT\n  fix: did you mean json?\n',
    );
    expect(await errorOf('apply', '--format', 'json')).toContain(
      '"few" is not a value of LANDFALL_MAX_FAILURES',
    );
    world.env = { LANDFALL_VERBOSE: 'perhaps' };
    expect(await errorOf('plan')).toContain('fix: give true or false\n');
  });

  it('warns of a misspelt LANDFALL_ variable on stderr, also with --quiet, and of no other one', async () => {
    world.env = {
      LANDFALL_TARGTE: 'secret-value',
      LANDFALL_WAVES: 'a',
      landfall_vm: 'b',
      LANDFALL_NOCOLOR: 'true',
    };
    const { stderr, stdout, code } = await world.run('plan', '--quiet', '--format', 'json');
    expect(code).toBe(0);
    JSON.parse(stdout);
    expect(stderr).not.toContain('secret-value');
    for (const [given, meant] of [
      ['LANDFALL_TARGTE', 'LANDFALL_TARGET'],
      ['LANDFALL_WAVES', 'LANDFALL_WAVE'],
      ['landfall_vm', 'LANDFALL_VM'],
      ['LANDFALL_NOCOLOR', 'LANDFALL_NO_COLOR'],
    ] as const) {
      expect(stderr).toContain(
        `warning  the environment variable ${given} is not used\n  fix: did you mean ${meant}?\n`,
      );
    }

    world.env = {
      // Flags of other commands, and variables of the pipelines.
      LANDFALL_FORCE: 'true',
      LANDFALL_LOCK_TIMEOUT: '5m',
      LANDFALL_WIRE_STYLE: 'x',
      LANDFALL_PLATFORM_TOKEN: 't',
      LANDFALL_PLAN_ROLE: 'r',
      LANDFALL_CONTINUE: 'true',
      // The user's own.
      LANDFALL_SLACK_CHANNEL: 'c',
      LANDFALL_: '',
    };
    expect(await world.run('validate')).toMatchObject({ stderr: '' });
  });

  it('says which help there is, and how wave files are chosen', async () => {
    const file = await world.run('plan', 'waves/sdsc-01.yaml');
    expect(file).toMatchObject({ code: 1, stdout: '' });
    expect(file.stderr).toContain('--wave NAME selects');
    expect(file.stderr).toContain('`landfall plan --help`');
    expect((await world.run('catalog', 'list', '--vms')).stderr).toContain('`landfall catalog list --help`');
    expect((await world.run('validate', 'x.yaml')).stderr).toContain('the wave files in landfall.yaml; see');
    expect((await world.run('show')).stderr).not.toContain('--wave NAME');
    expect((await world.run('lpan')).stderr).toContain('`landfall --help`');
  });

  it('says nothing raw that it was given', async () => {
    const hostile = '\u001b[31m\u202e##[error]x\n::error::y';
    world.env = { LANDFALL_LOCK_TIMEOUT: hostile };
    for (const argv of [
      [hostile],
      ['plan', `--${hostile}`],
      ['plan', '--format', hostile],
      ['completion', hostile],
      ['apply', '--max-failures', hostile],
      ['apply'],
      ['plan', '--wave', hostile],
      ['explain', hostile],
    ]) {
      const run = await world.run(...argv);
      expect([argv, run.code]).toEqual([argv, 1]);
      expectHarmless(run, argv.join(' '));
    }
  });

  it('finds the project in a folder above', async () => {
    world.write('deep/down/.keep', '');
    world.cwd = `${world.folder}/deep/down`;
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect(await world.run('validate', '--project', '../../landfall.yaml')).toMatchObject({ code: 0 });
  });

  it('says what to do where there is no project', async () => {
    world.remove('landfall.yaml');
    const { code, stderr } = await world.run('plan');
    expect(code).toBe(1);
    expect(stderr).toContain('PROJECT_NOT_FOUND');
    expect(stderr).toContain('landfall init');
    expect(stderr).not.toContain('    at ');
    const through = await world.run('plan', '--project', 'waves/sdsc-01.yaml/landfall.yaml');
    expect(through).toMatchObject({ code: 1, stdout: '' });
    expect(through.stderr).toContain('PROJECT_NOT_FOUND');
  });

  it('takes common flags before the command, too', async () => {
    world.cwd = '/';
    const project = world.folder;
    const quiet = await world.run('--quiet', '--project', project, 'catalog', 'import', '--wait');
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    expect(await world.run('catalog', '--project', project, 'list')).toMatchObject({ code: 0 });
    const both = await world.run('--project', '/nowhere', '--verbose', 'plan', '--project', project);
    expect(both.stderr).toContain('observed local');
    world.terminal = true;
    expect((await world.run('--project', project, 'plan')).stdout).toContain('\u001b[1m');
    expect((await world.run('--no-color', '--project', project, 'plan')).stdout).not.toContain('\u001b');
    expect(await world.run('--project', project, 'plan', '--vm', '--quiet')).toMatchObject({ code: 1 });
    expect(await world.run('--frmat', 'json', 'plan')).toMatchObject({ code: 1 });
  });

  it('takes flags from LANDFALL_* variables, the command line first', async () => {
    world.env = { LANDFALL_FORMAT: 'json', LANDFALL_VM: 'awsscrum-lnx1,awsscrum-lnx1' };
    const { stdout } = await world.run('plan');
    expect(JSON.parse(stdout)).toMatchObject({ has_changes: true });
    expect((await world.run('plan', '--format', 'text')).stdout).toContain('1 to create');

    world.env = { LANDFALL_FORMAT: 'yaml' };
    expect(await world.run('plan')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('LANDFALL_FORMAT') as unknown,
    });
    world.env = { LANDFALL_DETAILED_EXITCODE: 'perhaps' };
    expect(await world.run('plan')).toMatchObject({ code: 1 });
    world.env = { LANDFALL_DETAILED_EXITCODE: 'true' };
    expect(await world.run('plan')).toMatchObject({ code: 2 });
  });

  it('takes a folder for its project file, and refuses what is neither', async () => {
    expect(await world.run('validate', '--project', '.')).toMatchObject({ code: 0 });
    for (const project of ['', 'waves', 'nowhere.yaml']) {
      const { code, stderr } = await world.run('validate', '--project', project);
      expect(code).toBe(1);
      expect(stderr).toContain('PROJECT_NOT_FOUND');
    }
  });

  it('answers empty names and impossible ports as mistakes of the user', async () => {
    expect(await world.run('plan', '--vm', '')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('VM_UNKNOWN') as unknown,
    });
    expect(await world.run('local', 'start', '--port', '99999')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('0 to 65535') as unknown,
    });
    world.env = { LANDFALL_WAVE: 'sdsc-01,' };
    expect(await world.run('plan')).toMatchObject({ code: 0 });
  });

  it('takes a name with glob characters for the VM that has it', async () => {
    world.write(
      'inventory.csv',
      [
        'VM,Powerstate,Template,Folder,Datacenter,Cluster,Host,OS according to the configuration file,VM ID,VM UUID,VI SDK Server,VI SDK UUID',
        ...['a*b', 'a b'].map(
          (name, index) =>
            `${name},poweredOn,False,F,DC,C,H,Red Hat Enterprise Linux 7 (64-bit),vm-${index},${index},vc,8DA3177D`,
        ),
      ].join('\n'),
    );
    expect(await world.run('local', 'load', 'inventory.csv')).toMatchObject({ code: 0 });
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: a*b }', '{ name: a b }']));
    const { stdout } = await world.run('plan', '--vm', 'a*b', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { create: 1 },
      changes: [{ address: 'sdsc-01/a*b' }],
    });
    expect((await world.run('plan', '--vm', 'a?b')).stdout).toContain('2 to create');
  });

  it('says which targets it does not look at', async () => {
    const project =
      PROJECT + '  other: { provider: sms, region: us-east-1, endpoint: "http://127.0.0.1:9" }\n';
    world.write('landfall.yaml', project);
    const { code, stdout } = await world.run('plan');
    expect(code).toBe(0);
    expect(stdout).toContain('no wave names target other');
  });

  it('says everything that is wrong with the manifests before it plans', async () => {
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ nmae: awsscrum-lnx1 }']));
    const { code, stdout, stderr } = await world.run('plan');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('waves/sdsc-01.yaml:7:');
    expect(stderr).toContain('did you mean');
  });
});

describe('a working folder that has been deleted', () => {
  it.each([['validate'], ['plan', '--no-input']])('is an error of %s', async (...argv) => {
    let stderr = '';
    const screen = { isTerminal: false, columns: 80, rows: 24 };
    const code = await main({
      argv,
      env: {},
      get cwd(): string {
        throw new LandfallError('FILE_UNREADABLE', 'the working folder does not exist any more');
      },
      pid: 1,
      isAlive: () => false,
      stdout: { write: () => undefined, ...screen },
      stderr: { write: (text) => void (stderr += text), ...screen },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      every: () => () => undefined,
      onInterrupt: () => () => undefined,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error FILE_UNREADABLE  the working folder does not exist any more\n',
    });
  });
});

describe('help', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject();
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('has one to four examples of each command, and of nothing else', async () => {
    const program = new Command('landfall');
    await declareCommands(program, () => undefined);
    const commands = flattenCommands(commandTree(program)).filter(
      ({ commands: below }) => below.length === 0,
    );
    expect(commands.map(({ path }) => path.join(' ')).sort()).toEqual(Object.keys(EXAMPLES).sort());
    for (const [path, examples] of Object.entries(EXAMPLES)) {
      expect([path, [1, 2, 3, 4].includes(examples.length)]).toEqual([path, true]);
      for (const [line] of examples) expect(`${line} `.startsWith(`landfall ${path} `)).toBe(true);
    }
  });

  it('ends in the examples and in the place of the command in the reference', async () => {
    const { code, stdout, stderr } = await world.run('catalog', 'import', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.slice(stdout.indexOf('Examples:'))).toBe(
      'Examples:\n  landfall catalog import --wait  read the VMs of the vCenters\n\nReference: docs/reference/cli.md#landfall-catalog-import\n',
    );
  });

  it.each([
    [
      ['help', 'plan'],
      ['plan', '--help'],
    ],
    [
      ['help', 'catalog', 'list'],
      ['catalog', 'list', '--help'],
    ],
    [
      ['catalog', 'help', 'list'],
      ['catalog', 'list', '-h'],
    ],
    [
      ['help', 'catalog'],
      ['catalog', '--help'],
    ],
    [['help'], ['--help']],
  ])('is the same with %j as with %j', async (help, flag) => {
    const run = await world.run(...help);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('Usage: landfall');
    expect(run).toEqual(await world.run(...flag));
  });

  it.each([
    [
      ['help', 'plna'],
      'unknown command "plna"\n  fix: did you mean plan? `landfall --help` lists the commands\n',
    ],
    [
      ['plna', '--help'],
      'unknown command "plna"\n  fix: did you mean plan? `landfall --help` lists the commands\n',
    ],
    [
      ['help', 'catalog', 'lst'],
      'unknown command "lst"\n  fix: did you mean list? `landfall catalog --help` lists the commands\n',
    ],
    [
      ['catalog', 'help', 'lst'],
      'unknown command "lst"\n  fix: did you mean list? `landfall catalog --help` lists the commands\n',
    ],
    [
      ['catalog', 'lst'],
      'unknown command "lst"\n  fix: did you mean list? `landfall catalog --help` lists the commands\n',
    ],
    [['help', 'xyzzy'], 'unknown command "xyzzy"\n  fix: `landfall --help` lists the commands\n'],
  ])('suggests the command that was meant by %j', async (argv, problem) => {
    expect(await world.run(...argv)).toEqual({ code: 1, stdout: '', stderr: `error USAGE  ${problem}` });
  });
});
