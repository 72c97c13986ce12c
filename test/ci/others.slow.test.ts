import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeAzure, REPOSITORY } from '../platforms/fake-azure.ts';
import { FakeBitbucket } from '../platforms/fake-bitbucket.ts';
import { FakeGitHub } from '../platforms/fake-github.ts';
import { TOKEN } from '../platforms/fake.ts';
import { BIN, PROGRAM_FOLDER } from '../setup/program.ts';
import { readYaml } from './read-yaml.ts';
import { bash, pathOf, run, startGit, writeReleasePrograms, type Env, type Ran } from './scripts.ts';

interface Linter {
  readonly checkAzure: (file: { data: unknown }) => readonly { message: string }[];
  readonly checkBitbucket: (file: { data: unknown }) => readonly { message: string }[];
  readonly checkJenkins: (file: { text: string }) => readonly { message: string }[];
  readonly jenkinsScripts: (text: string) => readonly string[];
}
const LINTER = new URL('../../script/ci/others.mjs', import.meta.url).href;
const { checkAzure, checkBitbucket, checkJenkins, jenkinsScripts } = (await import(LINTER)) as Linter;

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

const AZURE = 'examples/ci/azure/azure-pipelines.yml';
const BITBUCKET = 'examples/ci/bitbucket/bitbucket-pipelines.yml';
const JENKINS = readFileSync(new URL('../../examples/ci/jenkins/Jenkinsfile', import.meta.url), 'utf8');

let project: string;
let programs: string;
let base: Env;
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-project-'));
  programs = mkdtempSync(join(tmpdir(), 'landfall-programs-'));
  project = join(folder, 'new');
  const init = ['init', 'new', '--ci', 'none', '--name', 'ucop', '--no-input'];
  expect(await run(BIN, init, folder, { PATH: pathOf() })).toMatchObject({ code: 0 });
  startGit(project);
  writeReleasePrograms(programs, join(PROGRAM_FOLDER, 'dist'));
  base = {
    PATH: pathOf(programs),
    HOME: programs,
    TMPDIR: programs,
    CI: 'true',
    LANDFALL_REPOSITORY: 'https://github.com/ucop/landfall',
    LANDFALL_VERSION: 'v0.1.0',
  };
});
afterEach(() => {
  for (const folder of [join(project, '..'), programs]) rmSync(folder, { recursive: true, force: true });
});

const isThere = (file: string): boolean => existsSync(join(project, file));

/** Makes the manifests invalid. */
function breakManifests(): void {
  writeFileSync(join(project, 'waves/broken.yaml'), 'apiVersion: landfall/v1\nkind: Wave\nspec: 7\n');
}

/** Gives main a policy, and has the pull request, which is the working tree, leave it out again. */
function leaveOutPolicy(): void {
  const file = join(project, 'landfall.yaml');
  const own = readFileSync(file, 'utf8');
  const policy = `{ name: calm, message: nothing is created, expression: 'change.action != "create"' }`;
  writeFileSync(file, `${own}policies:\n  - ${policy}\n`);
  startGit(project);
  writeFileSync(file, own);
}

/** What a checkout of the whole history has besides. */
const fetchMain = (): Promise<Ran> =>
  run('git', ['fetch', '--quiet', 'origin', '+main:refs/remotes/origin/main'], project, { PATH: pathOf() });

