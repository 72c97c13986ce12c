import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadProject, type LoadResult } from '../../src/manifest/load.ts';
import { readManifest } from '../../src/manifest/check.ts';
import { Source } from '../../src/manifest/source.ts';
import { inFolder, PROJECT, waveText } from './folder.ts';
import { summary } from './documents.ts';

const found = ({ concerns }: LoadResult) => concerns.map(summary);

const cwd = fileURLToPath(new URL('../..', import.meta.url));
// A day on which the seed time of the first wave is near.
const example = await loadProject({
  projectFile: 'landfall.yaml',
  cwd,
  now: Date.parse('2026-11-23T00:00:00Z'),
});

describe('the example project', () => {
  it('is valid, with one warning to learn from', () => {
    expect(example.concerns.map(({ id }) => id)).toEqual(['licence.windows-byol']);
    expect(example.desired?.waves.length).toBeGreaterThanOrEqual(4);
  });

  it('fits in the default limit of its target', () => {
    expect(example.desired?.vms.length).toBeLessThanOrEqual(50);
  });

  it('holds the VM of the founding document', () => {
    const vm = example.desired?.vms.find(({ address }) => address === 'sdsc-01/awsscrum-lnx1');
    expect(vm).toMatchObject({
      target: 'local',
      reference: { path: '/Datacenters/SDSC/vm/awsscrum-lnx1' },
      settings: {
        frequency: 12,
        licenseType: 'BYOL',
        roleName: 'sms',
        seedReplicationTime: '2026-12-02T04:00:00Z',
      },
    });
  });
});

describe('the size of a project', () => {
  const wave = (name: string, vms: number, more = '') =>
    `apiVersion: landfall/v1\nkind: Wave\nmetadata: { name: ${name} }\nspec:\n  defaults: { frequency: 12 }\n  vms:\n${Array.from({ length: vms }, (_, at) => `    - name: ${name}-${at}\n`).join('')}${more}`;
  const projectWith = (limits: string) => `${PROJECT}limits: ${limits}\n`;

  it('may be what limits allow, and not one VM more', async () => {
    await inFolder(async ({ write, load }) => {
      write('waves/a.yaml', wave('a', 3));
      write('waves/b.yaml', wave('b', 4));
      write('waves/c.yaml', 'broken: [');
      write('landfall.yaml', projectWith('{ vms: 7 }'));
      expect(found(await load())).toEqual([expect.stringContaining('yaml.syntax waves/c.yaml')]);
      write('landfall.yaml', projectWith('{ vms: 6 }'));
      const { concerns, desired, partial } = await load();
      expect([desired, partial]).toEqual([undefined, undefined]);
      expect(concerns).toMatchObject([
        {
          id: 'project.too-large',
          place: { file: 'landfall.yaml', line: 6 },
          message: 'the wave files up to waves/b.yaml have more than 6 VMs',
          remedy: expect.stringContaining('set a higher limits.vms in this file'),
        },
      ]);
    });
  });

  it('counts bytes before a file is parsed, and reads nothing after the limit', async () => {
    await inFolder(async ({ write, load }) => {
      const padding = `# ${'x'.repeat(700_000)}\n`;
      for (const name of ['a', 'b', 'c']) write(`waves/${name}.yaml`, wave(name, 1, padding));
      write('landfall.yaml', projectWith('{ manifestMiB: 2 }'));
      const { concerns, files } = await load();
      expect(concerns).toMatchObject([
        {
          id: 'project.too-large',
          message: 'the wave files up to waves/c.yaml have more than 2 MiB',
          remedy: expect.stringContaining('limits.manifestMiB'),
        },
      ]);
      write('landfall.yaml', projectWith('{ manifestMiB: 1 }'));
      expect((await load()).files).toEqual(files.slice(0, -1));
      write('landfall.yaml', projectWith('{ manifestMiB: 3 }'));
      expect(found(await load())).toEqual([]);
    });
  });

  it('counts the VMs of the project file', async () => {
    await inFolder(async ({ write, load }) => {
      write('landfall.yaml', `${projectWith('{ vms: 2 }')}---\n${wave('main', 2)}`);
      write('waves/a.yaml', wave('a', 1));
      expect(found(await load())).toEqual([expect.stringContaining('project.too-large landfall.yaml:6:')]);
    });
  });

  it('has a limit without being asked', () => {
    const source = new Source('landfall.yaml', PROJECT);
    expect(readManifest(source, 'project file').projects).toMatchObject([
      { size: { maxVms: 200_000, maxBytes: 64 * 1024 * 1024 } },
    ]);
  });
});

