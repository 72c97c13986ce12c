import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TOKEN } from '../platforms/fake.ts';
import { PROGRAM_FOLDER } from '../setup/program.ts';
import { GitLabApi } from './gitlab-api.ts';
import { ManyAccounts } from './many-accounts.ts';
import { readYaml } from './read-yaml.ts';
import { bash, type Env, pathOf, type Ran, writeReleasePrograms } from './scripts.ts';

interface Job {
  readonly extends?: string;
  readonly stage?: string;
  readonly needs?: readonly string[];
  readonly environment?: string;
  readonly variables?: Env;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly artifacts?: { readonly paths?: readonly string[] };
}
interface Pipeline {
  readonly stages: readonly string[];
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Reads a pipeline from its file. */
function pipelineIn(file: string): Pipeline {
  const { stages, ...jobs } = readYaml(file) as { readonly stages: readonly string[] };
  return { stages, jobs };
}

type Read = (file: string) => unknown;
const LINTER = new URL('../../script/ci/gitlab.mjs', import.meta.url).href;
const { checkGitLab } = (await import(LINTER)) as {
  readonly checkGitLab: (file: { data: unknown }, read: Read) => readonly { message: string }[];
};

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

const REQUEST = {
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  LANDFALL_JOBS: 'plan',
};
const BY_HAND = { CI_PIPELINE_SOURCE: 'web', CI_COMMIT_BRANCH: 'main', LANDFALL_JOBS: 'apply' };

describe('the pipelines for many accounts on GitLab CI', () => {
  let world: ManyAccounts;
  let api: GitLabApi;
  let programs: string;
  /** What jobs have left: in a folder that mirrors the project. */
  let artifacts: string;

  beforeEach(async () => {
    world = new ManyAccounts();
    api = await new GitLabApi().listen();
    programs = mkdtempSync(join(tmpdir(), 'landfall-programs-'));
    artifacts = mkdtempSync(join(tmpdir(), 'landfall-artifacts-'));
    await world.begin('gitlab-many', '.');
    writeReleasePrograms(programs, join(PROGRAM_FOLDER, 'dist'));
  });
  afterEach(async () => {
    await api.close();
    await world.dispose();
    for (const folder of [programs, artifacts]) rmSync(folder, { recursive: true, force: true });
  });

  const included = (): Pipeline => pipelineIn(join(world.project, '.gitlab/landfall.yml'));

  /** A job with what it extends; its variables beside those of the file. */
  function whole(job: Job): Job {
    const base = job.extends === undefined ? {} : whole(included().jobs[job.extends] ?? {});
    return { ...base, ...job, variables: { ...base.variables, ...job.variables } };
  }

  /** Runs a job on a machine of its own, with the artifacts of earlier jobs, and keeps its own. */
  async function run(job: Job, pipeline: Env): Promise<Ran> {
    const folder = world.checkout();
    cpSync(artifacts, folder, { recursive: true });
    const { before_script = [], script = [], variables = {}, artifacts: kept = {} } = whole(job);
    const home = mkdtempSync(join(programs, 'home-'));
    const ran = await bash([...before_script, ...script].join('\n'), folder, {
      ...world.env,
      PATH: pathOf(programs),
      HOME: home,
      TMPDIR: home,
      CI: 'true',
      GITLAB_CI: 'true',
      CI_API_V4_URL: `${api.origin}/api/v4`,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_PROJECT_ID: 'ucop/waves',
      CI_PROJECT_DIR: folder,
      GITLAB_TOKEN: TOKEN,
      LANDFALL_VERSION: 'v0.1.0',
      ...variables,
      ...pipeline,
      LANDFALL_REPOSITORY: 'https://github.com/ucop/landfall',
      AWS_TOKEN: 'token-of-the-job',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'aws-token'),
    });
    for (const path of kept.paths ?? []) {
      if (!existsSync(join(folder, path))) continue;
      mkdirSync(dirname(join(artifacts, path)), { recursive: true });
      cpSync(join(folder, path), join(artifacts, path), { recursive: true });
    }
    return ran;
  }

  /** Runs the job `targets` of the parent; resolves to the pipeline that it has written. */
  async function child(pipeline: Env): Promise<Pipeline> {
    const { targets = {} } = pipelineIn(join(world.project, '.gitlab-ci.yml')).jobs;
    expect(await run(targets, pipeline)).toMatchObject({ code: 0 });
    const file = join(artifacts, 'landfall-jobs.yml');
    const problems = checkGitLab({ data: readYaml(file) }, (other) => readYaml(join(world.project, other)));
    expect(problems).toEqual([]);
    return pipelineIn(file);
  }

  /** Runs the jobs of a pipeline, those of a stage side by side; resolves to their exit codes. */
  async function runAll(
    pipeline: Pipeline,
    env: Env,
    afterStage?: () => void,
  ): Promise<Readonly<Record<string, number | null>>> {
    const codes: Record<string, number | null> = {};
    for (const stage of pipeline.stages) {
      const jobs = Object.entries(pipeline.jobs).filter(
        ([, job]) => job.script !== undefined && job.stage === stage,
      );
      await Promise.all(
        jobs.map(async ([name, job]) => {
          const { code } = await run(job, env);
          codes[name] = code;
        }),
      );
      afterStage?.();
    }
    return codes;
  }

  it('plan each target that a merge request changes, post one plan, and name a target that nobody has planned', async () => {
    world.writeWave('directory', 24);
    world.writeWave('portal', 24);
    const pipeline = await child(REQUEST);
    const codes = await runAll(pipeline, REQUEST);
    expect(codes).toEqual({ 'plan west': 0, 'plan east': 0, merge: 0 });
    expect(api.notes.map(({ body }) => body)).toEqual([expect.stringMatching(/portal[^]*directory/)]);

    // A runner that has been lost.
    rmSync(join(artifacts, 'landfall-plans/east.plan'));
    expect(await run(pipeline.jobs['merge'] ?? {}, REQUEST)).toMatchObject({ code: 1 });
    expect(api.notes.map(({ body }) => body)).toEqual([expect.stringContaining('target.missing')]);

    // No runner has saved a plan.
    rmSync(join(artifacts, 'landfall-plans'), { recursive: true });
    expect(await run(pipeline.jobs['merge'] ?? {}, { ...REQUEST, GITLAB_TOKEN: '' })).toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringContaining('No comment: the CI/CD variable GITLAB_TOKEN is not set.') as unknown,
    });
  });

  it('have a job where nothing has changed, since a pipeline needs one', async () => {
    expect(await runAll(await child(REQUEST), REQUEST)).toEqual({ nothing: 0 });
  });

  it('apply a merge stage by stage, each target in its environment, until nothing is left', async () => {
    const pipeline = await child(BY_HAND);
    const codes = await runAll(pipeline, BY_HAND, () => {
      world.advance(24);
    });
    expect(Object.values(codes)).toEqual(Array.from({ length: 6 }, () => 0));
    expect(pipeline.jobs['apply east']).toMatchObject({ environment: 'east', needs: ['plan east'] });
    expect(pipeline.stages.indexOf(pipeline.jobs['apply west']?.stage ?? '')).toBeLessThan(
      pipeline.stages.indexOf(pipeline.jobs['plan east']?.stage ?? ''),
    );
    expect(await world.landfall('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  it('say what to replace', async () => {
    const { before_script = [] } = whole({ extends: '.landfall' });
    const env = { PATH: pathOf(programs), ...(included().jobs['variables'] as Env) };
    expect(await bash(before_script.join('\n'), world.project, env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PLACEHOLDER') as unknown,
    });
    expect(readFileSync(join(world.project, '.gitlab-ci.yml'), 'utf8')).not.toContain('YOUR_ORG');
  });
});