describe('the pipeline for Azure DevOps', () => {
  interface Step {
    readonly checkout?: string;
    readonly fetchDepth?: number;
    readonly bash?: string;
    readonly env?: Env;
  }
  interface Job {
    readonly steps?: readonly Step[];
    readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
  }
  const { stages } = readYaml(AZURE) as { stages: readonly { jobs: readonly Job[] }[] };

  /** Runs the scripts of a stage, each in a shell of its own, also after one that fails. */
  async function stage(index: number, more: Env): Promise<readonly Ran[]> {
    const [job] = stages[index]?.jobs ?? [];
    const ran: Ran[] = [];
    let path = base['PATH'] ?? '';
    for (const step of job?.steps ?? job?.strategy?.runOnce.deploy.steps ?? []) {
      if (step.checkout === 'self' && step.fetchDepth === 0) await fetchMain();
      if (step.bash === undefined) continue;
      const token = step.env?.['SYSTEM_ACCESSTOKEN'] === '$(System.AccessToken)' ? TOKEN : '';
      const one = await bash(step.bash, project, { ...base, ...more, PATH: path, SYSTEM_ACCESSTOKEN: token });
      const added = /^##vso\[task\.prependpath\](.+)$/m.exec(one.stdout)?.[1];
      if (added !== undefined) path = `${added}:${path}`;
      ran.push(one);
    }
    return ran;
  }

  it('posts the plan of a pull request, and why there is none', async () => {
    const fake = await new FakeAzure().listen();
    try {
      const request = {
        TF_BUILD: 'True',
        LANDFALL_API_URL: `${fake.origin}/ucop`,
        BUILD_REPOSITORY_ID: REPOSITORY,
        BUILD_REPOSITORY_PROVIDER: 'TfsGit',
        SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
        SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
      };
      const ran = await stage(0, request);
      expect(ran.map(({ code, stderr }) => (code === 0 ? code : stderr))).toEqual([0, 0, 0]);
      expect(isThere('landfall-junit.xml')).toBe(true);
      expect(fake.bodies).toEqual([expect.stringContaining('to create')]);
      leaveOutPolicy();
      expect((await stage(0, request)).map(({ code }) => code)).toEqual([0, 0, 3]);
      expect(fake.bodies).toEqual([expect.stringContaining('nothing is created')]);
      breakManifests();
      expect((await stage(0, request)).map(({ code }) => code)).toEqual([0, 1, 1]);
      expect(fake.bodies).toEqual([expect.stringContaining('broken.yaml')]);
    } finally {
      await fake.close();
    }
  });

  it('plans and applies a merge', async () => {
    const push = {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/ucop',
      BUILD_REPOSITORY_ID: REPOSITORY,
    };
    expect((await stage(0, push)).map(({ code }) => code)).toEqual([0, 0, 0]);
    mkdirSync(join(programs, 'landfall-plan'));
    writeFileSync(
      join(programs, 'landfall-plan/landfall.plan'),
      readFileSync(join(project, 'landfall.plan')),
    );
    const ran = await stage(1, { ...push, PIPELINE_WORKSPACE: programs });
    expect(ran.map(({ code, stderr }) => (code === 0 ? code : stderr))).toEqual([0, 0, 0]);
    for (const file of ['landfall-outcome.json', 'landfall-report.html']) expect(isThere(file)).toBe(true);
  });

  it('fails if the comment cannot be written, and takes no name of a variable for a key', async () => {
    const scripts = stages
      .flatMap(({ jobs }) => jobs)
      .flatMap(({ steps, strategy }) => steps ?? strategy?.runOnce.deploy.steps ?? [])
      .flatMap(({ bash: text = '' }) => (/landfall (plan|apply) /.test(text) ? [text] : []));
    expect(scripts).toHaveLength(2);
    writeFileSync(
      join(programs, 'landfall'),
      '#!/bin/sh\necho "$1 ${AWS_ACCESS_KEY_ID-no key}"\necho x > landfall-plan.md\n[ "$1" != comment ]\n',
      { mode: 0o755 },
    );
    const ran = (key: string): Promise<readonly Ran[]> =>
      Promise.all(scripts.map((script) => bash(script, project, { ...base, AWS_ACCESS_KEY_ID: key })));
    expect(await ran('$(LANDFALL_AWS_KEY_ID)')).toMatchObject([
      { code: 1, stdout: 'plan no key\ncomment no key\n' },
      { code: 0, stdout: 'apply no key\n' },
    ]);
    expect(await ran('AKIA')).toMatchObject([
      { stdout: 'plan AKIA\ncomment AKIA\n' },
      { stdout: 'apply AKIA\n' },
    ]);
  });

  it('says what to replace', async () => {
    const [first] = await stage(0, { LANDFALL_REPOSITORY: 'https://github.com/YOUR_ORG/landfall' });
    expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining('PLACEHOLDER') as unknown });
  });
});

describe('the pipeline for Bitbucket', () => {
  interface Step {
    readonly step: { readonly name: string; readonly script: readonly string[] };
  }
  const { pipelines } = readYaml(BITBUCKET) as {
    pipelines: {
      'pull-requests': { '**': readonly Step[] };
      branches: { main: readonly Step[] };
      custom: { report: readonly Step[] };
    };
  };
  const step = ({ step: { script } }: Step, more: Env): Promise<Ran> =>
    bash(script.join('\n'), project, { ...base, BITBUCKET_BUILD_NUMBER: '5', ...more });

  it('posts the plan of a pull request, and why there is none', async () => {
    const fake = await new FakeBitbucket().listen();
    try {
      const request = {
        LANDFALL_API_URL: `${fake.origin}/2.0`,
        BITBUCKET_REPO_FULL_NAME: 'ucop/waves',
        BITBUCKET_PR_ID: '7',
        BITBUCKET_PR_DESTINATION_BRANCH: 'main',
        BITBUCKET_TOKEN: TOKEN,
      };
      for (const one of pipelines['pull-requests']['**']) {
        expect(await step(one, request)).toMatchObject({ code: 0 });
        expect(fake.comments.map(({ content }) => content.raw)).toEqual([
          expect.stringContaining('to create'),
        ]);
        expect(await step(one, { ...request, BITBUCKET_TOKEN: '' })).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('BITBUCKET_TOKEN is not set') as unknown,
        });
        leaveOutPolicy();
        expect((await step(one, request)).code).toBe(3);
        breakManifests();
        expect((await step(one, request)).code).toBe(1);
        expect(fake.comments.map(({ content }) => content.raw)).toEqual([
          expect.stringContaining('broken.yaml'),
        ]);
      }
      expect(isThere('test-results/landfall.xml')).toBe(true);
    } finally {
      await fake.close();
    }
  });

  it('plans and applies a merge, with the role of each step', async () => {
    const role = {
      LANDFALL_PLAN_ROLE: 'arn:aws:iam::123456789012:role/plan',
      BITBUCKET_STEP_OIDC_TOKEN: 'a-token',
    };
    for (const one of pipelines.branches.main) expect(await step(one, role)).toMatchObject({ code: 0 });
    expect(isThere('landfall-outcome.json')).toBe(true);
    for (const one of pipelines.custom.report) expect(await step(one, role)).toMatchObject({ code: 0 });
    expect(isThere('landfall-report.html')).toBe(true);
    expect(pipelines.branches.main.map(({ step: { name } }) => name)).toEqual(['plan', 'apply']);
  });

  it('says what to replace', async () => {
    for (const one of [...pipelines['pull-requests']['**'], ...pipelines.branches.main])
      expect(await step(one, { LANDFALL_REPOSITORY: '' })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('PLACEHOLDER') as unknown,
      });
  });
});