describe('loading a project', () => {
  it('reads the files of its globs, each once, in order', async () => {
    await inFolder(async ({ write, load }) => {
      write(
        'landfall.yaml',
        PROJECT.replace('waves/**/*.yaml', "'waves/**/*.yaml', '*.yaml', '!waves/drafts/**'"),
      );
      write('waves/b.yaml', waveText('b'));
      write('waves/sub/a.yaml', waveText('a'));
      write('waves/drafts/c.yaml', 'not: read');
      write('waves/notes.txt', 'not: read');
      const result = await load();
      expect(found(result)).toEqual([]);
      expect(result.files).toEqual(['landfall.yaml', 'waves/b.yaml', 'waves/sub/a.yaml']);
      expect(result.desired?.vms.map(({ address }) => address)).toEqual(['a/a-vm', 'b/b-vm']);
    });
  });

  it('shows paths from the working directory', async () => {
    await inFolder(async ({ path, write }) => {
      write('waves/a.yaml', 'a: b');
      write('elsewhere/x', '');
      const result = await loadProject({
        projectFile: join(path, 'landfall.yaml'),
        cwd: join(path, 'elsewhere'),
        now: 0,
      });
      expect(result.files).toEqual(['../landfall.yaml', '../waves/a.yaml']);
      expect(result.concerns[0]?.place?.file).toBe('../waves/a.yaml');
    });
  });

  it('reports all problems of all files', async () => {
    await inFolder(async ({ write, load }) => {
      write('landfall.yaml', `${PROJECT}colour: red\n`);
      write('waves/a.yaml', `${waveText('a')}---\n${waveText('b').replace('12', '99')}`);
      write('waves/b.yaml', 'a: b: c\n');
      write('waves/c.yaml', waveText('a'));
      expect(found(await load())).toEqual(
        [
          'schema.unknown-key landfall.yaml:6:1 "colour"',
          'schema.value waves/a.yaml:9:40 "99"',
          'yaml.syntax waves/b.yaml:1:5 ":"',
          'wave.duplicate waves/c.yaml:3:19 "a"',
        ].sort((a, b) => a.slice(a.indexOf(' ')).localeCompare(b.slice(b.indexOf(' ')))),
      );
    });
  });

  it('says that there is no project', async () => {
    await inFolder(async ({ load }) => {
      const result = await load('gone.yaml');
      expect(found(result)).toEqual(['project.missing gone.yaml:1:1 ""']);
      expect(result.desired).toBeUndefined();
    });
  });

  it('says that no file matches', async () => {
    await inFolder(async ({ load }) => {
      const result = await load();
      expect(found(result)).toEqual(['file.no-match landfall.yaml:4:9 "waves/**/*.yaml"']);
      expect(result.desired).toBeUndefined();
    });
  });
});

describe('globs', () => {
  const load = async (globs: string) => {
    let result: LoadResult | undefined;
    await inFolder(async (folder) => {
      folder.write('landfall.yaml', PROJECT.replace('[waves/**/*.yaml]', globs));
      folder.write('w/a.yaml', waveText('a'));
      result = await folder.load();
    });
    return result?.concerns.map((each) => `${summary(each)} ${each.message}`);
  };

  it('that fit nothing are each told', async () => {
    expect(await load('[w/*.yaml, wvaes/*.yaml]')).toEqual([
      'file.no-match landfall.yaml:4:19 "wvaes/*.yaml" no file matches wvaes/*.yaml',
    ]);
    expect(await load('[w/*.yaml, "!w/*.yaml"]')).toHaveLength(1);
  });

  it('may take out nothing', async () => {
    expect(await load('[w/*.yaml, "!drafts/*.yaml"]')).toEqual([]);
  });

  it('may not be none', async () => {
    expect(await load('[]')).toEqual([
      'file.none landfall.yaml:4:1 "waves" waves is empty: no wave files are read',
    ]);
  });

  it.each([
    '../*.yaml',
    '/etc/*.yaml',
    '../../../../../../*/x.yaml',
    'w/../../x.yaml',
    '/x.yaml',
    'C:/x.yaml',
    '..',
  ])('that may lead out of the project are refused: %s', async (glob) => {
    expect(await load(`[w/*.yaml, ${glob}]`)).toEqual([
      `file.outside-project landfall.yaml:4:19 "${glob}" item 2 of waves ${glob} is not a path below the project file`,
    ]);
  });
});

