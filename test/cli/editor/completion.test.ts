import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { completionCandidates, unquoteBash } from '../../../src/report/editor/completion.ts';
import { PROJECT, wave, World } from '../world.ts';

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
  let world: World;
  beforeEach(async () => {
    const vms = ['awsscrum-lnx1', 'awsscrum-lnx2', 'My VM', ...HOSTILE].map(
      (name) => `{ name: ${JSON.stringify(name)} }`,
    );
    world = new World({
      'waves/sdsc-01.yaml': wave('sdsc-01', vms),
      'waves/opdc-01.yaml': wave('opdc-01', []),
      'other/landfall.yaml': PROJECT.replace('ucop', 'other'),
      'other/waves/far-01.yaml': wave('far-01', []),
    });
    world.write('completion.bash', (await world.run('completion', 'bash')).stdout);
  });
  afterEach(async () => {
    await world.dispose();
  });

  /** What bash offers where the cursor stands behind the last word; \`landfall\` answers as the program does. */
  async function bash(...words: string[]): Promise<readonly string[]> {
    const asked = /(?:--(wave|vm|target)=?|status) ?[^ ]*$/.exec(
      words.filter((word) => word !== '=').join(' '),
    );
    const kind = asked?.[1] ?? 'name';
    const { stdout } = await world.run(
      '__complete',
      'bash',
      kind,
      '--',
      words.at(-1)?.replace(/^=$/, '') ?? '',
      ...words.slice(1),
    );
    world.write('answer', stdout);
    world.write(
      'bin/landfall',
      `#!/bin/sh\necho "$@" >> ${world.folder}/asked\ncat ${world.folder}/answer\n`,
    );
    chmodSync(join(world.folder, 'bin/landfall'), 0o755);
    const script = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _landfall; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const text = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
      cwd: world.folder,
      encoding: 'utf8',
      env: { PATH: `${world.folder}/bin:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return text.split('\n').filter((line) => line !== '');
  }

  it('completes commands, commands below them, flags and choices in bash', async () => {
    expect(await bash('landfall', 'pl')).toEqual(['plan']);
    expect(await bash('landfall', '')).toEqual(
      expect.arrayContaining(['validate', 'apply', 'catalog', 'completion']),
    );
    expect(await bash('landfall', '')).not.toContain('__complete');
    expect(await bash('landfall', 'catalog', 'l')).toEqual(['list']);
    expect(await bash('landfall', 'catalog', 'list', '--with')).toEqual(['--with-job', '--without-job']);
    expect(await bash('landfall', 'plan', '--format', 'js')).toEqual(['json']);
    expect(await bash('landfall', 'plan', '--format', '=', 'js')).toEqual(['json']);
    expect(await bash('landfall', 'plan', '--format', '=')).toEqual(expect.arrayContaining(['text', 'json']));
    expect(await bash('landfall', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await bash('landfall', 'schema', 'wa')).toEqual(['wave']);
    expect(await bash('landfall', 'explain', 'licence.l')).toEqual(['licence.linux-aws']);
    // The value of a flag is no command, and files are left to bash.
    expect(await bash('landfall', '--project', 'plan', '--wa')).toEqual([]);
    expect(await bash('landfall', 'apply', '')).toEqual([]);
  });

  it('completes names of the project in bash, quoted', async () => {
    expect(await bash('landfall', 'plan', '--wave', 's')).toEqual(['sdsc-01']);
    expect(await bash('landfall', 'plan', '--target', '')).toEqual(['local']);
    expect(await bash('landfall', 'plan', '--vm', 'My')).toEqual(['My\\ VM']);
    expect(await bash('landfall', 'plan', '--vm', 'My\\ V')).toEqual(['My\\ VM']);
    expect(await bash('landfall', 'plan', '--vm', '"My V')).toEqual(['My VM']);
    expect(await bash('landfall', 'plan', '--vm', 'sdsc-01/awsscrum-lnx1')).toEqual([
      'sdsc-01/awsscrum-lnx1',
    ]);
    expect(await bash('landfall', 'status', 'sdsc')).toEqual(['sdsc-01']);
    expect(await bash('landfall', 'plan', '--project', 'other', '--wave', '')).toEqual(['far-01']);
  });

  it('runs nothing that a manifest says, at TAB or when the line is entered', async () => {
    const offered = await bash('landfall', 'plan', '--vm', '');
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
    expect(await world.run('__complete', 'bash', 'wave', '--', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    world.remove('landfall.yaml');
    expect(await world.run('__complete', 'bash', 'wave', '--', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('quotes any name so that bash reads it back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 30 }),
        (names) => {
          const offered = completionCandidates(() => names, '', 'bash');
          const read = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${offered.join(' ')}`], {
            encoding: 'utf8',
            env: { LC_ALL: 'C.UTF-8' },
          });
          const plain = completionCandidates(() => names, '', 'zsh');
          expect(offered.length === 0 ? [] : read.split('\0').slice(0, -1)).toEqual(plain);
          expect(offered.map(unquoteBash)).toEqual(plain);
        },
      ),
      { numRuns: 30 },
    );
  });
});
