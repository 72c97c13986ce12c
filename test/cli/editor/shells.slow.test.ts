import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BIN } from '../../setup/program.ts';
import { PROJECT, wave, ScratchProject } from '../scratch-project.ts';
import { type Completed, SHELLS } from './shells.ts';

/** Names that would run something if a shell ever read them, each with a beginning that no other name has. */
const HOSTILE = [
  '1$(touch pwned)',
  '2`touch pwned`',
  "3it's; touch pwned",
  '4"; touch pwned #',
  '5a & touch pwned',
  '6~ * ?',
  '7{a,b} [c] \\d !e',
];

// Each TAB starts a shell, and often landfall.
jest.setTimeout(300_000);

describe.each(['bash', 'zsh', 'fish'] as const)('completion in %s', (name) => {
  const shell = SHELLS[name];
  const test = shell.isThere ? it : it.skip;
  if (!shell.isThere) it.skip(`is not tried: there is no ${name} on this machine`, () => undefined);

  let world: ScratchProject;
  beforeEach(async () => {
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2', 'My VM', ...HOSTILE];
    world = new ScratchProject({
      'waves/sdsc-01.yaml': wave(
        'sdsc-01',
        vms.map((vm) => `{ name: ${JSON.stringify(vm)} }`),
      ),
      'waves/opdc-01.yaml': wave('opdc-01', ['{ name: far }']),
      'other/landfall.yaml': PROJECT.replace('ucop', 'other'),
      'other/waves/far-01.yaml': wave('far-01', ['{ name: far }']),
      'plans/wave.plan': '',
    });
    world.write(`completion.${name}`, (await world.run('completion', name)).stdout);
    mkdirSync(join(world.folder, 'bin'));
    symlinkSync(BIN, join(world.folder, 'bin', 'landfall'));
  });
  afterEach(async () => {
    await world.dispose();
  });

  function tab(line: string, more: Readonly<Record<string, string>> = {}): Completed {
    const { PATH = '' } = process.env;
    return shell.complete(world.folder, line, {
      PATH: `${join(world.folder, 'bin')}:${PATH}`,
      HOME: world.folder,
      TERM: 'xterm',
      LC_ALL: 'C.UTF-8',
      ...more,
    });
  }
  const offered = (line: string): readonly string[] => tab(line).offered;

  test('offers commands, those below them, flags and choices', () => {
    expect(offered('landfall pl')).toEqual(['plan']);
    const all = offered('landfall ');
    expect(all).toEqual(expect.arrayContaining(['validate', 'apply', 'catalog', 'completion']));
    expect(all).not.toContain('__complete');
    expect(offered('landfall catalog list --with')).toEqual(['--with-job', '--without-job']);
    expect(offered('landfall plan --format js')).toEqual(['json']);
  });

  test('offers files where there is to be one', () => {
    const { offered: files, line } = tab('landfall apply plans/');
    // bash lists files by itself, without the function that the script defines.
    expect(name === 'bash' ? [line.split(' ').at(-1)] : files).toEqual([
      expect.stringMatching(/wave\.plan$/),
    ]);
    expect(offered('landfall schema plans/')).toEqual([]);
  });

  test('offers names of the project', () => {
    expect(offered('landfall plan --wave s')).toEqual(['sdsc-01']);
    expect(offered('landfall plan --wave ')).toEqual(['opdc-01', 'sdsc-01']);
    expect(offered('landfall plan --vm aws')).toEqual(['awsscrum-lnx1', 'awsscrum-lnx2']);
    expect(offered('landfall plan --project=other --wave ')).toEqual(['far-01']);
    expect(tab('landfall plan --wave=s').line).toBe('landfall plan --wave=sdsc-01');
  });

  test.each(['My VM', ...HOSTILE])('puts %j on the line so that it is that name, and runs nothing', (vm) => {
    const { line } = tab(`landfall plan --vm ${vm.slice(0, 1)}`);
    const before = 'landfall plan --vm ';
    expect(line.startsWith(before)).toBe(true);
    expect(shell.read(world.folder, line.slice(before.length))).toEqual([vm]);
    expect(existsSync(join(world.folder, 'pwned'))).toBe(false);
  });

  test('is there where the shell finds it by itself', () => {
    world.write(shell.kept, world.read(`completion.${name}`));
    world.remove(`completion.${name}`);
    const found = { AUTOLOAD: '1' };
    expect(tab('landfall pl', found)).toEqual({ offered: ['plan'], line: 'landfall plan' });
    expect(tab('landfall status sdsc', found).line).toBe('landfall status sdsc-01');
  });

  test('is silent where there is no project, or none that can be read', () => {
    world.write('landfall.yaml', ': [');
    expect(tab('landfall plan --wave ')).toEqual({ offered: [], line: 'landfall plan --wave' });
  });
});
