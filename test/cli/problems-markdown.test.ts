import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMarker } from '../../src/core/comment.ts';
import { FakeGitHub } from '../platforms/fake-github.ts';
import { TOKEN } from '../platforms/fake.ts';
import { PROJECT, wave, ScratchProject } from './scratch-project.ts';

const WAVE = wave('a', ['{ name: awsscrum-lnx1 }']);
const TARGETS = `${PROJECT}  second: { provider: sms, region: us-east-1, endpoint: local }
  unused: { provider: sms, region: us-east-1, endpoint: local }
`;
const SECOND = wave('b', ['{ name: awsscrum-lnx2 }'], ['target: second']);
const MARKDOWN = ['--format', 'markdown'] as const;

describe('manifests that are broken', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/a.yaml': WAVE });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it.each(['validate', 'plan'])('make %s write a comment that says why, and exit with 1', async (command) => {
    world.write('waves/a.yaml', wave('a', ['{ nmae: awsscrum-lnx1 }']));
    const { code, stdout } = await world.run(command, ...MARKDOWN);
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toMatch(/^\*\*No plan\*\* for `ucop`: \*\*\d errors?\*\*/);
    expect(stdout).toContain('`waves/a.yaml:7:');
    expect(stdout).toContain('did you mean');
    expect(stdout.endsWith('\n<!-- landfall:ucop:local -->\n')).toBe(true);
  });

  it('are said on stderr by plan, as with every other format', async () => {
    world.write('waves/a.yaml', wave('a', ['{ nmae: awsscrum-lnx1 }']));
    expect((await world.run('plan', ...MARKDOWN)).stderr).toContain('waves/a.yaml:7:');
    expect((await world.run('validate', ...MARKDOWN)).stderr).toBe('');
  });

  it('are valid, or refused in part, in the same words as ever', async () => {
    const valid = await world.run('validate', ...MARKDOWN);
    expect(valid).toMatchObject({ code: 0, stderr: '' });
    expect(valid.stdout).toMatch(/^Manifests of `ucop` are valid: 1 wave, 1 VM\./);
    world.write('waves/a.yaml', wave('a', ['{ name: x, os: rhel-7.3, licenseType: AWS }']));
    const refused = await world.run('validate', ...MARKDOWN);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^Manifests of `ucop` have errors: \*\*1 error\*\*/);
  });

  const BREAKS: readonly (readonly [string, string, (text: string) => string])[] = [
    ['a key that there is not', 'waves/a.yaml', (text) => text.replace('name: awss', 'nmae: awss')],
    ['a value that cannot be', 'waves/b.yaml', (text) => text.replace('frequency: 12', 'frequency: often')],
    ['a bracket that is not closed', 'waves/b.yaml', (text) => `${text}  labels: [a, b\n`],
    ['a tab', 'waves/b.yaml', (text) => text.replace('    - {', '\t- {')],
    ['a key of the project', 'landfall.yaml', (text) => `${text}colour: red\n`],
    ['a target that is wrong', 'landfall.yaml', (text) => text.replace('us-east-1', 'mars')],
  ];
  it.each(BREAKS)('have the marker of the plan to come: %s', async (_, file, breaks) => {
    world.write('landfall.yaml', TARGETS);
    world.write('waves/b.yaml', SECOND);
    for (const flags of [[], ['--target', 'second'], ['--target', 'l*', '--target', 'unused']]) {
      const whole = world.read(file);
      const planned = await world.run('plan', ...MARKDOWN, ...flags);
      expect(planned.code).toBe(0);
      world.write(file, breaks(whole));
      const broken = await world.run('plan', ...MARKDOWN, ...flags);
      expect(broken.code).toBe(1);
      expect(broken.stdout).toContain('**No plan** for `ucop`');
      expect(readMarker(broken.stdout)).toBe(readMarker(planned.stdout));
      if (flags.length === 0) {
        const validated = await world.run('validate', ...MARKDOWN);
        expect(readMarker(validated.stdout)).toBe(readMarker(planned.stdout));
      }
      world.write(file, whole);
    }
  });

  it.each([
    PROJECT,
    PROJECT.replace('{ name: ucop }', '\n  # our data centre\n  labels: { name: no }\n  name: "ucop"'),
    PROJECT.replace('defaultTarget: local\n', ''),
  ])('have the marker of the plan to come, though the project file ends in the middle', async (project) => {
    world.write('landfall.yaml', project.replace(/ {2}labels: .*\n/, ''));
    const planned = await world.run('plan', ...MARKDOWN);
    expect(planned.code).toBe(0);
    world.write('landfall.yaml', `${project}waves: [a, "b\n`);
    const broken = await world.run('plan', ...MARKDOWN);
    expect(broken.stdout).toContain('**No plan** for `ucop`');
    expect(readMarker(broken.stdout)).toBe(readMarker(planned.stdout));
  });

  it('have a marker even where nothing of the project can be read', async () => {
    world.write('landfall.yaml', '\u0000');
    const { code, stdout } = await world.run('plan', ...MARKDOWN);
    expect(code).toBe(1);
    expect(stdout).toContain('**No plan** for `landfall.yaml`');
    expect(readMarker(stdout)).toBe('<!-- landfall:%3Flandfall.yaml: -->');
  });

  it('are told on the pull request, until the plan takes that place', async () => {
    const github = await new FakeGitHub().listen();
    try {
      world.env = {
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: github.origin,
        GITHUB_REPOSITORY: 'ucop/waves',
        GITHUB_REF: 'refs/pull/7/merge',
        GITHUB_TOKEN: TOKEN,
      };
      const comment = async (): Promise<void> => {
        world.write('plan.md', (await world.run('plan', ...MARKDOWN)).stdout);
        expect(await world.run('comment', '--file', 'plan.md')).toMatchObject({ code: 0 });
      };
      world.write('waves/a.yaml', 'kind: Wave\n');
      await comment();
      expect(github.comments.at(-1)?.body).toContain('**No plan**');
      const { length } = github.comments;
      world.write('waves/a.yaml', WAVE);
      await comment();
      expect(github.comments).toHaveLength(length);
      expect(github.comments.at(-1)?.body).toContain('1 to create');
    } finally {
      await github.close();
    }
  });
});
