import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LandfallError } from '../../src/core/error.ts';
import { findCommentDestination } from '../../src/platforms/index.ts';
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
    ];
    const env = fc.record(Object.fromEntries(names.map((name) => [name, anyText({ maxLength: 12 })])));
    fc.assert(
      fc.property(env, fc.constantFrom('github', 'gitlab'), fc.json(), (env, platform, event) => {
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
      }),
    );
  });
});