describe('the Jenkinsfile', () => {
  it('plans a pull request and comments, and plans and applies main', async () => {
    const fake = await new FakeGitHub().listen();
    try {
      const env = {
        ...base,
        WORKSPACE_TMP: join(programs, 'ws@tmp'),
        COMMENT_PLATFORM: 'github',
        COMMENT_REPO: 'ucop/waves',
        CHANGE_ID: '7',
        CHANGE_TARGET: 'main',
        LANDFALL_API_URL: fake.origin,
        LANDFALL_PLATFORM_TOKEN: TOKEN,
      };
      const scripts = jenkinsScripts(JENKINS);
      expect(scripts).toHaveLength(6);
      leaveOutPolicy();
      await fetchMain();
      const [install = '', , planRequest = ''] = scripts;
      expect(await bash(install, project, env)).toMatchObject({ code: 0 });
      expect(await bash(planRequest, project, env)).toMatchObject({ code: 3 });
      expect(fake.comments.map(({ body }) => body)).toEqual([expect.stringContaining('nothing is created')]);
      rmSync(env.WORKSPACE_TMP, { recursive: true });
      // The request is merged.
      startGit(project);
      await fetchMain();
      for (const script of scripts) expect(await bash(script, project, env)).toMatchObject({ code: 0 });
      expect(fake.comments.map(({ body }) => body)).toEqual([expect.stringContaining('to create')]);
      for (const file of [
        'landfall-junit.xml',
        'landfall.plan',
        'landfall-outcome.json',
        'landfall-report.html',
      ])
        expect(isThere(file)).toBe(true);
    } finally {
      await fake.close();
    }
  });

  it('says what to replace', async () => {
    const [install = ''] = jenkinsScripts(JENKINS);
    const env = { ...base, WORKSPACE_TMP: join(programs, 'ws@tmp'), COMMENT_REPO: 'YOUR_ORG/waves' };
    const said = (name: string): unknown => expect.stringContaining(`PLACEHOLDER: ${name} is`);
    // Whoever plans no pull requests needs no repository for comments.
    expect(await bash(install, project, env)).toMatchObject({ code: 0 });
    const request = { ...env, CHANGE_ID: '7' };
    expect(await bash(install, project, request)).toMatchObject({ code: 1, stderr: said('COMMENT_REPO') });
    const unknown = { ...env, LANDFALL_REPOSITORY: 'https://github.com/YOUR_ORG/landfall' };
    expect(await bash(install, project, unknown)).toMatchObject({
      code: 1,
      stderr: said('LANDFALL_REPOSITORY'),
    });
  });
});

describe('the linter of these pipelines', () => {
  const messages = (found: readonly { message: string }[]): readonly string[] =>
    found.map(({ message }) => message);

  it('finds what is wrong', () => {
    const job = { job: 'plan', steps: [{ bash: 'echo $(Build.SourceBranch); if' }] };
    expect(messages(checkAzure({ data: { stages: [{ jobs: [job] }] } }))).toEqual([
      'plan has no timeoutInMinutes',
      'plan pastes a variable into its script',
      expect.stringContaining('syntax error'),
    ]);
    expect(messages(checkAzure({ data: [] }))).toEqual(['there is no job']);
    const step = { name: 'plan', script: ['if'] };
    expect(messages(checkBitbucket({ data: { pipelines: { branches: { main: [{ step }] } } } }))).toEqual([
      'plan has no max-time',
      expect.stringContaining('syntax error'),
    ]);
    expect(messages(checkBitbucket({ data: {} }))).toEqual(['there is no step']);
    expect(messages(checkJenkins({ text: JENKINS }))).toEqual([]);
    expect(messages(checkJenkins({ text: JENKINS.replace("sh '''", 'sh """') }))).not.toEqual([]);
    expect(messages(checkJenkins({ text: JENKINS.replace('exit "$code"', 'if') }))).toHaveLength(1);
    expect(messages(checkJenkins({ text: `${JENKINS}}` }))).toEqual(['the braces are not balanced']);
  });
});
