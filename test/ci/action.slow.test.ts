import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TOKEN, troubles } from '../platforms/fake.ts';
import { BIN, PROGRAM_FOLDER } from '../setup/program.ts';
import { GitHubApi, HEAD, MERGE, REPOSITORY, workflowRun } from './github-api.ts';
import { type JobResult, Runner } from './runner.ts';
import { pathOf, run, startGit, stub } from './scripts.ts';

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

describe('the action', () => {
  let project: string;
  let programs: string;
  let api: GitHubApi;
  let runner: Runner;
  /** A project as `init` leaves it, which tests begin with copies of. */
  const prepared = mkdtempSync(join(tmpdir(), 'landfall-prepared-'));

  beforeAll(async () => {
    const init = ['init', '--name', 'ucop', '--no-input'];
    expect(await run(BIN, init, prepared, { PATH: pathOf() })).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    rmSync(prepared, { recursive: true });
  });

  beforeEach(async () => {
    project = mkdtempSync(join(tmpdir(), 'landfall-project-'));
    programs = mkdtempSync(join(tmpdir(), 'landfall-programs-'));
    api = await new GitHubApi().listen();
    start(PROGRAM_FOLDER);
  });
  afterEach(async () => {
    await api.close();
    runner.dispose();
    for (const folder of [project, programs]) rmSync(folder, { recursive: true, force: true });
  });

  function start(action: string): void {
    runner = new Runner({
      workspace: project,
      action,
      path: [programs],
      env: {
        GITHUB_API_URL: api.origin,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_SHA: MERGE,
        GITHUB_REF: 'refs/heads/main',
        GITHUB_REF_NAME: 'main',
      },
      token: TOKEN,
    });
  }

  /** Begins a project, in a folder of the workspace. */
  function begin(folder = '.'): void {
    cpSync(prepared, join(project, folder), { recursive: true });
    startGit(project);
  }

  /** Runs a job whose steps use the action with these inputs, in turn. */
  async function use(...steps: readonly Readonly<Record<string, string>>[]): Promise<JobResult> {
    return runSteps(
      steps.map((inputs, index) => ({ id: `s${index}`, uses: 'YOUR_ORG/landfall@v0', with: inputs })),
    );
  }

  async function runSteps(
    steps: readonly object[],
    payload: object = { pull_request: { number: 7 } },
  ): Promise<JobResult> {
    const folder = join(project, '.github/workflows');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'own.yml'), JSON.stringify({ jobs: { job: { steps } } }));
    return runner.job('own.yml', 'job', { event: 'pull_request', payload });
  }

  /** A checkout of the action that nobody has installed yet. */
  function layOut(): string {
    const bare = join(programs, 'checkout');
    mkdirSync(bare);
    for (const part of ['action.yml', 'package.json', 'script'])
      cpSync(join(PROGRAM_FOLDER, part), join(bare, part), { recursive: true });
    return bare;
  }

  /** Puts another program in landfall's place. */
  function program(bare: string, code: string): void {
    cpSync(join(PROGRAM_FOLDER, 'dist'), join(bare, 'dist'), { recursive: true });
    symlinkSync(realpathSync(join(PROGRAM_FOLDER, 'node_modules')), join(bare, 'node_modules'));
    rmSync(join(bare, 'dist/bin.js'));
    writeFileSync(join(bare, 'dist/bin.js'), code, { mode: 0o755 });
  }

  const outputs = ({ steps }: JobResult, step = 's0'): Readonly<Record<string, string>> =>
    steps[step]?.outputs ?? {};
  const errors = ({ commands }: JobResult): readonly string[] =>
    commands.filter((command) => command.startsWith('::error'));

  describe('policies-from', () => {
    const ECHO = `#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join(' '));\n`;
    const ofRequest = (steps: readonly object[]): Promise<JobResult> =>
      runSteps(steps, { pull_request: { number: 7, base: { ref: 'release/1' } } });
    const step = (inputs: object): object => ({ uses: 'YOUR_ORG/landfall@v0', with: inputs });

    it('is the base branch of the pull request by its whole name, where nothing else is said', async () => {
      const bare = layOut();
      program(bare, ECHO);
      start(bare);
      begin();
      const plan = await ofRequest([step({ command: 'plan' })]);
      expect(plan.log).toContain('--policies-from=refs/remotes/origin/release/1 ');
      const apply = await ofRequest([step({ command: 'apply', 'auto-approve': 'true' })]);
      expect(apply.log).toContain('--policies-from=refs/remotes/origin/release/1 ');
      const own = await ofRequest([step({ command: 'plan', 'policies-from': 'v1' })]);
      expect(own.log).toContain('--policies-from=v1 ');
      expect(own.log).not.toContain('release/1');
      expect((await use({ command: 'plan' })).log).not.toContain('--policies-from');
    });

    it('fails with a way out where the checkout has no base branch', async () => {
      begin();
      const { result, log } = await ofRequest([step({ command: 'plan' })]);
      expect(result).toBe('failure');
      expect(log).toContain('REVISION_UNKNOWN');
      expect(log).not.toContain('Plan:');
    });
  });

  describe('find-plan', () => {
    it('finds the newest run that has planned what was merged', async () => {
      api.runs = [workflowRun(100), workflowRun(102), workflowRun(101)];
      const job = await use({ command: 'find-plan' });
      expect(job).toMatchObject({ result: 'success', commands: [] });
      expect(outputs(job)).toMatchObject({ 'run-id': '102', 'exit-code': '0' });
      expect(job.log).toContain(`The plan of pull request 7 at ${HEAD} is in run 102.`);
      expect(job.log).not.toContain(TOKEN);
    });

    it('takes none that may have been for another pull request, and says why', async () => {
      api.runs = [workflowRun(100, { pull_requests: [{ number: 8, base: { ref: 'release' } }] })];
      const job = await use({ command: 'find-plan' });
      expect(job).toMatchObject({ result: 'success', commands: [] });
      expect(outputs(job)).toMatchObject({ 'run-id': '' });
      expect(job.log).toContain('run 100 is listed under pull request 8 into release');
    });

    it('tries again after what passes', async () => {
      const limited = { status: 403, headers: { 'retry-after': '0' }, data: {} };
      api.trouble = troubles(({ path }) => path.endsWith('/runs'), { status: 502, data: {} }, limited, 'cut');
      const job = await use({ command: 'find-plan' });
      expect(outputs(job)).toMatchObject({ 'run-id': '100' });
      expect(job.log).toContain('trying again in 1 s');
    });

    it('does not send its token elsewhere, and fails where it is not told', async () => {
      api.trouble = () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' } });
      const job = await use({ command: 'find-plan' });
      expect(job.result).toBe('failure');
      expect(errors(job)).toHaveLength(1);
      expect(api.seen).toHaveLength(1);
    });
  });

  it('takes no input for anything but text', async () => {
    const evil = `$(touch pwned)\`touch pwned\`"; touch pwned; "'; touch pwned; '`;
    const bare = layOut();
    program(bare, `for (const each of process.argv.slice(2)) console.error(each); process.exitCode = 1;`);
    start(bare);
    const selection = { target: evil, wave: evil, vm: evil, 'changed-since': evil };
    const all = { ...selection, args: evil, project: evil, 'plan-file': evil, 'comment-file': `${evil}.md` };
    const job = await use({ command: 'plan', ...all });
    const flags = ['project', ...Object.keys(selection), 'out'].map((flag) => `--${flag}=${evil}`);
    expect(job.log.split('\n')).toEqual(expect.arrayContaining(['plan', ...flags, evil]));
    expect(existsSync(join(project, 'pwned'))).toBe(false);

    start(PROGRAM_FOLDER);
    begin();
    const files = { 'plan-file': evil, 'comment-file': `${evil}.md` };
    const planned = await use({ command: 'plan', ...files });
    expect(planned.result).toBe('success');
    expect(outputs(planned)).toMatchObject(files);
    expect(existsSync(join(project, 'pwned'))).toBe(false);
    expect(existsSync(join(project, evil))).toBe(true);
  });

  it('lets nothing that landfall prints be a command', async () => {
    const bare = layOut();
    const says = '##[add-mask]out\\n::error::out';
    program(bare, `console.log("${says}"); console.error("${says.replaceAll('out', 'err')}")`);
    start(bare);
    for (const command of ['plan', 'show', 'drift', 'comment']) {
      const job = await use({ command });
      expect(job).toMatchObject({ result: 'success', commands: [] });
      expect(job.log).toContain('##[add-mask]err');
      expect(job.log).toContain('::error::out');
    }
  });

  it('writes and deletes through no link that a pull request brings', async () => {
    begin();
    const victims = mkdtempSync(join(programs, 'victims-'));
    const kept = [
      'landfall.plan',
      'landfall-plan.md',
      'x.sarif',
      'landfall-drift.md',
      'landfall-outcome.json',
    ];
    for (const file of kept) writeFileSync(join(victims, file), 'precious');
    symlinkSync(victims, join(project, 'out'));
    for (const file of kept) symlinkSync(join(victims, file), join(project, file));
    const files = { 'plan-file': 'out/landfall.plan', 'comment-file': 'out/landfall-plan.md' };
    const jobs = [
      await use({ command: 'plan', ...files }),
      await use({ command: 'validate', 'sarif-file': 'x.sarif' }),
      await use({ command: 'validate', 'sarif-file': 'out/x.sarif' }),
      await use({ command: 'drift', 'report-file': 'out/landfall-drift.md' }),
      await use({ command: 'apply', 'auto-approve': 'true' }),
      await use({ command: 'plan', 'working-directory': 'out' }),
    ];
    for (const job of jobs) {
      expect(job.result).toBe('failure');
      expect(job.log).toContain('is a symbolic link');
    }
    // A link under the name of the file itself is replaced.
    for (const command of ['plan', 'drift'])
      expect(await use({ command })).toMatchObject({ result: 'success' });
    expect(readdirSync(victims).sort()).toEqual(kept.toSorted());
    for (const file of kept) expect(readFileSync(join(victims, file), 'utf8')).toBe('precious');
  });

  it('makes no outputs of lines in an input', async () => {
    const job = await use({ command: 'plan', 'plan-file': 'a.plan\nchecksum=forged' });
    expect(errors(job)).toEqual(['::error title=landfall::plan-file has more than one line']);
    expect(outputs(job)).toMatchObject({ checksum: '' });
  });

  it.each([
    [{ command: 'destroy' }, 'command is "destroy": give one of install, validate, plan,'],
    [{ command: 'plan', comment: 'yes' }, 'comment is "yes": give true or false or changes'],
    [{ command: 'apply' }, 'there is no saved plan landfall.plan'],
  ])('says what is wrong with %j', async (inputs, says) => {
    const job = await use(inputs);
    expect(job.result).toBe('failure');
    expect(errors(job)).toEqual([expect.stringContaining(says)]);
  });

  it('works in a folder, narrowed, with flags of its own, and says where its files are', async () => {
    begin('dc/west');
    const place = { 'working-directory': 'dc/west', 'plan-file': 'out/my.plan', 'report-file': 'out/r.json' };
    mkdirSync(join(project, 'dc/west/out'));
    const planned = await use({ command: 'plan', ...place, vm: 'awsscrum-lnx*\n', args: '--verbose\n' });
    expect(outputs(planned)).toMatchObject({
      'plan-file': 'dc/west/out/my.plan',
      'comment-file': 'dc/west/landfall-plan.md',
      'has-changes': 'true',
    });
    expect(planned.log).toContain('Plan: 1 to create');
    const applied = await use({ command: 'apply', ...place, summary: 'false' });
    expect(applied).toMatchObject({ result: 'success', summary: '' });
    expect(outputs(applied)).toMatchObject({ 'report-file': 'dc/west/out/r.json', 'exit-code': '0' });
    expect(existsSync(join(project, 'dc/west/out/r.json'))).toBe(true);
  });

  it('leaves nothing of an earlier plan where the manifests are broken, and says so in the comment', async () => {
    begin();
    writeFileSync(join(project, 'landfall.plan'), '{}');
    writeFileSync(join(project, 'waves/wave-01.yaml'), 'kind: Wave\n');
    const job = await use({ command: 'plan', comment: 'true' });
    expect(job.result).toBe('failure');
    expect(outputs(job)).toMatchObject({
      'exit-code': '1',
      'plan-file': '',
      'comment-file': 'landfall-plan.md',
      checksum: '',
    });
    expect(existsSync(join(project, 'landfall.plan'))).toBe(false);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('**No plan**');
  });

  it('applies a new plan only when it is told to', async () => {
    begin();
    const job = await use({ command: 'apply', 'auto-approve': 'true', vm: 'awsscrum-win1' });
    expect(job).toMatchObject({ result: 'success' });
    expect(job.log).toContain('Applied: 1 created');
  });

  it('puts a file on the pull request, with a token that no other command gets', async () => {
    begin();
    const job = await use(
      { command: 'plan', token: 'wrong' },
      { command: 'comment', token: TOKEN, 'comment-mode': 'new' },
      { command: 'plan', vm: 'awsscrum-lnx1' },
      { command: 'comment', token: TOKEN, 'comment-mode': 'new', labels: 'true', args: '--format=json' },
      { command: 'comment', token: 'wrong' },
    );
    expect(job.result).toBe('failure');
    const codes = ['s0', 's1', 's2', 's3', 's4'].map((step) => outputs(job, step)['exit-code']);
    expect(codes).toEqual(['2', '0', '2', '0', '1']);
    expect(api.comments.map(({ minimized = false }) => minimized)).toEqual([true, false]);
    expect(job.log).toContain('"action": "created"');
    expect(api.labels).toEqual(['bug', 'landfall:create']);
  });

  it('puts no plan without changes on a pull request where that is wanted', async () => {
    begin();
    const page = 'https://evil.example/artifact';
    const job = await use(
      { command: 'apply', 'auto-approve': 'true' },
      { command: 'plan', token: TOKEN, comment: 'changes' },
      { command: 'comment', token: TOKEN, comment: 'changes', 'artifact-url': page },
    );
    expect(job.result).toBe('success');
    expect(job.log.match(/The plan has no changes: no comment on pull request 7/g)).toHaveLength(2);
    expect(job.log).toContain('--artifact-url is not linked');
    expect(api.comments).toEqual([]);
  });

  it('gives its token to landfall for a comment alone, and its inputs never', async () => {
    const bare = layOut();
    program(
      bare,
      `for (const [name, value] of Object.entries(process.env)) console.error(name + '=' + value);`,
    );
    start(bare);
    writeFileSync(join(project, 'landfall.plan'), '');
    for (const command of ['validate', 'plan', 'show', 'drift', 'comment']) {
      const job = await use({ command, token: TOKEN });
      const said = command === 'comment' ? [`LANDFALL_PLATFORM_TOKEN=${TOKEN}`] : [];
      expect(job.log.split('\n').filter((line) => line.endsWith(`=${TOKEN}`))).toEqual(said);
      expect(job.log).not.toMatch(/^INPUT_/m);
    }
  });

  it('puts landfall on the PATH, and installs it but once', async () => {
    const bare = layOut();
    const log = join(programs, 'npm.log');
    const built = `#!/usr/bin/env node\nconsole.log('landfall 9')\n`;
    stub(
      programs,
      'npm',
      log,
      `call.cwd = process.cwd();
       if (argv[0] === 'ci') fs.mkdirSync('node_modules');
       if (argv[1] === 'build') {
         fs.mkdirSync('dist');
         fs.writeFileSync('dist/bin.js', ${JSON.stringify(built)}, { mode: 0o755 });
       }`,
    );
    start(bare);
    const uses = { uses: 'YOUR_ORG/landfall@v0', with: { command: 'install' } };
    const result = await runSteps([uses, uses, { run: 'landfall --version' }]);
    expect(result).toMatchObject({ result: 'success', log: 'landfall 9\n' });
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    expect(calls.map((line) => JSON.parse(line) as unknown)).toEqual([
      { argv: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: bare },
      { argv: ['run', 'build'], cwd: bare },
    ]);
  });

  it('ends what it is at when the job is cancelled', async () => {
    const bare = layOut();
    program(
      bare,
      `process.on('SIGINT', () => { console.log('drained'); process.exitCode = 6; clearTimeout(wait); });
       const wait = setTimeout(() => undefined, 60_000);
       process.kill(process.ppid, 'SIGINT');`,
    );
    start(bare);
    const job = await use({ command: 'apply', 'auto-approve': 'true' });
    expect(job.log).toContain('drained');
    expect(outputs(job)).toMatchObject({ 'exit-code': '6' });
    expect(job.summary).toContain('Applied in part.');
  });
});
