import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TOKEN } from '../platforms/fake.ts';
import { BIN, PROGRAM_FOLDER } from '../setup/program.ts';
import { GitHubApi, HEAD, MERGE, REPOSITORY } from './github-api.ts';
import { type JobResult, Runner } from './runner.ts';
import { pathOf, run, startGit, stub } from './scripts.ts';

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

const PULL_REQUEST = {
  event: 'pull_request',
  payload: {
    pull_request: { number: 7, base: { ref: 'main' }, head: { sha: HEAD, repo: { full_name: REPOSITORY } } },
  },
};
const MERGED = { event: 'push' };
const BY_HAND = { event: 'workflow_dispatch' };
const AT_NIGHT = { event: 'schedule' };

/** `gh`, as far as issues go: one at most is open, number 5. */
const GH = `
const at = argv.indexOf('--body-file');
if (at > 0) call.body = fs.readFileSync(argv[at + 1], 'utf8');
call.repo = env.GH_REPO;
call.token = env.GH_TOKEN;
const open = __dirname + '/open';
if (argv[1] === 'list' && fs.existsSync(open)) console.log('5');
if (argv[0] === 'issue' && argv[1] === 'create') fs.writeFileSync(open, '');
if (argv[1] === 'close') fs.rmSync(open);
`;

interface GhCall {
  readonly argv: readonly string[];
  readonly body?: string;
  readonly repo?: string;
  readonly token?: string;
}

