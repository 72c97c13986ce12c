import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderCandidates, unquoteBash } from '../../../src/report/editor/completion.ts';
import { PROJECT, wave, ScratchProject } from '../scratch-project.ts';
import { tries } from '../../setup/tries.ts';

/** Names that would run something if a shell ever read them. */
const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  "it's; touch pwned",
  '"; touch pwned #',
  'a & touch pwned',
  '~',
  '*',
];

describe('landfall completion', () => {
  let world: ScratchProject;
  beforeEach(() => {
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2', 'My VM', ...HOSTILE].map(
      (name) => `{ name: ${JSON.stringify(name)} }`,
    );
    world = new ScratchProject({
      'waves/sdsc-01.yaml': wave('sdsc-01', vms),
      'waves/opdc-01.yaml': wave('opdc-01', []),
      'other/landfall.yaml': PROJECT.replace('ucop', 'other'),
      'other/waves/far-01.yaml': wave('far-01', []),
    });
  });
  afterEach(async () => {
    await world.dispose();
  });

  /** The lines that the program answers a shell with, for the words behind `landfall`. */
  async function answer(shell: string, ...words: string[]): Promise<readonly string[]> {
    const { code, stdout, stderr } = await world.run('__complete', shell, '--', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.split('\n').slice(0, -1);
  }
  /** The words that are offered, where it is words. */
  async function bash(...words: string[]): Promise<readonly string[]> {
    const [kind, ...offered] = await answer('bash', ...words);
    expect(kind).toBe('words');
    return offered;
  }

  it('completes commands, commands below them, flags and choices', async () => {
    expect(await bash('pl')).toEqual(['plan']);
    expect(await bash('')).toEqual(expect.arrayContaining(['validate', 'apply', 'catalog', 'completion']));
    expect(await bash('')).not.toContain('__complete');
    expect(await bash('catalog', 'l')).toEqual(['list']);
    expect(await bash('catalog', 'list', '--with')).toEqual(['--with-job', '--without-job']);
    expect(await bash('plan', '--format', 'js')).toEqual(['json']);
    expect(await bash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await bash('completion', 'bash', '')).toEqual([]);
    expect(await bash('schema', 'wa')).toEqual(['wave']);
    expect(await bash('explain', 'licence.l')).toEqual(['licence.linux-aws']);
    // The value of a flag is no command.
    expect(await bash('--project', 'plan', '--wa')).toEqual([]);
    expect(await bash('--quiet', 'plan', '--wa')).toEqual(['--wave']);
    expect(await bash('nonsense', '')).toContain('plan');
  });

  it('completes the value of --flag=value, whole or as bash splits it', async () => {
    expect(await bash('plan', '--format', '=', 'js')).toEqual(['json']);
    expect(await bash('plan', '--format', '=')).toEqual(expect.arrayContaining(['text', 'json']));
    expect(await bash('plan', '--format=js')).toEqual(['--format=json']);
    expect(await answer('fish', 'plan', '--wave=s')).toEqual(['words', '--wave=sdsc-01']);
    expect(await answer('zsh', 'plan', '--wave=s')).toEqual(['words', 'sdsc-01']);
    expect(await answer('zsh', 'plan', '--out=')).toEqual(['files']);
  });

  it('describes commands and flags to zsh and fish', async () => {
    expect(await answer('zsh', 'catalog', 'l')).toEqual(['words', expect.stringMatching(/^list\t\w/)]);
    expect(await answer('fish', 'plan', '--wa')).toEqual(['words', expect.stringMatching(/^--wave\t\w/)]);
  });

  it('leaves files and folders to the shell', async () => {
    expect(await answer('bash', 'apply', '')).toEqual(['files']);
    expect(await answer('bash', 'init', '')).toEqual(['folders']);
  });

  it('completes names of the project, quoted for bash', async () => {
    expect(await bash('plan', '--wave', 's')).toEqual(['sdsc-01']);
    expect(await bash('plan', '--target', '')).toEqual(['local']);
    expect(await bash('plan', '--vm', 'My')).toEqual(['My\\ VM']);
    expect(await bash('plan', '--vm', 'My\\ V')).toEqual(['My\\ VM']);
    expect(await bash('plan', '--vm', '"My V')).toEqual(['My VM']);
    expect(await bash('plan', '--vm', 'sdsc-01/awsscrum-lnx1')).toEqual(['sdsc-01/awsscrum-lnx1']);
    expect(await bash('plan', '--replace', 'sdsc-01/awsscrum-lnx1')).toEqual(['sdsc-01/awsscrum-lnx1']);
    expect(await bash('status', 'sdsc')).toEqual(['sdsc-01']);
    expect(await bash('status', 'sdsc-01', 'op')).toEqual(['opdc-01']);
    expect(await bash('output', 'sdsc-01', 'op')).toEqual(['opdc-01']);
    expect(await bash('describe', 'awsscrum-lnx1')).toEqual(['awsscrum-lnx1']);
    expect(await bash('plan', '--project', 'other', '--wave', '')).toEqual(['far-01']);
    world.env = { HOME: world.folder };
    expect(await bash('plan', '--project', '~/other', '--wave', '')).toEqual(['far-01']);
    expect(await bash('plan', '--project', '=', '~/other', '--wave', '')).toEqual(['far-01']);
  });

  it('runs nothing that a manifest says, at TAB or when the line is entered', async () => {
    const offered = await bash('plan', '--vm', '');
    expect(offered).toHaveLength(3 + HOSTILE.length);
    for (const word of offered) {
      const read = execFileSync('bash', ['--norc', '-c', `printf %s ${word}`], {
        cwd: world.folder,
        encoding: 'utf8',
      });
      expect([...HOSTILE, 'My VM', 'awsscrum-lnx1', 'awsscrum-lnx2']).toContain(read);
    }
    expect(existsSync(join(world.folder, 'pwned'))).toBe(false);
  });

  it('is silent where there is no project, or none that can be read', async () => {
    world.write('landfall.yaml', ': [');
    expect(await bash('plan', '--wave', '')).toEqual([]);
    world.remove('landfall.yaml');
    expect(await bash('plan', '--wave', '')).toEqual([]);
    expect(await bash()).toContain('plan');
  });

  it('quotes any name so that bash reads it back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 30 }),
        (names) => {
          const candidates = names.map((text) => ({ text }));
          const linesFor = (shell: string) =>
            renderCandidates(() => candidates, '', shell)
              .split('\n')
              .slice(0, -1);
          const offered = linesFor('bash');
          const read = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${offered.join(' ')}`], {
            encoding: 'utf8',
            env: { LC_ALL: 'C.UTF-8' },
          });
          const plain = linesFor('zsh');
          expect(offered.length === 0 ? [] : read.split('\0').slice(0, -1)).toEqual(plain);
          expect(offered.map(unquoteBash)).toEqual(plain);
        },
      ),
      tries(12),
    );
  });
});