describe('wave files that no glob matches', () => {
  const load = async (globs: string, files: Readonly<Record<string, string>>) => {
    let result: LoadResult | undefined;
    await inFolder(async (folder) => {
      folder.write('landfall.yaml', PROJECT.replace('[waves/**/*.yaml]', globs));
      for (const [file, text] of Object.entries(files)) folder.write(file, text);
      result = await folder.load();
    });
    return result;
  };
  const one = { 'waves/one.yaml': waveText('one') };

  it.each([
    ['[waves/**/*.yaml]', 'waves/two.yml'],
    ['[waves/**/*.yaml]', 'waves/two.YAML'],
    ['[waves/*.yaml]', 'waves/old/two.yaml'],
    ['[waves/one.yaml]', 'waves/two.yaml'],
    ['["**/one.yaml"]', 'waves/two.yaml'],
  ])('%s: %s is named', async (globs, file) => {
    const result = await load(globs, { ...one, [file]: waveText('two') });
    expect(result?.concerns).toEqual([
      {
        id: 'file.unmatched',
        severity: 'warning',
        message: 'no glob of the project matches this file, which has the wave two',
        remedy: `add a glob that matches it to waves in the project file, or exclude it with "!${file}"`,
        place: { file, line: 1, column: 1 },
      },
    ]);
    expect(result?.desired?.unmatched).toEqual([{ file, path: file, waves: ['two'] }]);
    expect(result?.files).not.toContain(file);
  });

  it.each([
    ['[waves/**/*.yaml]', 'waves/values.yml', 'kind: Values\n'],
    ['[waves/**/*.yaml]', 'waves/two.txt', waveText('two')],
    ['[waves/**/*.yaml]', 'elsewhere/two.yml', waveText('two')],
    ['[waves/**/*.yaml, "!waves/two.yml"]', 'waves/two.yml', waveText('two')],
    ['[waves/**/*.yaml]', 'waves/.hidden/two.yml', waveText('two')],
  ])('%s: %s is not named', async (globs, file, text) => {
    const result = await load(globs, { ...one, [file]: text });
    expect(result?.concerns).toEqual([]);
    expect(result?.desired?.unmatched).toBeUndefined();
  });

  it('are named although they have errors', async () => {
    const result = await load('[waves/**/*.yaml]', {
      ...one,
      'waves/two.yml': `${waveText('two')}  a: b: c\n`,
    });
    expect(result?.concerns.map(({ id }) => id)).toEqual(['file.unmatched']);
    expect(result?.desired?.unmatched).toMatchObject([{ waves: ['two'] }]);
  });

  it('are named by the glob that matches nothing', async () => {
    const result = await load('[waves/*.yaml]', { 'waves/one.yml': waveText('one') });
    expect(result?.concerns.map(({ id, remedy }) => [id, remedy])).toEqual([
      ['file.no-match', 'correct the glob; it does not match waves/one.yml'],
    ]);
  });
});

