import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalEndpoint, startLocalEndpoint } from '../../src/local/index.ts';
import { type Run, ScratchProject } from './scratch-project.ts';

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject();
});
afterEach(async () => {
  await world.dispose();
});

/** Runs `local start` until it listens, does something meanwhile, and interrupts it. */
async function serveWhile(flags: readonly string[], meanwhile: () => Promise<void>): Promise<Run> {
  const before = world.interrupt;
  const state = { hasEnded: false };
  const run = world.run('local', 'start', ...flags).finally(() => (state.hasEnded = true));
  while (world.interrupt === before && !state.hasEnded) await new Promise(setImmediate);
  try {
    if (!state.hasEnded) await meanwhile();
  } finally {
    world.interrupt();
  }
  return run;
}

describe('without a project', () => {
  let parent: string;
  let state: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'landfall-state-'));
    state = join(parent, 'state');
    world.remove('landfall.yaml');
  });
  afterEach(() => {
    rmSync(parent, { recursive: true, force: true });
  });

  it('local start has its state in memory, which other commands can use while it runs', async () => {
    let folder = '';
    const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('landfall-local-'));
    const before = temporary();
    const run = await serveWhile([], async () => {
      folder = join(tmpdir(), temporary().find((name) => !before.includes(name)) ?? '');
      const { code, stdout } = await world.run('connectors', 'list', '--state', folder);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining('2 connectors') as unknown,
      });
    });
    expect(run.stdout).toMatch(/^AWS SMS and AWS MGN at http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(run.stderr).toContain(
      `Its state is kept in memory. Other landfall commands use it with --state ${folder}\n`,
    );
    expect(temporary()).not.toContain(folder.slice(tmpdir().length + 1));
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it('the other commands work on the folder of --state, and nothing is written elsewhere', async () => {
    world.write('export.csv', 'VM,VM ID,VI SDK UUID\nonly,vm-1,AAAA\n');
    expect(await world.run('local', 'load', 'export.csv', '--state', state)).toMatchObject({
      code: 0,
      stdout: '1 VM loaded, 0 rows left out.\n',
    });
    expect((await world.run('catalog', 'list', '--state', state)).stdout).toContain('1 server, 0 with a job');
    expect((await world.run('catalog', 'import', '--wait', '--state', state)).stdout).toBe(
      'The server catalogue of sms is imported, 1 server.\n',
    );
    expect((await world.run('local', 'advance', '12h', '--state', state)).stdout).toContain(
      '2026-11-23 20:0',
    );
    const deleted = await world.run('catalog', 'delete', '--auto-approve', '--state', state);
    expect(deleted).toMatchObject({ code: 0, stdout: 'The server catalogue of sms is deleted.\n' });
    expect((await world.run('local', 'reset', '--auto-approve', '--state', state)).code).toBe(0);
    expect((await world.run('catalog', 'list', '--state', state)).stdout).toContain(
      '298 servers, 0 with a job',
    );
    expect(readdirSync(world.folder)).toEqual(['export.csv']);
  });

  it('load reads an export in its encoding, and leaves out the rows that an import leaves out', async () => {
    const header = 'VM,Template,Folder,VM ID,VI SDK UUID';
    const rows = [
      'сервер,ЛОЖЬ,Прод,vm-1,A',
      'шаблон,ИСТИНА,,vm-2,A',
      'rest of a note,x',
      'a,b,no,,vm-3,A',
      '',
    ];
    const bytes = iconv.encode([header, ...rows].join('\r\n'), 'windows-1251');
    writeFileSync(join(world.folder, 'export.csv'), bytes);
    const load = ['local', 'load', 'export.csv', '--state', state];
    const refused = await world.run(...load);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('export.csv:2:1: the byte 0xF1 here is not UTF-8');
    expect(await world.run(...load, '--encoding', 'windows-1251')).toEqual({
      code: 0,
      stdout: '1 VM loaded, 3 rows left out.\n',
      stderr: [
        'export.csv: read as windows-1251: --encoding says so',
        'export.csv:3: left out: is a template',
        'export.csv:4: left out: has 2 cells, and the header has 5',
        'export.csv:5: left out: has 6 cells, and the header has 5',
        '',
      ].join('\n'),
    });
    expect((await world.run('catalog', 'list', '--state', state)).stdout).toContain('/vm/Прод/сервер');
  });

  it.each([
    ['VM,Template\nweb,no,x\n', 'export.csv:2:1: no row can be loaded: this one has 3 cells'],
    ['a,b\n1,2\n', 'export.csv:1:1: line 1 is not the header of a vInfo export'],
    [
      'VM,Template\nweb,perhaps\n',
      'export.csv:2:1: the inventory holds no VM: line 2 has the Template "perhaps"',
    ],
  ])('load refuses %j with the place', async (text, message) => {
    world.write('export.csv', text);
    const { code, stderr } = await world.run('local', 'load', 'export.csv', '--state', state);
    expect({ code, isSaid: stderr.includes(message), stderr }).toMatchObject({ code: 1, isSaid: true });
  });

  it('load finds columns below titles with other separators, and counts lines as the file does', async () => {
    world.write('export.csv', 'Report; by A, B; C\n\nVM,Template\nweb,no\n"a\nb",yes\nc,yes\n');
    expect(await world.run('local', 'load', 'export.csv', '--state', state)).toEqual({
      code: 0,
      stdout: '1 VM loaded, 2 rows left out.\n',
      stderr: 'export.csv:5: left out: is a template\nexport.csv:7: left out: is a template\n',
    });
  });

  it('--target chooses the service', async () => {
    await serveWhile(['--state', state, '--mgn-initialized'], async () => {
      const { stdout } = await world.run(
        'catalog',
        'list',
        '--state',
        state,
        '--target',
        'mgn',
        '--vm',
        'awsscrum-lnx1',
      );
      expect(stdout).toContain('1 of 298 servers');
    });
    expect((await world.run('connectors', 'list', '--state', state, '--target', 'local')).stderr).toContain(
      'TARGET_UNKNOWN',
    );
  });

  it('--region chooses the region, before the environment', async () => {
    world.env = { AWS_REGION: 'us-east-1' };
    const inFrankfurt = ['--state', state, '--region', 'eu-central-1'];
    expect(await world.run('catalog', 'delete', '--auto-approve', ...inFrankfurt)).toMatchObject({ code: 0 });
    expect((await world.run('catalog', 'list', ...inFrankfurt)).stdout).toContain('0 servers, 0 with a job');
    for (const others of [[], ['--region', 'us-west-2']])
      expect((await world.run('catalog', 'list', '--state', state, ...others)).stdout).toContain(
        'awsscrum-lnx1',
      );
    expect((await world.run('connectors', 'list', ...inFrankfurt)).stdout).toContain('healthy');
  });

  it.each([
    ['--state and --region Frankfurt', ['--region', 'Frankfurt', '--state', 'x'], 'such as eu-central-1'],
    ['--region without --state', ['--region', 'eu-central-1'], '--region is for --state only'],
  ])('refuses %s', async (_, flags, says) => {
    expect(await world.run('connectors', 'list', ...flags)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(says) as unknown,
    });
  });

  it.each([
    ['local', 'load', 'export.csv'],
    ['local', 'advance', '1h'],
    ['local', 'reset', '--auto-approve'],
    ['local', 'fault', 'clear'],
    ['connectors', 'list'],
    ['catalog', 'list'],
  ])('%s %s says that it needs --state', async (...argv) => {
    const { code, stderr } = await world.run(...argv);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'error PROJECT_NOT_FOUND  there is no landfall.yaml here or in a folder above\n',
    );
    expect(stderr).toContain('--state FOLDER');
  });

  it('a folder with other files is refused and stays as it is', async () => {
    world.write('notes.txt', 'mine');
    const { code, stderr } = await world.run('local', 'start', '--state', '.');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error LOCAL_FOREIGN_FOLDER  ${world.folder} has files, but no state of the built-in endpoint\n  fix: give an empty folder, or one that does not exist yet\n`,
    });
    expect(readdirSync(world.folder)).toEqual(['notes.txt']);
  });
});

it('a port in use is named, with what to do', async () => {
  const other: LocalEndpoint = await startLocalEndpoint({ folder: join(world.folder, 'other') });
  try {
    const { code, stderr } = await world.run('local', 'start', '--port', String(other.port));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error LOCAL_PORT_TAKEN  port ${other.port} of 127.0.0.1 is in use by another program\n  fix: give another --port, or leave --port out to use a free one\n`,
    });
  } finally {
    await other.close();
  }
});