describe('the workflows for GitHub Actions', () => {
  let project: string;
  let programs: string;
  let api: GitHubApi;
  let runner: Runner;
  /** Projects that tests begin with copies of: as `init` leaves one, and with its plan applied. */
  const prepared = mkdtempSync(join(tmpdir(), 'landfall-prepared-'));

  beforeAll(async () => {
    const env = { PATH: pathOf() };
    const init = ['init', 'new', '--ci', 'github', '--with', 'report', '--name', 'ucop'];
    expect(await run(BIN, init, prepared, env)).toMatchObject({ code: 0 });
    startGit(join(prepared, 'new'));
    const applied = join(prepared, 'applied');
    cpSync(join(prepared, 'new'), applied, { recursive: true });
    expect(await run(BIN, ['apply', '--auto-approve'], applied, env)).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    rmSync(prepared, { recursive: true });
  });

  beforeEach(async () => {
    project = mkdtempSync(join(tmpdir(), 'landfall-project-'));
    programs = mkdtempSync(join(tmpdir(), 'landfall-programs-'));
    stub(programs, 'gh', join(programs, 'gh.log'), GH);
    api = await new GitHubApi().listen();
    runner = new Runner({
      workspace: project,
      action: PROGRAM_FOLDER,
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
    begin('new');
  });
  afterEach(async () => {
    await api.close();
    runner.dispose();
    for (const folder of [project, programs]) rmSync(folder, { recursive: true, force: true });
  });

  /** Lets the project be a copy of a prepared one. */
  function begin(name: 'new' | 'applied'): void {
    cpSync(join(prepared, name), project, { recursive: true });
  }

  const landfall = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(BIN, argv, project, { PATH: pathOf() });

  function edit(from: string, to: string): void {
    const file = join(project, 'waves/wave-01.yaml');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  }

  const gh = (): readonly GhCall[] =>
    readFileSync(join(programs, 'gh.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as GhCall);

  const errors = ({ commands }: JobResult): readonly string[] =>
    commands.filter((command) => command.startsWith('::error'));

  const planOnRequest = (): Promise<JobResult> => runner.job('landfall-plan.yml', 'plan', PULL_REQUEST);
  async function planOnMain(circumstances = MERGED): Promise<JobResult> {
    runner.runId = '200';
    return runner.job('landfall-apply.yml', 'plan', circumstances);
  }
  const apply = ({ outputs }: JobResult, vars = {}): Promise<JobResult> =>
    runner.job('landfall-apply.yml', 'apply', { ...MERGED, vars, needs: { plan: { outputs } } });

  it('mark what is wrong on its line, and hand it to code scanning where that is wanted', async () => {
    const vars = { LANDFALL_SARIF: 'true' };
    edit('frequency: 24', 'frequency: 99');
    const bad = await runner.job('landfall-plan.yml', 'validate', { ...PULL_REQUEST, vars });
    expect(bad.result).toBe('failure');
    expect(errors(bad)).toEqual([
      expect.stringMatching(/^::error file=waves\/wave-01\.yaml,line=18,.*frequency/),
    ]);
    expect(bad.used).toContainEqual([
      'github/codeql-action/upload-sarif@0d579ffd059c29b07949a3cce3983f0780820c98',
      expect.objectContaining({ sarif_file: 'landfall.sarif' }),
    ]);
    const sarif = JSON.parse(readFileSync(join(project, 'landfall.sarif'), 'utf8')) as { version: string };
    expect(sarif.version).toBe('2.1.0');
  });

  it('keep the report of each night', async () => {
    const job = await runner.job('landfall-report.yml', 'report', AT_NIGHT);
    expect(job.result).toBe('success');
    expect(readFileSync(runner.artifacts.files.get('100/landfall-report') ?? '', 'utf8')).toContain(
      'wave-01',
    );
  });

  it('hold a pull request to the policies of its base branch', async () => {
    const file = join(project, 'landfall.yaml');
    const own = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      `${own}policies:\n  - { name: calm, message: nothing is created, expression: 'change.action != "create"' }\n`,
    );
    startGit(project);
    writeFileSync(file, own);
    const held = await planOnRequest();
    expect(held.result).toBe('failure');
    expect(held.steps['plan']?.outputs).toMatchObject({ 'exit-code': '3' });
    expect(api.comments[0]?.body).toContain('nothing is created');
  });

  it('plan a pull request: a saved plan, its checksum, a comment and a summary', async () => {
    const job = await planOnRequest();
    expect(job).toMatchObject({ result: 'success', commands: [] });
    const outputs = job.steps['plan']?.outputs ?? {};
    expect(outputs).toMatchObject({
      'exit-code': '2',
      'has-changes': 'true',
      'plan-file': 'landfall.plan',
      'comment-file': 'landfall-plan.md',
      checksum: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(job.log).toContain('Plan: 2 to create');
    expect(api.comments).toHaveLength(1);
    const [comment] = api.comments;
    expect(comment?.body).toContain('2 to create');
    expect(comment?.body).toContain(outputs['checksum']);
    expect(comment?.body).toContain(`commit \`${HEAD}\``);
    expect(comment?.body).toContain('landfall apply landfall.plan');
    expect(job.summary).toContain(outputs['checksum']);
    expect(job.log).not.toContain(TOKEN);

    // A plan that is refused takes the place of the first one in the comment.
    edit('os: rhel-7.3', 'os: rhel-7.3\n      licenseType: AWS');
    const refused = await planOnRequest();
    expect(refused.result).toBe('failure');
    expect(refused.steps['plan']?.outputs).toMatchObject({ 'exit-code': '3', 'plan-file': 'landfall.plan' });
    expect(refused.used.map(([uses]) => uses)).not.toContain(
      'actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f',
    );
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('licence.linux-aws');
  });

  it('take a role in AWS where one is named', async () => {
    const vars = { LANDFALL_PLAN_ROLE: 'arn:aws:iam::123456789012:role/plan', AWS_REGION: 'us-west-2' };
    const { used } = await runner.job('landfall-plan.yml', 'plan', { ...PULL_REQUEST, vars });
    expect(used.find(([uses]) => uses.startsWith('aws-actions/'))?.[1]).toEqual({
      'role-to-assume': vars.LANDFALL_PLAN_ROLE,
      'role-session-name': 'landfall-plan-100',
      'aws-region': 'us-west-2',
    });
  });

  it.each(['plan', 'apply', 'drift'])('say what to fill in while %s has its placeholder', async (name) => {
    const file = `landfall-${name}.yml`;
    const job = await runner.job(file, 'placeholder', PULL_REQUEST);
    expect(job).toMatchObject({
      result: 'failure',
      commands: [expect.stringMatching(/^::error title=landfall::PLACEHOLDER: replace YOUR_ORG in \.github/)],
    });
    const path = join(project, '.github/workflows', file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll('YOUR_ORG', 'acme'));
    expect(await runner.job(file, 'placeholder', PULL_REQUEST)).toMatchObject({ result: 'skipped', log: '' });
  });

  it('plan nothing from a fork', async () => {
    const payload = { pull_request: { number: 7, head: { repo: { full_name: 'mallory/waves' } } } };
    expect(await runner.job('landfall-plan.yml', 'plan', { ...PULL_REQUEST, payload })).toMatchObject({
      result: 'skipped',
    });
  });

  it('say on the pull request why there is no plan', async () => {
    edit('frequency: 24', 'frequency: 99');
    const job = await runner.job('landfall-plan.yml', 'plan', {
      ...PULL_REQUEST,
      needs: { validate: { result: 'failure' } },
    });
    expect(job).toMatchObject({ result: 'failure', commands: [] });
    expect(job.steps['plan']?.outputs).toMatchObject({
      'exit-code': '1',
      'comment-file': 'landfall-plan.md',
    });
    expect(api.comments[0]?.body).toContain('**No plan** for `ucop`');
    expect(api.comments[0]?.body).toContain('waves/wave-01.yaml:18:');
    expect([...runner.artifacts.files.keys()]).toEqual([]);
  });

  it('mark what only the account can tell, and nothing twice', async () => {
    edit('- name: awsscrum-win1', '- name: nobody-has-this');
    edit('os: windows-server-2016', 'os: windows-server-2016\n      licenseType: BYOL');
    const valid = await runner.job('landfall-plan.yml', 'validate', PULL_REQUEST);
    expect(valid.result).toBe('success');
    expect(valid.used.map(([uses]) => uses)).toEqual([
      'actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8',
      'actions/setup-node@395ad3262231945c25e8478fd5baf05154b1d79f',
    ]);
    const [warning, ...none] = valid.commands;
    expect(warning).toMatch(/^::warning file=waves\/wave-01\.yaml,line=\d+,/);
    expect(none).toEqual([]);
    const job = await planOnRequest();
    expect(job.commands).toEqual([
      expect.stringMatching(/^::error file=waves\/wave-01\.yaml,line=16,.*nobody-has-this/),
    ]);
  });

  it('carry out the plan that was reviewed, once', async () => {
    await planOnRequest();
    const plan = await planOnMain();
    expect(plan).toMatchObject({ result: 'success', outputs: { 'has-changes': 'true' } });
    expect(plan.log).toContain('The plan of pull request 7 at bbb');
    expect(plan.steps).not.toHaveProperty('new');
    expect(plan.summary).toContain('2 to create');
    expect(plan.summary).toMatch(/fresh/i);

    const job = await apply(plan);
    expect(job.result).toBe('success');
    expect(job.log).toContain('Applied: 2 created');
    expect(job.summary).toContain('    Applied: 2 created');
    const outcome = readFileSync(runner.artifacts.files.get('200/landfall-outcome') ?? '', 'utf8');
    expect(JSON.parse(outcome)).toMatchObject({ exit_code: 0 });

    const again = await apply(plan);
    expect(again.result).toBe('failure');
    expect(again.steps['apply']?.outputs).toMatchObject({
      'exit-code': '4',
      'report-file': expect.anything(),
    });
    expect(again.log).toContain('PLAN_STALE');
    expect(again.summary).toContain('another plan than the saved one: nothing was done.');
  });

  it('apply nothing that nobody has reviewed, unless somebody asks for it', async () => {
    api.pulls = [];
    const pushed = await planOnMain();
    expect(pushed.result).toBe('failure');
    expect(errors(pushed)).toEqual([
      expect.stringContaining('nobody has reviewed this plan in a pull request'),
    ]);
    expect(pushed.summary).toContain('2 to create');

    const asked = await planOnMain(BY_HAND);
    expect(asked).toMatchObject({ result: 'success', outputs: { 'has-changes': 'true' } });

    begin('applied');
    const later = await planOnMain();
    const none = { 'has-changes': 'false', 'is-waiting': 'false' };
    expect(later).toMatchObject({ result: 'success', outputs: none, commands: [] });
    expect(await apply(later)).toMatchObject({ result: 'skipped' });
  });

  it('succeed while a plan only waits, and continue where that is wanted until nothing is left', async () => {
    const capped = 'spec:\n  limits: { activeReplications: 1 }';
    edit('spec:', capped);
    expect(await landfall('apply', '--auto-approve')).toMatchObject({ code: 0 });
    api.pulls = [];
    const plan = await planOnMain();
    expect(plan).toMatchObject({
      result: 'success',
      outputs: { 'has-changes': 'false', 'is-waiting': 'true' },
    });
    expect(await apply(plan)).toMatchObject({ result: 'skipped' });

    // While the job waits, the cap gets room.
    const file = JSON.stringify(join(project, 'waves/wave-01.yaml'));
    const lift = `fs.writeFileSync(${file}, fs.readFileSync(${file}, 'utf8').replace(${JSON.stringify(capped)}, 'spec:'));`;
    stub(programs, 'sleep', join(programs, 'sleeps'), lift);
    const job = await apply(plan, { LANDFALL_CONTINUE: 'true' });
    expect(job.result).toBe('success');
    expect(job.log).toContain('Applied: 1 created');
    expect(readFileSync(join(programs, 'sleeps'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('stop where GitHub does not say', async () => {
    api.trouble = ({ path }) => (path.endsWith('/pulls') ? { status: 403, data: {} } : undefined);
    const plan = await planOnMain();
    expect(plan.result).toBe('failure');
    expect(errors(plan)).toEqual([
      expect.stringContaining('the token needs read permission of actions, contents, issues'),
    ]);
    expect(plan.steps).not.toHaveProperty('new');
  });

  it('open one issue for drift or for broken manifests, keep it up to date, and close it', async () => {
    begin('applied');
    const night = (): Promise<JobResult> => runner.job('landfall-drift.yml', 'drift', AT_NIGHT);
    expect(await night()).toMatchObject({
      result: 'success',
      steps: { drift: { outputs: { 'exit-code': '0' } } },
    });
    expect(gh().map(({ argv }) => argv.slice(0, 2))).toEqual([['issue', 'list']]);

    edit('frequency: 24', 'frequency: 99');
    const broken = await night();
    expect(broken.result).toBe('failure');
    expect(broken.steps['drift']?.outputs).toMatchObject({ 'has-drift': '', 'exit-code': '1' });
    expect(broken.summary).toContain('waves/wave-01.yaml:18:');
    const created = gh().at(-1);
    expect(created?.argv.slice(0, 2)).toEqual(['issue', 'create']);
    expect(created?.argv).toContain('landfall-drift');
    expect(created?.argv).toContain('landfall: drift could not be determined');
    expect(created).toMatchObject({ repo: REPOSITORY, token: TOKEN });
    expect(created?.body).toContain('**No drift report** for `ucop`');
    expect(created?.body).toContain(`https://github.com/${REPOSITORY}/actions/runs/100`);

    edit('frequency: 99', 'frequency: 23');
    const drifted = await night();
    expect(drifted.result).toBe('success');
    expect(drifted.steps['drift']?.outputs).toMatchObject({ 'has-drift': 'true', 'exit-code': '2' });
    expect(gh().at(-1)?.argv.slice(0, 3)).toEqual(['issue', 'edit', '5']);
    expect(gh().at(-1)?.argv).toContain('landfall: the account differs from the manifests');
    expect(gh().at(-1)?.body).toContain('frequency: the manifests say 23, the account says 24');

    edit('frequency: 23', 'frequency: 24');
    await night();
    expect(gh().at(-1)?.argv.slice(0, 3)).toEqual(['issue', 'close', '5']);
  });

  it('fail where drift cannot be found out, and touch no issue', async () => {
    rmSync(join(project, 'landfall.yaml'));
    expect(await runner.job('landfall-drift.yml', 'drift', AT_NIGHT)).toMatchObject({ result: 'failure' });
    expect(() => gh()).toThrow('ENOENT');
  });
});
