import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LandfallError } from '../../src/core/error.ts';
import { findCommentDestination, runLinks } from '../../src/platforms/index.ts';
import { anyText } from '../setup/any-text.ts';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'ucop/waves',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_TOKEN: 'ghs_1',
};
const GITLAB = { GITLAB_CI: 'true', CI_PROJECT_ID: '12', CI_MERGE_REQUEST_IID: '3', GITLAB_TOKEN: 'glpat-1' };

describe('where a comment goes', () => {
  it('is what the pipelines say', () => {
    expect(findCommentDestination(GITHUB, {})).toEqual({
      platform: 'github',
      repository: 'ucop/waves',
      number: 7,
      apiUrl: 'https://api.github.com',
      apiFrom: '--api-url',
      token: 'ghs_1',
      tokenFrom: 'GITHUB_TOKEN',
    });
    expect(findCommentDestination({ ...GITLAB, CI_API_V4_URL: 'https://git.ucop.edu/api/v4/' }, {})).toEqual({
      platform: 'gitlab',
      repository: '12',
      number: 3,
      apiUrl: 'https://git.ucop.edu/api/v4',
      apiFrom: 'CI_API_V4_URL',
      token: 'glpat-1',
      tokenFrom: 'GITLAB_TOKEN',
    });
  });

  it('is what the pipelines of Azure DevOps and Bitbucket say', () => {
    const azure = {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/ucop/',
      BUILD_REPOSITORY_ID: '3411ebc1-d5aa-464f-9615-0b527bc66719',
      BUILD_REPOSITORY_PROVIDER: 'TfsGit',
      SYSTEM_PULLREQUEST_PULLREQUESTID: '22',
      SYSTEM_ACCESSTOKEN: 'eyJ1',
    };
    expect(findCommentDestination(azure, {})).toEqual({
      platform: 'azure',
      repository: '3411ebc1-d5aa-464f-9615-0b527bc66719',
      number: 22,
      apiUrl: 'https://dev.azure.com/ucop',
      apiFrom: 'SYSTEM_COLLECTIONURI',
      token: 'eyJ1',
      tokenFrom: 'SYSTEM_ACCESSTOKEN',
    });
    const bitbucket = {
      BITBUCKET_BUILD_NUMBER: '5',
      BITBUCKET_REPO_FULL_NAME: 'ucop/waves',
      BITBUCKET_PR_ID: '8',
      BITBUCKET_TOKEN: 'ATCTT1',
    };
    expect(findCommentDestination(bitbucket, {})).toEqual({
      platform: 'bitbucket',
      repository: 'ucop/waves',
      number: 8,
      apiUrl: 'https://api.bitbucket.org/2.0',
      apiFrom: '--api-url',
      token: 'ATCTT1',
      tokenFrom: 'BITBUCKET_TOKEN',
    });
    for (const repo of ['..', '../x', 'x/..', 'a/b/c', 'a/b?x', 'a/b#', 'a\\b/c', '']) {
      expect(() => findCommentDestination(azure, { repo })).toThrow(LandfallError);
      expect(() => findCommentDestination(bitbucket, { repo })).toThrow(LandfallError);
    }
  });

  it('is what flags say, first of all', () => {
    const flags = { repo: 'ucsd/waves', number: 9, apiUrl: 'http://127.0.0.1:80/api/' } as const;
    expect(findCommentDestination(GITHUB, flags)).toMatchObject({
      repository: 'ucsd/waves',
      number: 9,
      apiUrl: 'http://127.0.0.1/api',
    });
    expect(findCommentDestination({ ...GITHUB, ...GITLAB }, { platform: 'gitlab' })).toMatchObject({
      platform: 'gitlab',
    });
  });

  it.each<readonly [string, unknown, number | undefined]>([
    ['pull_request_target', { number: 5, pull_request: { number: 5 } }, 5],
    ['issue_comment on a pull request', { issue: { number: 6, pull_request: {} } }, 6],
    ['issue_comment on an issue', { issue: { number: 6 } }, undefined],
    ['workflow_run', { workflow_run: { pull_requests: [{ number: 8 }] } }, 8],
    ['workflow_run of two', { workflow_run: { pull_requests: [{ number: 8 }, { number: 9 }] } }, undefined],
    ['push', { ref: 'refs/heads/main' }, undefined],
  ])('is in the event of GitHub: %s', (_, event, number) => {
    const place = findCommentDestination(
      { ...GITHUB, GITHUB_REF: 'refs/heads/main' },
      {},
      JSON.stringify(event),
    );
    expect(place.number).toBe(number);
  });

  it('is where a merge request is discussed, not where its fork runs', () => {
    expect(findCommentDestination({ ...GITLAB, CI_MERGE_REQUEST_PROJECT_ID: '99' }, {}).repository).toBe(
      '99',
    );
  });

  it('is the one open merge request of a branch', () => {
    const branch = { ...GITLAB, CI_MERGE_REQUEST_IID: '' };
    expect(
      findCommentDestination({ ...branch, CI_OPEN_MERGE_REQUESTS: 'ucop/dc/waves!4' }, {}),
    ).toMatchObject({
      repository: 'ucop/dc/waves',
      number: 4,
    });
    const two = findCommentDestination(
      { ...branch, CI_OPEN_MERGE_REQUESTS: 'ucop/waves!4,ucop/waves!5' },
      {},
    );
    expect(two).not.toHaveProperty('number');
  });

  it('is never a path that leads elsewhere in the API', () => {
    for (const repo of ['..', '../x', 'ucop/..', 'ucop/.', 'ucop', 'a/b/c', 'a/b?x', 'a/b#', 'a/ b', '']) {
      expect(() => findCommentDestination(GITHUB, { repo })).toThrow(LandfallError);
    }
  });

  it('is found or refused with a code, whatever the variables hold', () => {
    const names = [
      'GITHUB_REPOSITORY',
      'GITHUB_REF',
      'GITHUB_API_URL',
      'GITHUB_TOKEN',
      'CI_PROJECT_ID',
      'CI_OPEN_MERGE_REQUESTS',
      'SYSTEM_COLLECTIONURI',
      'BUILD_REPOSITORY_ID',
      'BITBUCKET_REPO_FULL_NAME',
      'BITBUCKET_TOKEN',
    ];
    const env = fc.record(Object.fromEntries(names.map((name) => [name, anyText({ maxLength: 12 })])));
    fc.assert(
      fc.property(
        env,
        fc.constantFrom('github', 'gitlab', 'azure', 'bitbucket'),
        fc.json(),
        (env, platform, event) => {
          try {
            const { number, token } = findCommentDestination(
              { ...env, GITLAB_TOKEN: 'x' },
              { platform },
              event,
            );
            expect(number ?? 1).toBeGreaterThan(0);
            expect(token).toMatch(/^[\x21-\x7e]+$/);
          } catch (error) {
            expect(error).toBeInstanceOf(LandfallError);
          }
        },
      ),
    );
  });
});