it('local start warns when it listens in all networks, and says which names it answers', async () => {
  const { stdout, stderr } = await serveWhile(['--host', '0.0.0.0', '--allow-host', 'aws'], async () => {});
  expect(stdout).toMatch(/^AWS SMS and AWS MGN at http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(stderr).toContain('Warning: this endpoint is open to every machine that can connect to this one.');
  expect(stderr).toContain('It answers requests to these host names: localhost, 127.0.0.1, aws.\n');
  const open = await serveWhile(['--host', '0.0.0.0'], async () => {});
  expect(open.stderr).toContain('are refused: add one with --allow-host NAME.');
  const closed = await serveWhile([], async () => {});
  expect(closed.stderr).not.toContain('Warning');
});

it.each(['http://aws', 'aws:4566', '*', '', 'a b', '-aws', 'fd00::2', '[fd00::2'])(
  '--allow-host %j is not the name of a host',
  async (name) => {
    const { code, stderr } = await world.run('local', 'start', '--allow-host', name);
    expect(code).toBe(1);
    expect(stderr).toContain('give the name or the address of a host, without http:// and without a port');
  },
);

it('--in-memory writes nothing into the project', async () => {
  const before = readdirSync(world.folder, { recursive: true });
  const { stderr } = await serveWhile(['--in-memory'], async () => {});
  expect(stderr).toContain('Its state is kept in memory.');
  expect(readdirSync(world.folder, { recursive: true })).toEqual(before);
  const both = await world.run('local', 'start', '--in-memory', '--state', 'x');
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('--state') as unknown });
});