describe('files that cannot be read', () => {
  it.each<[string, Uint8Array | string, string]>([
    ['nothing', '', 'file.empty waves/a.yaml:1:1 ""'],
    ['only comments', '# nothing\n---\n', 'file.empty waves/a.yaml:1:1 "#"'],
    [
      'bytes of another encoding',
      Buffer.from('a: b\nc: Z\xfcrich\n', 'latin1'),
      'file.not-utf8 waves/a.yaml:2:5 "\ufffd"',
    ],
    ['UTF-16', Buffer.from('\ufeffa: b', 'utf16le'), 'file.not-utf8 waves/a.yaml:1:1 "\ufffd"'],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'yaml.syntax waves/a.yaml:1:1 "\u007f"'],
    ['more than ten megabytes', 'a'.repeat(10 * 1024 * 1024 + 1), 'file.too-large waves/a.yaml:1:1 ""'],
  ])('such as one of %s', async (_, content, expected) => {
    await inFolder(async ({ write, load }) => {
      write('waves/a.yaml', content);
      expect(found(await load())).toEqual([expected]);
    });
  });

  it('such as one with a byte order mark: that one can', async () => {
    await inFolder(async ({ write, load }) => {
      write('waves/a.yaml', `\ufeff${waveText('a').replace('12', '99')}`);
      expect(found(await load())).toEqual(['schema.value waves/a.yaml:4:40 "99"']);
    });
  });

  it('such as folders and pipes', async () => {
    await inFolder(async ({ path, load }) => {
      mkdirSync(join(path, 'waves/folder.yaml'), { recursive: true });
      execFileSync('sh', ['-c', 'mkfifo "$0"', join(path, 'waves/pipe.yaml')]);
      expect(found(await load())).toEqual([
        'file.unreadable waves/folder.yaml:1:1 ""',
        'file.unreadable waves/pipe.yaml:1:1 ""',
      ]);
    });
  });

  it('such as a project file that is a folder', async () => {
    await inFolder(async ({ path, load }) => {
      mkdirSync(join(path, 'p.yaml'));
      const result = await load('p.yaml');
      expect(found(result)).toEqual(['file.unreadable p.yaml:1:1 ""']);
      expect(result.concerns).toMatchObject([
        {
          message: 'the project file p.yaml is not a file',
          remedy: 'give the path of a landfall.yaml to --project',
        },
      ]);
      expect((await load('')).concerns).toMatchObject([{ place: { file: '.' } }]);
    });
  });

  it('are counted like the others', async () => {
    await inFolder(async ({ write, load }) => {
      write('waves/a.yaml', Buffer.from('Z\xfcrich', 'latin1'));
      write('waves/b.yaml', waveText('b'));
      expect((await load()).files).toEqual(['landfall.yaml', 'waves/a.yaml', 'waves/b.yaml']);
    });
  });

  // The superuser may read anything.
  (process.getuid?.() === 0 ? it.skip : it)('such as those without permission', async () => {
    await inFolder(async ({ path, write, load }) => {
      write('waves/a.yaml', waveText('a'));
      write('waves/closed/b.yaml', waveText('b'));
      chmodSync(join(path, 'waves/a.yaml'), 0);
      chmodSync(join(path, 'waves/closed'), 0);
      const ids = (await load()).concerns.map(({ id }) => id);
      chmodSync(join(path, 'waves/closed'), 0o700);
      expect(ids.filter((id) => id === 'file.unreadable')).toHaveLength(2);
    });
  });
});

