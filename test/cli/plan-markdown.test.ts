import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commentMarker } from '../../src/report/markdown/comment.ts';
import { wave, ScratchProject } from './scratch-project.ts';

const SHA = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const MARKER = commentMarker('ucop', ['local']);

describe('a plan in Markdown', () => {
  let world: ScratchProject;
  beforeEach(() => {
    world = new ScratchProject({ 'waves/sdsc-01.yaml': wave('sdsc-01', ['{ name: awsscrum-lnx1 }']) });
  });
  afterEach(async () => {
    await world.dispose();
  });

  it('is a comment with its counts, its commit, its command and its marker', async () => {
    world.env = { GITHUB_SHA: SHA };
    const { code, stdout } = await world.run(
      'plan',
      '--format',
      'markdown',
      '--target',
      'local',
      '--wave',
      'sdsc-*',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Plan for `ucop`: 1 to create, .*0 to delete/);
    expect(stdout).toContain(`commit \`${SHA}\``);
    expect(stdout).toContain("\nlandfall apply --target local --wave 'sdsc-*'\n");
    expect(stdout.endsWith(`\n${MARKER}\n`)).toBe(true);
  });

  it('names the commit that was pushed, and not the one that a platform merges for a trial', async () => {
    const head = 'd'.repeat(40);
    const commit = async (): Promise<string | undefined> =>
      /commit `(\w+)`/.exec((await world.run('plan', '--format', 'markdown')).stdout)?.[1];
    world.write('event.json', JSON.stringify({ pull_request: { number: 7, head: { sha: head } } }));
    const env = { GITHUB_SHA: SHA, GITHUB_EVENT_PATH: 'event.json' };
    world.env = { ...env, GITHUB_EVENT_NAME: 'pull_request' };
    expect(await commit()).toBe(head);
    // This event checks out the branch that the request is for.
    world.env = { ...env, GITHUB_EVENT_NAME: 'pull_request_target' };
    expect(await commit()).toBe(SHA);
    for (const text of ['', '[]', '{"pull_request":null}', '{"pull_request":{"head":{"sha":"`x`"}}}']) {
      world.write('event.json', text);
      world.env = { ...env, GITHUB_EVENT_NAME: 'pull_request' };
      expect(await commit()).toBe(SHA);
    }
    world.env = { CI_COMMIT_SHA: SHA, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head };
    expect(await commit()).toBe(head);
    world.env = { CI_COMMIT_SHA: SHA, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '' };
    expect(await commit()).toBe(SHA);
  });

  it('takes the commit from git where no pipeline names it, and does without', async () => {
    const { PATH = '' } = process.env;
    world.env = { PATH };
    expect((await world.run('plan', '--format', 'markdown')).stdout).not.toContain('commit');
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: world.folder,
        encoding: 'utf8',
      }).trim();
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'x');
    expect((await world.run('plan', '--format', 'markdown')).stdout).toContain(
      `commit \`${git('rev-parse', 'HEAD')}\``,
    );
    world.env = { PATH: world.folder };
    expect(await world.run('plan', '--format', 'markdown')).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('commit') as unknown,
    });
  });

  it('of a saved plan names its file and says whether it still holds', async () => {
    const made = await world.run('plan', '--format', 'markdown', '--out', 'my wave.plan');
    expect(made.stdout).toContain("\nlandfall apply 'my wave.plan'\n");
    const shown = await world.run('show', 'my wave.plan', '--format', 'markdown');
    expect(shown.stdout).toContain("\nlandfall apply 'my wave.plan'\n");
    expect(shown.stdout).toContain('Still fresh');
    await world.run('apply', '--auto-approve');
    expect((await world.run('show', 'my wave.plan', '--format', 'markdown')).stdout).toContain('**Stale**');
  });

  it('refuses a budget that does not hold its summary, before any account is asked', async () => {
    for (const command of [['plan'], ['show', 'nowhere']]) {
      expect(await world.run(...command, '--format', 'markdown', '--max-bytes', '9999')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/USAGE[^]*--max-bytes 9999[^]*10000/) as unknown,
      });
    }
    expect(await world.run('plan', '--format', 'markdown', '--max-bytes', '10000')).toMatchObject({
      code: 0,
    });
  });

  it('says why there is none, in the place of that of an earlier commit', async () => {
    world.write(
      'landfall.yaml',
      world.read('landfall.yaml').replace('endpoint: local', 'endpoint: http://127.0.0.1:1'),
    );
    world.env = { GITHUB_SHA: SHA };
    const { code, stdout, stderr } = await world.run('plan', '--format', 'markdown');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\*\*No plan\*\* for `ucop`\.\n\n- `[A-Z]+_[A-Z]+` .*\n {2}- Fix: /);
    expect(stdout).toContain(`commit \`${SHA}\``);
    expect(stdout.endsWith(`\n${MARKER}\n`)).toBe(true);
    expect(stderr).toContain(/- `(\w+)`/.exec(stdout)?.[1]);
    expect(await world.run('plan')).toMatchObject({ code: 1, stdout: '' });
    world.remove('landfall.yaml');
    expect(await world.run('plan', '--format', 'markdown')).toMatchObject({ code: 1, stdout: '' });
  });

  it('keeps the exit codes of a plan', async () => {
    expect(await world.run('plan', '--format', 'markdown', '--detailed-exitcode')).toMatchObject({ code: 2 });
    world.write('waves/sdsc-01.yaml', wave('sdsc-01', ['{ name: typo }']));
    const { code, stdout } = await world.run('plan', '--format', 'markdown');
    expect(code).toBe(3);
    expect(stdout).toContain('`vm.unknown`');
  });
});