describe('local fault', () => {
  it('sets and clears the faults of the running endpoint', async () => {
    world.write('faults.yaml', 'unhealthyConnectors: [c-415fef98f4c66c487]\n');
    const health = async () => (await world.run('connectors', 'list')).stdout.split('\n').at(-2);
    await serveWhile([], async () => {
      expect(await health()).toBe('2 connectors, 2 healthy.');
      expect(await world.run('local', 'fault', 'set', 'faults.yaml')).toMatchObject({
        code: 0,
        stdout: '1 fault set.\n',
      });
      expect(await health()).toBe('2 connectors, 1 healthy.');
      expect(await world.run('local', 'fault', 'clear')).toMatchObject({
        code: 0,
        stdout: 'All faults cleared.\n',
      });
      expect(await health()).toBe('2 connectors, 2 healthy.');
    });
  });

  it('says that no endpoint is running', async () => {
    const { code, stderr } = await world.run('local', 'fault', 'clear');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `error LOCAL_NOT_RUNNING  no built-in endpoint is running on ${join(world.folder, '.landfall', 'local')}\n  fix: start one on that folder with \`landfall local start\`, in another terminal\n`,
    );
  });

  it.each([
    ['failures:\n  - server: x\n    stage: Booting\n', '3:12', 'must be one of Uploading, Converting'],
    ['latency: 1\nlatencies: 2\n', '2:12', 'must not have the key "latencies"'],
    [
      'latency: 1\nunhealthyConnectors:\n  - c-415fef98f4c66c487\n  - c-0\n',
      '4:5',
      'there is no connector c-0',
    ],
    ['latency: [1\n', '1:10', 'the bracket [ that begins here is not closed'],
    ['latency: 1\n---\nlatency: 2\n', '3:1', 'the file has a second document'],
    ['- 1\n', '1:1', 'the faults must be object'],
    ['{\n\t"latency": -1\n}', '2:13', 'the fault latency must be >= 0'],
  ])('a bad file is refused with its place, and changes nothing: %j', async (text, place, words) => {
    world.write('faults.yaml', text);
    const start = await world.run('local', 'start', '--faults', 'faults.yaml');
    expect({ code: start.code, stderr: start.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`error LOCAL_BAD_FAULTS  faults.yaml:${place}: `) as unknown,
    });
    expect(start.stderr).toContain(words);
    await serveWhile(['--throttling', '0'], async () => {
      const set = await world.run('local', 'fault', 'set', 'faults.yaml');
      expect(set.stderr).toBe(start.stderr);
      expect((await world.run('connectors', 'list')).stdout).toContain('2 connectors, 2 healthy.');
    });
  });

  it('flags replace fields of the file, and a wrong flag has no place in it', async () => {
    world.write('faults.yaml', 'unhealthyConnectors: [c-415fef98f4c66c487]\n');
    const { stderr } = await world.run(
      'local',
      'start',
      '--faults',
      'faults.yaml',
      '--unhealthy-connector',
      'c-0',
    );
    expect(stderr).toContain('error LOCAL_BAD_FAULTS  there is no connector c-0\n');
  });

  it('a file that cannot be read is named', async () => {
    const { code, stderr } = await world.run('local', 'fault', 'set', 'gone.yaml');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error FILE_UNREADABLE  gone.yaml cannot be read: ENOENT\n  fix: check the name of the file\n',
    });
  });
});
