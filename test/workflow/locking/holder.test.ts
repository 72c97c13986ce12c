import { describe, expect, it } from '@jest/globals';
import type { Environment } from '../../../src/core/environment.ts';
import { describeRun } from '../../../src/workflow/locking/holder.ts';

const COMMIT = '1a2b3c4d5e6f7081920a1b2c3d4e5f6071829304';

/** The variables of a run on each platform, as its documents have them, and what a lock says of the run. */
const PLATFORMS = {
  github: {
    env: {
      GITHUB_ACTOR: 'jo',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'ucop/waves',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: COMMIT,
    },
    who: 'jo',
    from: 'https://github.com/ucop/waves/actions/runs/42',
  },
  gitlab: {
    env: {
      GITLAB_USER_LOGIN: 'jo',
      CI_JOB_URL: 'https://gitlab.com/ucop/waves/-/jobs/42',
      CI_COMMIT_SHA: COMMIT,
    },
    who: 'jo',
    from: 'https://gitlab.com/ucop/waves/-/jobs/42',
  },
  azure: {
    env: {
      BUILD_REQUESTEDFOR: 'Jo Doe',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/ucop/',
      SYSTEM_TEAMPROJECT: 'data centre',
      BUILD_BUILDID: '42',
      BUILD_SOURCEVERSION: COMMIT,
    },
    who: 'Jo Doe',
    from: 'https://dev.azure.com/ucop/data%20centre/_build/results?buildId=42',
  },
  bitbucket: {
    env: {
      BITBUCKET_STEP_TRIGGERER_UUID: '{6f5d1e0c-0000-4000-8000-000000000001}',
      BITBUCKET_REPO_FULL_NAME: 'ucop/waves',
      BITBUCKET_BUILD_NUMBER: '42',
      BITBUCKET_COMMIT: COMMIT,
    },
    who: 'Bitbucket user {6f5d1e0c-0000-4000-8000-000000000001}',
    from: 'https://bitbucket.org/ucop/waves/pipelines/results/42',
  },
  jenkins: {
    env: {
      JENKINS_URL: 'https://ci.ucop.example/',
      BUILD_USER_ID: 'jo',
      BUILD_URL: 'https://ci.ucop.example/job/waves/job/main/42/',
      BUILD_TAG: 'jenkins-waves-main-42',
      BUILD_SOURCEVERSION: COMMIT,
    },
    who: 'jo',
    from: 'https://ci.ucop.example/job/waves/job/main/42/',
  },
} as const;

function describeIn(env: Environment['env']): ReturnType<typeof describeRun> {
  const clock = { now: () => Date.parse('2026-11-23T08:00:00Z'), sleep: () => Promise.resolve() };
  const host: Environment = { env, cwd: '/', pid: 7, clock, onInterrupt: () => () => undefined };
  return describeRun(host, '/nowhere/landfall.yaml', 'ucop', 'apply');
}

describe('the holder of a lock', () => {
  it.each(Object.entries(PLATFORMS))(
    'names the run of %s, and who started it',
    async (_, { env, who, from }) => {
      const run = await describeIn(env);
      expect(run).toMatchObject({
        who,
        from,
        commit: COMMIT,
        operation: 'apply',
        since: '2026-11-23T08:00:00Z',
      });
    },
  );

  it.each(Object.entries(PLATFORMS))(
    'does without a variable that %s does not set',
    async (_, { env, from }) => {
      for (const name of Object.keys(env)) {
        const run = await describeIn({ ...env, [name]: '' });
        expect(run.who).not.toMatch(/undefined|^$/);
        expect(run.from).not.toMatch(/undefined|^$/);
        if (run.from !== from) expect(run.from).toMatch(/^process 7 on |^jenkins-/);
      }
    },
  );

  it('names the process and its user elsewhere, also with variables of the same beginning', async () => {
    const run = await describeIn({ BUILD_URL: 'https://example.net/', BUILD_USER_ID: 'jo' });
    expect(run.from).toMatch(/^process 7 on /);
    expect(run.who).toContain('@');
    expect(run.commit).toBeUndefined();
  });
});
