import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Context } from '../../src/cli/context.ts';
import { replaceFiles } from '../../src/workflow/converting.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const MGN = `${PROJECT}  aws: { provider: mgn, region: us-west-2 }\n`;
const TEXT = wave('sdsc-01', ['{ name: awsscrum-lnx1, os: rhel-7.3 } # the first']);
const CONVERTED = TEXT.replace('  defaults: { frequency: 12 }\n', '');

let world: ScratchProject;
beforeEach(() => {
  world = new ScratchProject({ 'landfall.yaml': MGN, 'waves/sdsc-01.yaml': TEXT });
});
afterEach(async () => {
  await world.dispose();
});

const convert = (...args: readonly string[]) => world.run('convert', '--to', 'mgn', ...args);

interface Report {
  readonly written: string;
  readonly files: readonly { readonly path: string; readonly out?: string; readonly changed: boolean }[];
  readonly problems: readonly { readonly message: string; readonly file?: string; readonly line?: number }[];
  readonly notes: readonly string[];
  readonly summary: Readonly<Record<string, number>>;
}

async function report(...args: readonly string[]): Promise<Report> {
  return JSON.parse((await convert(...args, '--format', 'json')).stdout) as Report;
}

describe('convert', () => {
  it('says what it would do, and writes nothing, unless told where to', async () => {
    const { code, stdout, stderr } = await convert('--target', 'aws');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`waves/sdsc-01.yaml
  5:3   sdsc-01           target: aws      named none
  5:15  sdsc-01 defaults  - frequency: 12  MGN replicates all the time

Notes
  the next plan of the default target deletes the jobs that wave sdsc-01 had there on SMS; their AMIs stay

1 wave in 1 file: 1 setting dropped. Nothing was written: --in-place changes the files, --out FOLDER writes new ones.
`);
    expect(await convert('--target', 'aws', '--dry-run')).toEqual({ code, stdout, stderr });
    expect(world.read('waves/sdsc-01.yaml')).toBe(TEXT);
  });

  it('changes files in place, which validate then takes', async () => {
    const path = join(world.folder, 'waves/sdsc-01.yaml');
    chmodSync(path, 0o640);
    const { code, stdout } = await convert('--target', 'aws', '--in-place');
    expect(code).toBe(0);
    expect(stdout).toContain('1 file changed.\nNext: landfall validate, then landfall plan.\n');
    expect(world.read('waves/sdsc-01.yaml')).toBe(CONVERTED.replace('spec:\n', 'spec:\n  target: aws\n'));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
    expect((await convert('--target', 'aws', '--in-place')).stdout).toBe(
      '1 wave in 1 file: nothing to convert.\n',
    );
  });

  it('writes new files into a folder, as they stood, and over none', async () => {
    world.write('waves/sub/other.yaml', TEXT.replaceAll('sdsc-01', 'sdsc-02').replace('lnx1', 'lnx2'));
    world.write('landfall.yaml', MGN.replace('waves/*.yaml', 'waves/**'));
    expect((await convert('--target', 'aws', '--out', 'new')).code).toBe(0);
    expect(readdirSync(join(world.folder, 'new'), { recursive: true }).toSorted()).toEqual([
      'sdsc-01.yaml',
      'sub',
      'sub/other.yaml',
    ]);
    expect(world.read('waves/sdsc-01.yaml')).toBe(TEXT);
    expect((await convert('--target', 'aws', '--out', 'new')).code).toBe(0);
    world.write('new/sub/other.yaml', '# mine\n');
    const { code, stderr } = await convert('--out', 'new');
    expect([code, stderr.split('\n')[0]]).toEqual([
      1,
      'error FILE_EXISTS  "new/sdsc-01.yaml", "new/sub/other.yaml" already exist: nothing was written',
    ]);
  });

  it('takes the waves that the project’s rules refuse, once a target has become one of MGN', async () => {
    world.write('landfall.yaml', PROJECT.replace('sms', 'mgn'));
    expect((await world.run('validate')).stdout).toContain('`landfall convert --to mgn` rewrites the file');
    expect((await convert('--in-place')).code).toBe(0);
    expect(world.read('waves/sdsc-01.yaml')).toBe(CONVERTED);
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it('needs no project for files that are named', async () => {
    world.remove('landfall.yaml');
    expect((await convert('waves/sdsc-01.yaml', '--target', 'anything', '--in-place')).code).toBe(0);
    expect(world.read('waves/sdsc-01.yaml')).toContain('target: anything');
    expect(await convert()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PROJECT_NOT_FOUND') as unknown,
    });
  });

  it('converts the waves that are chosen, and leaves others of the file alone', async () => {
    world.write(
      'waves/sdsc-01.yaml',
      `${TEXT}---\n${TEXT.replaceAll('sdsc-01', 'sdsc-02').replace('lnx1', 'lnx2')}`,
    );
    await convert('--wave', '*-02', '--target', 'aws', '--in-place');
    const [first, second] = world.read('waves/sdsc-01.yaml').split('---\n');
    expect(first).toBe(TEXT);
    expect(second).not.toContain('frequency');
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it('leaves waves that are at MGN their target, unless they are named', async () => {
    world.write('landfall.yaml', `${MGN}  other: { provider: mgn, region: us-west-2 }\n`);
    const at = (target: string) => TEXT.replace('spec:\n', `spec:\n  target: ${target}\n`);
    world.write('waves/sdsc-01.yaml', at('other'));
    await convert('--target', 'aws', '--in-place');
    expect(world.read('waves/sdsc-01.yaml')).toContain('target: other');
    await convert('--target', 'aws', '--wave', 'sdsc-01', '--in-place');
    expect(world.read('waves/sdsc-01.yaml')).toContain('target: aws');
  });

  it('tells what only a person can solve, with its place in the result, and exits with 1', async () => {
    world.write(
      'waves/sdsc-01.yaml',
      wave(
        'sdsc-01',
        ['{ vmManagerId: M, vmId: vm-1 }', '{ serverId: s-4e856027 }', '{ name: db, kmsKeyId: alias/x }'],
        ['phase: cutover'],
      ),
    );
    const { problems, notes, written } = await report('--in-place');
    expect(written).toBe('in-place');
    expect(problems.map(({ message, file, line }) => `${file ?? ''}:${line ?? ''} ${message}`)).toEqual(
      [
        'waves/sdsc-01.yaml:7:MGN does not find VMs by vmManagerId and vmId',
        'waves/sdsc-01.yaml:9 kmsKeyId "alias/x" is not an ARN, which MGN requires',
        'waves/sdsc-01.yaml:8 only serverId "s-4e856027" identifies this VM, and that is an id of SMS',
        'waves/sdsc-01.yaml:4 the default target of wave sdsc-01 is one of SMS',
      ].map((text) => text.replace(':7:', ':7 ')),
    );
    expect(notes).toEqual([expect.stringContaining('phase: cutover, which on MGN launches instances')]);
    expect((await convert()).code).toBe(1);
  });

  it('leaves a file alone that is not well-formed, and says so', async () => {
    world.write('waves/broken.yaml', 'kind: Wave\n\tx: 1\n');
    world.write('waves/odd.yaml', Buffer.from([0x6b, 0xff, 0x0a]));
    const { problems, files } = await report('--target', 'aws', '--out', 'new');
    expect(problems.map(({ file }) => file)).toEqual(
      ['waves/broken.yaml', 'waves/odd.yaml'].slice(0, problems.length),
    );
    expect(files.find(({ path }) => path === 'waves/sdsc-01.yaml')?.changed).toBe(true);
    expect(existsSync(join(world.folder, 'new/broken.yaml'))).toBe(false);
    expect(existsSync(join(world.folder, 'new/sdsc-01.yaml'))).toBe(true);
  });

  it('keeps byte order marks and line ends', async () => {
    const text = `\ufeff${TEXT.replaceAll('\n', '\r\n')}`;
    world.write('waves/sdsc-01.yaml', text);
    await convert('--in-place');
    expect(readFileSync(join(world.folder, 'waves/sdsc-01.yaml'), 'utf8')).toBe(
      text.replace('  defaults: { frequency: 12 }\r\n', ''),
    );
  });

  it('writes through links', async () => {
    world.write('real/one.yaml', TEXT.replaceAll('sdsc-01', 'linked').replace('lnx1', 'lnx2'));
    symlinkSync('../real/one.yaml', join(world.folder, 'waves/one.yaml'));
    await convert('--in-place');
    expect(world.read('real/one.yaml')).not.toContain('frequency');
    expect(world.read('waves/one.yaml')).toBe(world.read('real/one.yaml'));
  });

  it('gives back what was written where a later file cannot be', async () => {
    const before = Buffer.from(TEXT);
    const context = { host: { cwd: world.folder, env: {} } } as Context;
    const path = (file: string) => join(world.folder, file);
    const files = [
      { path: path('waves/sdsc-01.yaml'), text: CONVERTED, before },
      { path: path('gone/b.yaml'), text: CONVERTED, before },
    ];
    await expect(replaceFiles(context, files)).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: 'gone/b.yaml cannot be written: ENOENT',
    });
    expect(world.read('waves/sdsc-01.yaml')).toBe(TEXT);
  });

  it.each<[string, readonly string[], string]>([
    ['a target of SMS', ['--target', 'local'], 'error USAGE  landfall.yaml:7:3: target local is on SMS'],
    ['a target there is not', ['--target', 'asw'], 'error TARGET_UNKNOWN  no target is named "asw"'],
    ['a wave there is not', ['--wave', 'x*'], 'error WAVE_UNKNOWN  no wave is named "x*"'],
    ['a file there is not', ['gone.yaml'], 'error FILE_UNREADABLE  gone.yaml cannot be read: ENOENT'],
    [
      'two places to write to',
      ['--in-place', '--out', 'x'],
      'error USAGE  option "--in-place" cannot be used with option "--out <folder>"',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await convert(...args);
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([1, '', message]);
    expect(world.read('waves/sdsc-01.yaml')).toBe(TEXT);
  });

  it('refuses a file that is larger than any manifest, and waves in the project file are waves too', async () => {
    world.write('huge.yaml', '#'.repeat(11_000_000));
    expect((await convert('huge.yaml')).stderr).toContain(
      'huge.yaml has 11000000 bytes; a manifest may have 10485760',
    );
    world.write(
      'landfall.yaml',
      `${MGN}---\n${TEXT.replaceAll('sdsc-01', 'inside').replace('lnx1', 'lnx2')}`,
    );
    await convert('--target', 'aws', '--in-place');
    expect(world.read('landfall.yaml')).toBe(
      `${MGN}---\n${CONVERTED.replaceAll('sdsc-01', 'inside').replace('lnx1', 'lnx2').replace('spec:\n', 'spec:\n  target: aws\n')}`,
    );
    expect(await world.run('validate')).toMatchObject({ code: 0 });
  });

  it('says of a file that it holds no wave', async () => {
    const { problems } = await report('landfall.yaml');
    expect(problems).toMatchObject([{ message: 'the file holds no wave', file: 'landfall.yaml' }]);
  });

  it('escapes what files hold', async () => {
    world.write(
      'waves/sdsc-01.yaml',
      TEXT.replace('# the first', '# \u001b[31mred').replace('{ name', '{ "frequency": 12, name'),
    );
    const { stdout, code } = await convert();
    expect([code, stdout.includes('\u001b')]).toEqual([1, false]);
  });
});
