import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TOKEN } from '../platforms/fake.ts';
import { BIN, PROGRAM_FOLDER } from '../setup/program.ts';
import { readYaml } from './read-yaml.ts';
import { GitLabApi, MERGE } from './gitlab-api.ts';
import { bash, pathOf, run, startGit, stub, writeReleasePrograms, type Env, type Ran } from './scripts.ts';

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

interface Job {
  readonly extends?: string;
  readonly variables?: Env;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly needs?: readonly string[];
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly artifacts?: {
    readonly when?: string;
    readonly paths?: readonly string[];
    readonly reports?: Readonly<Record<string, string>>;
  };
}

const REQUEST = {
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
};
const PUSH = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main' };
const BY_HAND = { CI_PIPELINE_SOURCE: 'web', CI_COMMIT_BRANCH: 'main' };
const AT_NIGHT = { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main' };
const COMMIT = { CI_COMMIT_SHA: MERGE };

describe('the pipeline for GitLab CI', () => {
  let project: string;
  let programs: string;
  let api: GitLabApi;
  /** Projects that tests begin with copies of: as `init` leaves one, with a saved plan, and with that plan applied. */
  const prepared = mkdtempSync(join(tmpdir(), 'landfall-prepared-'));

  beforeAll(async () => {
    const init = ['init', 'new', '--ci', 'gitlab', '--with', 'report', '--name', 'ucop'];
    expect(await run(BIN, init, prepared, { PATH: pathOf() })).toMatchObject({ code: 0 });
    startGit(join(prepared, 'new'));
    await prepare('new', 'planned', 'plan', '--out', 'landfall.plan');
    await prepare('planned', 'applied', 'apply', 'landfall.plan');
  });
  afterAll(() => {
    rmSync(prepared, { recursive: true });
  });

  async function prepare(from: string, to: string, ...argv: readonly string[]): Promise<void> {
    cpSync(join(prepared, from), join(prepared, to), { recursive: true });
    expect(await run(BIN, argv, join(prepared, to), { PATH: pathOf() })).toMatchObject({ code: 0 });
  }

  beforeEach(async () => {
    project = mkdtempSync(join(tmpdir(), 'landfall-project-'));
    programs = mkdtempSync(join(tmpdir(), 'landfall-programs-'));
    writeReleasePrograms(programs, join(PROGRAM_FOLDER, 'dist'));
    api = await new GitLabApi().listen();
    begin('new');
  });
  afterEach(async () => {
    await api.close();
    for (const folder of [project, programs]) rmSync(folder, { recursive: true, force: true });
  });

  /** Lets the project be a copy of a prepared one. */
  function begin(name: 'new' | 'planned' | 'applied'): void {
    cpSync(join(prepared, name), project, { recursive: true });
  }

  /** Puts a program in landfall's place that prints its arguments and ends with an exit code: the job is what is tested. */
  function fakeLandfall(code = 0): void {
    const dist = mkdtempSync(join(programs, 'dist-'));
    writeFileSync(join(dist, 'bin.js'), `#!/bin/sh\necho "fake $*"\nexit ${code}\n`, { mode: 0o755 });
    writeReleasePrograms(programs, dist);
  }

  /** The jobs of the file, with what they extend. */
  function jobs(): Readonly<Record<string, Job>> {
    const all = readYaml(join(project, '.gitlab-ci.yml')) as Readonly<Record<string, Job>>;
    return Object.fromEntries(
      Object.entries(all)
        .filter(([, { script }]) => script !== undefined)
        .map(([name, job]) => [name, { ...all['default'], ...all[job.extends ?? ''], ...job }]),
    );
  }

  /** The jobs of a pipeline, by its rules; `:manual` for those that wait for somebody. */
  function jobsOf(pipeline: Env): readonly string[] {
    const holds = (condition: string): boolean => {
      const [, name = '', value] = /^\$(\w+) == "(\w+)"$/.exec(condition) ?? [];
      if (value === undefined) throw new Error(`${condition} is not known here`);
      return pipeline[name] === value;
    };
    return Object.entries(jobs()).flatMap(([name, { rules = [] }]) => {
      const rule = rules.find((one) => holds(one.if));
      return rule === undefined ? [] : [rule.when === undefined ? name : `${name}:${rule.when}`];
    });
  }

  /** Runs a job: its lines in one shell, with the artifacts of the jobs before it. */
  async function job(name: string, pipeline: Env, more: Env = {}): Promise<Ran> {
    const { before_script = [], script = [], variables = {} } = jobs()[name] ?? {};
    const defined: Env = {
      ...(readYaml(join(project, '.gitlab-ci.yml')) as { variables: Env }).variables,
      ...variables,
    };
    return bash([...before_script, ...script].join('\n'), project, {
      PATH: pathOf(programs),
      HOME: programs,
      TMPDIR: programs,
      CI: 'true',
      GITLAB_CI: 'true',
      CI_API_V4_URL: `${api.origin}/api/v4`,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_PROJECT_ID: 'ucop/waves',
      CI_JOB_URL: `${api.origin.replace('http:', 'https:')}/ucop/waves/-/jobs/7`,
      CI_PIPELINE_URL: 'https://gitlab.com/ucop/waves/-/pipelines/100',
      CI_PROJECT_DIR: project,
      GITLAB_TOKEN: TOKEN,
      ...COMMIT,
      ...pipeline,
      ...defined,
      LANDFALL_REPOSITORY: 'https://github.com/ucop/landfall',
      LANDFALL_PACKAGE_NAME: 'landfall-0.1.0.tgz',
      AWS_TOKEN: 'token-of-the-job',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(programs, 'aws-token'),
      ...more,
    });
  }

  const read = (file: string): string => readFileSync(join(project, file), 'utf8');
  const drop = (): void => {
    rmSync(join(project, 'landfall.plan'), { force: true });
  };

  function edit(from: string, to: string): void {
    const text = read('waves/wave-01.yaml');
    expect(text).toContain(from);
    writeFileSync(join(project, 'waves/wave-01.yaml'), text.replace(from, to));
  }

  /** Lets GitLab have the plan of the merge request that was merged. */
  function merge(): void {
    api.plan = JSON.parse(readFileSync(join(prepared, 'planned/landfall.plan'), 'utf8'));
  }

  it('has the jobs that each kind of pipeline is for', () => {
    expect(jobsOf(REQUEST)).toEqual(['validate', 'plan']);
    expect(jobsOf(PUSH)).toEqual(['validate', 'find-plan', 'apply']);
    expect(jobsOf(BY_HAND)).toEqual(['find-plan', 'apply:manual']);
    expect(jobsOf(AT_NIGHT)).toEqual(['report', 'drift']);
  });

  it('keeps the report of each night', async () => {
    expect(await job('report', AT_NIGHT)).toMatchObject({ code: 0 });
    for (const file of jobs()['report']?.artifacts?.paths ?? []) expect(read(file)).toContain('wave-01');
  });

  it('plans, and says why there is no plan, whatever validate finds', () => {
    expect(jobs()['plan']?.needs).toEqual([]);
  });

  it('pastes nothing into a script but what a shell expands', () => {
    for (const { before_script = [], script = [] } of Object.values(jobs()))
      expect([...before_script, ...script].join('\n')).not.toMatch(/\$\[\[|\$\{\{/);
  });

  it('installs the package of a release, and has a role only where one is named', async () => {
    const { before_script = [] } = jobs()['plan'] ?? {};
    const show = [...before_script, 'landfall --version', 'echo "role: ${AWS_ROLE_ARN:-none}"'].join('\n');
    const file = join(programs, 'token');
    const env = {
      PATH: pathOf(programs),
      TMPDIR: programs,
      LANDFALL_REPOSITORY: 'https://git.example/ucop/landfall',
      LANDFALL_VERSION: 'v9.8.7',
      LANDFALL_PACKAGE_NAME: 'landfall-9.8.7.tgz',
      AWS_TOKEN: 'the token',
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
    };
    const none = await bash(show, project, env);
    expect(none).toMatchObject({ code: 0, stdout: 'landfall 0.1.0\nrole: none\n' });
    expect(readFileSync(file, 'utf8')).toBe('the token');
    expect(statSync(file).mode & 0o077).toBe(0);
    const role = { LANDFALL_PLAN_ROLE: 'arn:aws:iam::123456789012:role/plan' };
    const one = await bash(show, project, { ...env, ...role });
    expect(one.stdout).toContain('role: arn:aws:iam::123456789012:role/plan\n');
    const urls = readFileSync(join(programs, 'curl.log'), 'utf8').match(/https:\S+/g) ?? [];
    const release = 'https://git.example/ucop/landfall/releases/download/v9.8.7';
    expect(urls.slice(0, 2)).toEqual([`${release}/landfall-9.8.7.tgz`, `${release}/SHA256SUMS`]);

    const otherSum = await bash(show, project, { ...env, LANDFALL_PACKAGE_NAME: 'other-9.8.7.tgz' });
    expect(otherSum.code).not.toBe(0);
    expect(otherSum.stdout).toBe('');
  });

  it('says what to fill in where the placeholder of the template is left', async () => {
    const { code, stdout, stderr } = await job('validate', REQUEST, {
      LANDFALL_REPOSITORY: 'https://github.com/YOUR_ORG/landfall',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^PLACEHOLDER: LANDFALL_REPOSITORY is .*Replace YOUR_ORG in \.gitlab-ci\.yml/);
    expect(existsSync(join(programs, 'curl.log'))).toBe(false);
  });

  it('reports what is wrong where GitLab looks for it', async () => {
    edit('frequency: 24', 'frequency: 99');
    const { code, stdout } = await job('validate', REQUEST);
    expect(code).toBe(1);
    expect(stdout).toContain('waves/wave-01.yaml:18');
    const reports = jobs()['validate']?.artifacts?.reports ?? {};
    expect(JSON.parse(read(reports['codequality'] ?? ''))).toMatchObject([
      { location: { path: 'waves/wave-01.yaml', lines: { begin: 18 } } },
    ]);
    expect(read(reports['junit'] ?? '')).toContain('<failure');
    fakeLandfall();
    expect(await job('validate', REQUEST)).toMatchObject({
      code: 0,
      stdout: 'fake validate --write gitlab=landfall-codequality.json --write junit=landfall-junit.xml\n',
    });
  });

  it('holds a merge request to the policies of its target branch', async () => {
    const own = read('landfall.yaml');
    const policy = `{ name: calm, message: nothing is created, expression: 'change.action != "create"' }`;
    writeFileSync(join(project, 'landfall.yaml'), `${own}policies:\n  - ${policy}\n`);
    startGit(project);
    writeFileSync(join(project, 'landfall.yaml'), own);
    expect(await job('plan', REQUEST)).toMatchObject({ code: 3 });
    expect(api.notes[0]?.body).toContain('nothing is created');

    const elsewhere = { ...REQUEST, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'gone' };
    const { code, stdout } = await job('plan', elsewhere);
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('Plan:');
  });

  it('holds and keeps the runbook of a cut-over that a merge request changes, and none that it brings', async () => {
    edit('spec:', "spec:\n  cutover: { at: '2027-06-05T22:00:00Z', duration: 6h }");
    mkdirSync(join(project, 'landfall-runbooks'));
    writeFileSync(join(project, 'landfall-runbooks/forged.md'), 'forged');
    expect(await job('plan', REQUEST)).toMatchObject({ code: 0 });
    expect(api.notes[0]?.body).toContain('<summary>Runbook of the cut-over of <b><code>wave-01</code></b>');
    expect(readdirSync(join(project, 'landfall-runbooks'))).toEqual(['wave-01.md']);
    expect(read('landfall-runbooks/wave-01.md')).toContain('# Runbook: cut-over of `wave-01`');
  });

  it('plans a merge request: a saved plan and a comment', async () => {
    const { code, stdout } = await job('plan', REQUEST);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Plan: 2 to create') as unknown,
    });
    const { plan } = JSON.parse(read('landfall.plan')) as { plan: { checksum: string } };
    expect(api.notes).toHaveLength(1);
    expect(api.notes[0]?.body).toContain(plan.checksum);
    expect(api.notes[0]?.body).toMatch(
      /jobs\/7\), \[saved plan\]\(\S+\/jobs\/7\/artifacts\/file\/landfall\.plan\)\.$/,
    );
    for (const file of jobs()['plan']?.artifacts?.paths ?? [])
      expect(existsSync(join(project, file))).toBe(true);
    expect(stdout).not.toContain(TOKEN);
  });

  it('plans without a token for comments, and says so', async () => {
    fakeLandfall();
    const { code, stdout } = await job('plan', REQUEST, { GITLAB_TOKEN: '' });
    expect(code).toBe(0);
    expect(stdout).toContain('No comment: the CI/CD variable GITLAB_TOKEN is not set.');
  });

  it.each([
    ['refused', 'os: rhel-7.3', 'os: rhel-7.3\n      licenseType: AWS', 3, 'licence.linux-aws'],
    ['not to be had', 'frequency: 24', 'frequency: 99', 1, '**No plan**'],
  ])('fails on a plan that is %s, which the comment shows all the same', async (_, from, to, code, says) => {
    edit(from, to);
    expect(await job('plan', REQUEST)).toMatchObject({ code });
    expect(api.notes[0]?.body).toContain(says);
    expect(api.notes[0]?.body).not.toContain('saved plan]');
  });

  it('carries out the plan that was reviewed, once', async () => {
    merge();
    const found = await job('find-plan', PUSH);
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toContain('This is the plan of merge request 7, from pipeline 100:');
    expect(found.stdout).toContain('Plan: 2 to create');
    const applied = await job('apply', PUSH);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain('Applied: 2 created');
    expect(JSON.parse(read('landfall-outcome.json'))).toMatchObject({ exit_code: 0 });
    const again = await job('apply', PUSH);
    expect(again).toMatchObject({ code: 4 });
    expect(again.stderr).toContain('PLAN_STALE');
  });

  it('finds a merge request however it was merged', async () => {
    merge();
    fakeLandfall();
    const [request] = api.requests;
    if (request === undefined) throw new Error('there is none');
    const other = 'c'.repeat(40);
    for (const ids of [
      { merge_commit_sha: other, squash_commit_sha: MERGE as never, sha: other },
      { merge_commit_sha: null as never, squash_commit_sha: null, sha: MERGE },
    ]) {
      api.requests = [{ ...request, ...ids }];
      const { code, stdout } = await job('find-plan', PUSH);
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/merge request 7[^]*fake show landfall\.plan/) as unknown,
      });
      drop();
    }
  });

  it('applies nothing that nobody has reviewed, unless somebody asks for it', async () => {
    api.requests = [];
    const pushed = await job('find-plan', PUSH);
    expect(pushed).toMatchObject({ code: 1 });
    expect(pushed.stdout).toContain(`No merge request was merged as ${MERGE}.`);
    expect(pushed.stdout).toContain('Nobody has reviewed this plan in a merge request, so it is not applied');
    fakeLandfall(2);
    expect(await job('find-plan', BY_HAND)).toMatchObject({ code: 0 });
  });

  it('applies a plan without changes that nobody has reviewed', async () => {
    begin('applied');
    drop();
    api.requests = [];
    expect(await job('find-plan', PUSH)).toMatchObject({ code: 0 });
    const nothing = await job('apply', PUSH);
    expect(nothing).toMatchObject({ code: 0, stdout: expect.stringContaining('No changes') as unknown });
  });

  it('succeeds while a plan only waits, and continues where that is wanted until nothing is left', async () => {
    const capped = 'spec:\n  limits: { activeReplications: 1 }';
    edit('spec:', capped);
    api.requests = [];
    const first = await run(BIN, ['apply', '--auto-approve'], project, { PATH: pathOf() });
    expect(first).toMatchObject({ code: 0 });
    const waiting = await job('find-plan', PUSH);
    expect(waiting).toMatchObject({ code: 0 });
    expect(waiting.stdout).toContain('Nothing to apply now: a later pipeline continues.');

    // While the job waits, the cap gets room.
    const file = JSON.stringify(join(project, 'waves/wave-01.yaml'));
    const lift = `fs.writeFileSync(${file}, fs.readFileSync(${file}, 'utf8').replace(${JSON.stringify(capped)}, 'spec:'));`;
    stub(programs, 'sleep', join(programs, 'sleeps'), lift);
    const applied = await job('apply', PUSH, { LANDFALL_CONTINUE: 'true' });
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toMatch(/\nNo changes now\. .*, 1 deferred\.\n[^]*Applied: 1 created/);
    expect(readFileSync(join(programs, 'sleeps'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it.each<[string, () => unknown, string]>([
    ['a fork', () => (api.pipeline = { ...api.pipeline, project_id: 2 }), 'No pipeline of this project'],
    [
      'a pipeline that has failed',
      () => (api.pipeline = { ...api.pipeline, status: 'failed' }),
      'No pipeline',
    ],
    [
      'another merge request of its branch',
      () => (api.pipeline = { ...api.pipeline, ref: 'refs/merge-requests/8/head' }),
      'No pipeline of this project',
    ],
    [
      'a merge request into another branch',
      () => (api.requests = api.requests.map((one) => ({ ...one, target_branch: 'dev' }))),
      'The target of merge request 7 was dev.',
    ],
    ['a job whose artifacts are gone', () => (api.jobs = api.jobs.slice(0, 1)), 'has no plan any more'],
  ])('takes no plan from %s', async (_, change, says) => {
    merge();
    fakeLandfall(2);
    change();
    const { code, stdout } = await job('find-plan', PUSH);
    expect(code).toBe(1);
    expect(stdout).toContain('fake plan --out landfall.plan');
    expect(stdout).toContain(says);
  });

  it('stops where GitLab does not say', async () => {
    merge();
    api.trouble = ({ path }) => (path.includes('/pipelines/') ? { status: 403, data: {} } : undefined);
    const { code, stderr } = await job('find-plan', PUSH);
    expect(code).toBe(1);
    expect(stderr).toContain('The plan cannot be looked up: GET pipelines/100/jobs?per_page=100: HTTP 403');
  });

  it('opens one issue for drift or for broken manifests, keeps it up to date, and closes it', async () => {
    begin('applied');
    expect(await job('drift', AT_NIGHT)).toMatchObject({ code: 0 });
    expect(api.issues).toEqual([]);

    edit('frequency: 24', 'frequency: 99');
    expect(await job('drift', AT_NIGHT)).toMatchObject({ code: 1 });
    expect(api.issues).toMatchObject([
      { iid: 1, state: 'opened', labels: 'landfall-drift', title: 'landfall: drift could not be determined' },
    ]);
    expect(api.issues[0]?.description).toContain('**No drift report** for `ucop`');
    expect(api.issues[0]?.description).toContain('https://gitlab.com/ucop/waves/-/pipelines/100');

    edit('frequency: 99', 'frequency: 23');
    expect(await job('drift', AT_NIGHT)).toMatchObject({ code: 0 });
    expect(api.issues).toMatchObject([{ title: 'landfall: the account differs from the manifests' }]);
    expect(api.issues[0]?.description).toContain('the manifests say 23, the account says 24');

    edit('frequency: 23', 'frequency: 24');
    await job('drift', AT_NIGHT);
    expect(api.issues).toMatchObject([{ iid: 1, state: 'closed' }]);
  });

  it('fails where drift cannot be found out, and touches no issue', async () => {
    rmSync(join(project, 'landfall.yaml'));
    expect(await job('drift', AT_NIGHT)).toMatchObject({ code: 1 });
    expect(api.seen).toEqual([]);
  });
});
