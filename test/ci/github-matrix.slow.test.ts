import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TOKEN } from '../platforms/fake.ts';
import { PROGRAM_FOLDER } from '../setup/program.ts';
import { Artifacts } from './artifacts.ts';
import { GitHubApi, HEAD, MERGE, REPOSITORY } from './github-api.ts';
import { ManyAccounts } from './many-accounts.ts';
import { type Circumstances, type JobResult, Runner } from './runner.ts';

// Each step is a process or more, and the machine may be busy.
jest.setTimeout(300_000);

const PULL_REQUEST = {
  event: 'pull_request',
  payload: {
    pull_request: { number: 7, base: { ref: 'main' }, head: { sha: HEAD, repo: { full_name: REPOSITORY } } },
  },
};

interface Row {
  readonly target: string;
}

/** The rows of a matrix, as GitHub makes jobs of them. */
const rowsOf = (matrix = ''): readonly Row[] => (JSON.parse(matrix) as { include: readonly Row[] }).include;

describe('the workflows for many accounts on GitHub Actions', () => {
  let world: ManyAccounts;
  let api: GitHubApi;
  let artifacts: Artifacts;
  let runners: Runner[];

  beforeEach(async () => {
    world = new ManyAccounts();
    api = await new GitHubApi().listen();
    artifacts = new Artifacts();
    runners = [];
    await world.begin('github-matrix', '.github/workflows');
  });
  afterEach(async () => {
    for (const runner of runners) runner.dispose();
    await api.close();
    await world.dispose();
  });

  /** Runs a job on a machine of its own. */
  function job(file: string, id: string, circumstances: Circumstances): Promise<JobResult> {
    const env = {
      ...world.env,
      GITHUB_API_URL: api.origin,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_SHA: MERGE,
      GITHUB_REF: 'refs/heads/main',
    };
    const options = { workspace: world.checkout(), action: PROGRAM_FOLDER, path: [], env, token: TOKEN };
    const runner = new Runner({ ...options, artifacts });
    runners.push(runner);
    return runner.job(file, id, circumstances);
  }

  /** Runs a job for each row of a matrix, all at the same time. */
  const each = (file: string, id: string, rows: readonly Row[], more: Circumstances): Promise<JobResult[]> =>
    Promise.all(rows.map((row) => job(file, id, { ...more, matrix: { ...row } })));

  const results = (all: readonly JobResult[]): readonly string[] => all.map(({ result }) => result);

  it('plan each target that a pull request changes, post one plan, and name a target that nobody has planned', async () => {
    world.writeWave('directory', 24);
    world.writeWave('portal', 24);
    const targets = await job('landfall-plan.yml', 'targets', PULL_REQUEST);
    const { outputs } = targets;
    expect(outputs).toMatchObject({ count: '2' });
    const rows = rowsOf(outputs['matrix']);
    expect(rows.map(({ target }) => target).toSorted()).toEqual(['east', 'west']);
    const needs = { targets: { outputs } };
    const planned = await each('landfall-plan.yml', 'plan', rows, { ...PULL_REQUEST, needs });
    expect(results(planned)).toEqual(['success', 'success']);
    const comment = (result: JobResult['result']): Promise<JobResult> =>
      job('landfall-plan.yml', 'comment', { ...PULL_REQUEST, needs: { ...needs, plan: { result } } });
    expect((await comment('success')).result).toBe('success');
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toMatch(/`portal` on `east`[^]*`directory` on `west`/);

    // A runner that has been lost.
    artifacts.files.delete('100/landfall-plan-east');
    expect((await comment('failure')).result).toBe('failure');
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('target.missing');
    expect(api.comments[0]?.body).toContain('east');
  });

  it('say why there is no plan where the manifests are invalid', async () => {
    world.writeWave('directory', 99);
    const targets = await job('landfall-plan.yml', 'targets', PULL_REQUEST);
    expect(targets.result).toBe('failure');
    const needs = { targets: { result: targets.result }, plan: { result: 'skipped' as const } };
    const comment = await job('landfall-plan.yml', 'comment', { ...PULL_REQUEST, needs });
    expect(comment.result).toBe('failure');
    expect(api.comments[0]?.body).toMatch(/directory\.yaml[^]*frequency/);
  });

  it('say that a pull request changes nothing any more, without a runner', async () => {
    const { outputs } = await job('landfall-plan.yml', 'targets', PULL_REQUEST);
    expect(outputs).toMatchObject({ count: '0' });
    const needs = { targets: { outputs } };
    expect((await job('landfall-plan.yml', 'plan', { ...PULL_REQUEST, needs })).result).toBe('skipped');
    const skipped = { ...needs, plan: { result: 'skipped' as const } };
    const comment = await job('landfall-plan.yml', 'comment', { ...PULL_REQUEST, needs: skipped });
    expect(comment.result).toBe('success');
    expect(api.comments[0]?.body).toContain('No changes');
  });

  it('apply a merge stage by stage, each target on its own runner, until nothing is left', async () => {
    const targets = await job('landfall-apply.yml', 'targets', { event: 'workflow_dispatch' });
    const { stages, ...outputs } = targets.outputs;
    expect(stages).toBe('2');
    expect(
      Object.entries(outputs).map(([name, value]) => [name, value === '' ? 0 : rowsOf(value).length]),
    ).toEqual([
      ['stage-1', 2],
      ['stage-2', 1],
      ['stage-3', 0],
    ]);
    // GitHub drops outputs that contain a secret: no stage is then skipped in silence.
    const lost = async (dropped: Readonly<Record<string, string>>): Promise<string> => {
      const needs = { targets: { outputs: { ...targets.outputs, ...dropped } } };
      return (await job('landfall-apply.yml', 'lost', { event: 'push', needs })).result;
    };
    expect(await lost({})).toBe('skipped');
    expect(await lost({ stages: '0', 'stage-1': '', 'stage-2': '' })).toBe('skipped');
    expect(await lost({ 'stage-1': '' })).toBe('failure');
    expect(await lost({ 'stage-2': '' })).toBe('failure');

    for (const stage of ['stage-1', 'stage-2'] as const) {
      const rows = rowsOf(outputs[stage]);
      const file = 'landfall-apply-stage.yml';
      expect(results(await each(file, 'plan', rows, { event: 'push' }))).toEqual(rows.map(() => 'success'));
      const applied = await each(file, 'apply', rows, {
        event: 'push',
        needs: { plan: { result: 'success' } },
      });
      expect(results(applied)).toEqual(rows.map(() => 'success'));
      // Until the replications of the stage have a recovery point.
      world.advance(24);
    }
    expect([...artifacts.files.keys()].filter((name) => name.includes('outcome'))).toHaveLength(3);
    expect(await world.landfall('plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });
});