describe('the links of a comment', () => {
  const GITHUB_RUN = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'ucop/waves',
    GITHUB_RUN_ID: '5',
  };
  const github = { platform: 'github', apiUrl: 'https://api.github.com' } as const;
  const gitlab = { platform: 'gitlab', apiUrl: 'https://git.ucop.edu/gitlab/api/v4' } as const;

  it('lead to the platform itself, by the address of its API', () => {
    const run = 'From [run](https://github.com/ucop/waves/actions/runs/5).';
    expect(runLinks(GITHUB_RUN, github).line).toBe(run);
    for (const [server, api] of [
      ['https://ghes.ucop.edu', 'https://ghes.ucop.edu/api/v3'],
      ['https://ucop.ghe.com', 'https://api.ucop.ghe.com'],
    ] as const) {
      const env = { ...GITHUB_RUN, GITHUB_SERVER_URL: server };
      expect(runLinks(env, { ...github, apiUrl: api }).line).toContain(`](${server}/ucop/waves/`);
      expect(runLinks(env, github)).toEqual({ warnings: [] });
    }
    const env = { CI_JOB_URL: 'https://git.ucop.edu/gitlab/ucop/waves/-/jobs/5' };
    expect(runLinks(env, gitlab).line).toBe(`From [job](${env.CI_JOB_URL}).`);
    const azure = {
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/ucop/',
      SYSTEM_TEAMPROJECTID: 'guid',
      BUILD_BUILDID: '5',
    };
    expect(runLinks(azure, { platform: 'azure', apiUrl: 'https://dev.azure.com/ucop' }).line).toBe(
      'From [run](https://dev.azure.com/ucop/guid/_build/results?buildId=5).',
    );
    const bitbucket = { BITBUCKET_REPO_FULL_NAME: 'ucop/waves', BITBUCKET_BUILD_NUMBER: '5' };
    expect(runLinks(bitbucket, { platform: 'bitbucket', apiUrl: 'https://api.bitbucket.org/2.0' }).line).toBe(
      'From [run](https://bitbucket.org/ucop/waves/pipelines/results/5).',
    );
  });

  it.each([
    'http://github.com/x',
    'https://github.com.evil.example/x',
    'https://user@github.com/x',
    'https://github.com:8443/x',
    'https://github.com/x?to=evil',
    'https://github.com/x)](https://evil.example',
    'https://github.com/x#y',
    'https://github.com/x\n# heading',
    'javascript:alert(1)',
    'x',
  ])('are never %s', (address) => {
    const { line, warnings } = runLinks({ CI_JOB_URL: address }, github, address);
    expect(line).toBeUndefined();
    expect(warnings).toHaveLength(1);
    const server = { ...GITHUB_RUN, GITHUB_SERVER_URL: address.replace(/x.*/s, '') };
    expect(runLinks(server, { ...github, apiUrl: 'https://api.ucop.ghe.com' }).line).toBeUndefined();
  });

  it('have nothing but plain addresses in them, whatever the variables hold', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 20 }), anyText({ maxLength: 20 }), (one, two) => {
        const env = { ...GITHUB_RUN, GITHUB_REPOSITORY: one, GITHUB_RUN_ID: `5${two}` };
        const { line = 'From [run](https://github.com/x).' } = runLinks(
          env,
          github,
          `https://github.com/${two}`,
        );
        expect(line).toMatch(/^From (\[(run|saved plan)\]\(https:\/\/github\.com\/[\w./~%+-]*\)(, )?)+\.$/);
      }),
    );
  });
});
