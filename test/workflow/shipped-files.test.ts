import { describe, expect, it } from '@jest/globals';
import { pageAddress } from '../../src/workflow/shipped-files.ts';

const PAGE = 'docs/reference/cli.md#landfall-plan';

describe('the page that help names', () => {
  it.each([
    ['git+https://github.com/acme/landfall.git', `https://github.com/acme/landfall/blob/v1.2.3/${PAGE}`],
    ['https://github.com/acme/landfall', `https://github.com/acme/landfall/blob/v1.2.3/${PAGE}`],
    // Nobody has filled in the placeholder, so there is no such address.
    ['git+https://github.com/YOUR_ORG/landfall.git', PAGE],
    ['git@github.com:acme/landfall.git', PAGE],
  ])('of the package of %s', (url, address) => {
    expect(pageAddress(PAGE, { version: '1.2.3', repository: { url } })).toBe(address);
  });

  it('is a path in a package without a repository', () => {
    expect(pageAddress(PAGE, { version: '1.2.3' })).toBe(PAGE);
  });
});