describe('links', () => {
  /** A folder beside the project, with a secret in it. */
  async function withSecret(use: (outside: string) => Promise<void>): Promise<void> {
    const outside = mkdtempSync(join(tmpdir(), 'landfall-outside-'));
    try {
      writeFileSync(join(outside, 'secret.yaml'), 'password: hunter2\n');
      await use(outside);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  }

  it('out of the project are refused, and nothing behind them is read', async () => {
    await withSecret(async (outside) => {
      await inFolder(async ({ path, write, load }) => {
        write('waves/a.yaml', waveText('a'));
        symlinkSync(join(outside, 'secret.yaml'), join(path, 'waves/file.yaml'));
        symlinkSync(outside, join(path, 'waves/folder'));
        symlinkSync('/', join(path, 'waves/root'));
        const result = await load();
        expect(found(result)).toEqual([
          'file.outside-project waves/file.yaml:1:1 ""',
          'file.outside-project waves/folder:1:1 ""',
          'file.outside-project waves/root:1:1 ""',
        ]);
        expect(JSON.stringify(result)).not.toContain('hunter2');
      });
    });
  });

  it('may not be the project file either', async () => {
    await withSecret(async (outside) => {
      await inFolder(async ({ path, load }) => {
        symlinkSync(join(outside, 'secret.yaml'), join(path, 'link.yaml'));
        const result = await load('link.yaml');
        expect(found(result)).toEqual(['file.outside-project link.yaml:1:1 ""']);
        expect(JSON.stringify(result)).not.toContain('hunter2');
      });
    });
  });

  it('to nowhere are unreadable', async () => {
    await inFolder(async ({ path, write, load }) => {
      write('waves/a.yaml', waveText('a'));
      symlinkSync('nowhere', join(path, 'waves/gone.yaml'));
      expect(found(await load())).toEqual(['file.unreadable waves/gone.yaml:1:1 ""']);
    });
  });

  it('within the project are followed, and each file is read once', async () => {
    await inFolder(async ({ path, write, load }) => {
      write('shared/a.yaml', waveText('a'));
      write('waves/b.yaml', waveText('b'));
      symlinkSync('../shared', join(path, 'waves/shared'));
      symlinkSync('b.yaml', join(path, 'waves/again.yaml'));
      symlinkSync('.', join(path, 'waves/loop'));
      symlinkSync('..', join(path, 'waves/up'));
      const result = await load();
      expect(found(result)).toEqual([]);
      expect(result.files).toEqual(['landfall.yaml', 'shared/a.yaml', 'waves/b.yaml']);
    });
  });

  it('to a folder that is linked twice hide nothing from a glob that names only one', async () => {
    await inFolder(async ({ path, write, load }) => {
      write(
        'landfall.yaml',
        PROJECT.replace('waves/**/*.yaml', 'waves/*.yaml, waves/z/*.yaml, waves/real/*.yaml'),
      );
      write('waves/real/a.yaml', waveText('a'));
      write('waves/c.yaml', waveText('c'));
      write('shared/b.yaml', waveText('b'));
      for (const link of ['a', 'z']) symlinkSync('../shared', join(path, 'waves', link));
      symlinkSync('real', join(path, 'waves/alias'));
      const result = await load();
      expect(found(result)).toEqual([]);
      expect(result.files).toEqual(['landfall.yaml', 'shared/b.yaml', 'waves/c.yaml', 'waves/real/a.yaml']);
    });
  });

  it('that make a maze end in a problem', async () => {
    await inFolder(async ({ path, load }) => {
      const rooms = Array.from({ length: 9 }, (_, index) => `r${index}`);
      for (const room of rooms) {
        mkdirSync(join(path, 'waves', room), { recursive: true });
        for (const other of rooms) symlinkSync(`../${other}`, join(path, 'waves', room, other));
      }
      expect((await load()).concerns.map(({ id }) => id)).toEqual(['file.too-large']);
    });
  });

  it('that lead back to themselves are named', async () => {
    await inFolder(async ({ path, write, load }) => {
      write('waves/a.yaml', waveText('a'));
      symlinkSync('self.yaml', join(path, 'waves/self.yaml'));
      symlinkSync('there.yml', join(path, 'waves/here.yaml'));
      symlinkSync('here.yaml', join(path, 'waves/there.yml'));
      symlinkSync('folder', join(path, 'waves/folder'));
      const { concerns } = await load();
      expect(concerns.map(({ id, place, message }) => [id, place?.file, message])).toEqual([
        ['file.unreadable', 'waves/here.yaml', 'this is a symbolic link that leads back to itself'],
        ['file.unreadable', 'waves/self.yaml', 'this is a symbolic link that leads back to itself'],
      ]);
    });
  });

  it('cannot be got round by a glob that leaves the project', async () => {
    await withSecret(async (outside) => {
      await inFolder(async ({ path, write, load }) => {
        const up = '../'.repeat(path.split('/').length);
        write(
          'landfall.yaml',
          PROJECT.replace('waves/**/*.yaml', `${outside}/*.yaml, ${up}${outside.slice(1)}/*.yaml`),
        );
        const result = await load();
        expect(result.concerns.map(({ id }) => id)).toContain('file.outside-project');
        expect(JSON.stringify(result)).not.toContain('hunter2');
        expect(result.desired).toBeUndefined();
      });
    });
  });
});
