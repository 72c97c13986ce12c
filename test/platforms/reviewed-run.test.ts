import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findReviewedRun } from '../../src/platforms/reviewed-run.ts';
import { artifact, GitHubApi, HEAD, MERGE, pullRequest, REPOSITORY, workflowRun } from '../ci/github-api.ts';
import { TOKEN, type Trouble, troubles } from './fake.ts';

const FORK = { full_name: 'mallory/waves' };

describe('the run with the reviewed plan', () => {
  let api: GitHubApi;
  let lines: string[];
  let now: number;
  beforeEach(async () => {
    api = await new GitHubApi().listen();
    lines = [];
    now = Date.parse('2026-11-23T08:01:00Z');
  });
  afterEach(() => api.close());

  const find = (): ReturnType<typeof findReviewedRun> =>
    findReviewedRun(
      {
        platform: 'github',
        repository: REPOSITORY,
        apiUrl: `${api.origin}${api.prefix}`,
        token: TOKEN,
        tokenFrom: 'LANDFALL_PLATFORM_TOKEN',
        apiFrom: 'GITHUB_API_URL',
      },
      { commit: MERGE, branch: 'main', workflow: 'landfall-plan.yml', artifact: 'landfall-plan' },
      {
        env: {},
        log: (line) => void lines.push(line),
        clock: {
          now: () => now,
          sleep: (milliseconds) => {
            now += milliseconds;
            return Promise.resolve();
          },
        },
      },
    );

  it('is the newest that planned the last commit of the pull request', async () => {
    api.runs = [workflowRun(100), workflowRun(102), workflowRun(101)];
    expect(await find()).toEqual({
      run: '102',
      says: `The plan of pull request 7 at ${HEAD} is in run 102.`,
    });
  });

  it('is found when GitHub lists the pull request with the run', async () => {
    api.runs = [workflowRun(100, { pull_requests: [{ number: 7, base: { ref: 'main' } }] })];
    expect(await find()).toMatchObject({ run: '100' });
  });

  it.each<[string, (api: GitHubApi) => unknown, string]>([
    [
      'of another pull request of the same commit',
      (it) => (it.runs = [workflowRun(100, { pull_requests: [{ number: 8, base: { ref: 'main' } }] })]),
      'run 100 is listed under pull request 8 into main',
    ],
    [
      'of another base',
      (it) => (it.runs = [workflowRun(100, { pull_requests: [{ number: 7, base: { ref: 'release' } }] })]),
      'run 100 is listed under pull request 7 into release',
    ],
    [
      'made while another pull request had the same branch',
      (it) =>
        it.pulls.push(
          pullRequest(8, {
            merged_at: null,
            closed_at: null,
            merge_commit_sha: HEAD,
            created_at: '2026-11-23T06:30:00Z',
            head: { ref: 'faster', repo: { full_name: REPOSITORY } },
            base: { ref: 'release', repo: { full_name: REPOSITORY } },
          }),
        ),
      'run 100 may have been for pull request 8, which had the same branch',
    ],
    [
      'made before the base was changed',
      (it) => (it.baseChanges = ['2026-11-23T07:30:00Z']),
      'before the base',
    ],
    [
      'of a fork',
      (it) => (it.runs = [workflowRun(100, { head_repository: FORK })]),
      'repository mallory/waves',
    ],
    ['of another commit', (it) => (it.runs = [workflowRun(100, { head_sha: MERGE })]), `of commit ${MERGE}`],
    [
      'of another branch',
      (it) => (it.runs = [workflowRun(100, { head_branch: 'slower' })]),
      'of branch slower',
    ],
    [
      'that has failed',
      (it) => (it.runs = [workflowRun(100, { conclusion: 'failure' })]),
      'ended with failure',
    ],
    ['of a push', (it) => (it.runs = [workflowRun(100, { event: 'push' })]), 'was started by push'],
    [
      'of another workflow',
      (it) => (it.runs = [workflowRun(100, { path: '.github/workflows/evil.yml@refs/heads/x' })]),
      'of the workflow .github/workflows/evil.yml',
    ],
    [
      'older than the pull request',
      (it) => (it.runs = [workflowRun(100, { created_at: '2026-11-22T07:00:00Z' })]),
      'is older than the pull request',
    ],
    [
      'started again after the merge',
      (it) => (it.runs = [workflowRun(100, { run_started_at: '2026-11-23T08:00:30Z' })]),
      'was started after the merge',
    ],
    ['without a time', (it) => (it.runs = [workflowRun(100, { created_at: '' })]), 'is older than'],
    ['that is not there', (it) => (it.runs = []), 'No run of landfall-plan.yml has succeeded'],
    ['whose artifact expired', (it) => (it.artifacts = [artifact({ expired: true })]), 'is gone'],
    ['with another artifact', (it) => (it.artifacts = [artifact({ name: 'other' })]), 'is gone'],
    [
      'whose artifact was replaced after the merge',
      (it) => (it.artifacts = [artifact({ created_at: '2026-11-23T08:00:30Z' })]),
      'is gone',
    ],
    ['without a merged pull request', (it) => it.pulls.splice(1), 'No pull request was merged'],
    [
      'of two merged pull requests',
      (it) => it.pulls.push(pullRequest(9)),
      'Several pull requests were merged',
    ],
    [
      'merged into another branch',
      (it) => (it.pulls = [pullRequest(7, { base: { ref: 'dev', repo: { full_name: REPOSITORY } } })]),
      'was merged into dev, and this is a push to main',
    ],
    [
      'of a pull request from a fork',
      (it) => (it.pulls = [pullRequest(7, { head: { ref: 'faster', sha: HEAD, repo: FORK } })]),
      'is from a fork',
    ],
    [
      'of a fork that is gone',
      (it) => (it.pulls = [pullRequest(7, { head: { ref: 'faster', sha: HEAD, repo: null } })]),
      'is from a fork',
    ],
  ])('is never one %s, even if GitHub answers more than it is asked', async (_, change, says) => {
    change(api);
    for (const ignoresFilters of [true, false]) {
      api.ignoresFilters = ignoresFilters;
      const found = await find();
      expect(found.run).toBeUndefined();
      if (ignoresFilters) expect(found.says).toContain(says);
    }
  });

  it('is an older one where a newer one may have been for another pull request', async () => {
    api.runs = [workflowRun(100), workflowRun(101, { created_at: '2026-11-23T07:45:00Z' })];
    api.pulls.push(
      pullRequest(8, {
        closed_at: null,
        merge_commit_sha: HEAD,
        created_at: '2026-11-23T07:30:00Z',
        head: { ref: 'faster', repo: { full_name: REPOSITORY } },
      }),
    );
    expect(await find()).toMatchObject({ run: '100' });
  });

  it('is looked for on every page', async () => {
    const others = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ number: index }));
    api.runs = [
      ...Array.from({ length: 250 }, (_, index) => workflowRun(1000 - index, { event: 'push' })),
      workflowRun(100),
    ];
    api.ignoresFilters = true;
    api.artifacts = [...others(120).map((_, index) => artifact({ name: `other-${index}` })), artifact()];
    api.baseChanges = ['2026-11-23T06:10:00Z', ...Array<string>(150).fill('2026-11-23T06:20:00Z')];
    expect(await find()).toMatchObject({ run: '100' });
    expect(api.seen.filter(({ path }) => path.endsWith('/runs'))).toHaveLength(3);
    expect(api.seen.filter(({ path }) => path.endsWith('/artifacts'))).toHaveLength(2);
    expect(api.seen.filter(({ path }) => path.endsWith('/events'))).toHaveLength(2);
  });

  it.each(['', '/api/v3'])('survives what comments survive, at %j', async (prefix) => {
    api.prefix = prefix;
    const limited: Trouble = { status: 403, headers: { 'retry-after': '30' }, data: {} };
    const throttled: Trouble = { status: 429, headers: { 'retry-after': '2' }, data: {} };
    const start = now;
    for (const path of ['/pulls', '/events', '/runs', '/artifacts'])
      api.trouble = chain(
        api.trouble,
        troubles(
          (seen) => seen.path.endsWith(path),
          { status: 502, data: {} },
          limited,
          'cut',
          throttled,
          'lost',
        ),
      );
    expect(await find()).toMatchObject({ run: '100' });
    expect(now - start).toBeGreaterThan(4 * 32_000);
    expect(lines.join('\n')).toContain('trying again in 30 s');
    expect(lines.join('\n')).not.toContain(TOKEN);
  });

  it('says what the token may not read, and does not send it elsewhere', async () => {
    api.trouble = () => ({ status: 403, data: { message: 'Resource not accessible by integration' } });
    await expect(find()).rejects.toMatchObject({
      code: 'PLATFORM_REFUSED',
      message: expect.stringContaining('Resource not accessible by integration') as unknown,
      remedy: expect.stringContaining('actions, contents, issues and pull-requests') as unknown,
    });
    api.trouble = () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' } });
    await expect(find()).rejects.toMatchObject({ code: 'PLATFORM_ERROR' });
  });
});

type Ask = GitHubApi['trouble'];
function chain(first: Ask, second: Ask): Ask {
  return (seen) => first(seen) ?? second(seen);
}
