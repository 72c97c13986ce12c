import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LandfallError } from '../../src/core/error.ts';
import { hideSecrets, rememberSecrets, rememberVariables } from '../../src/core/text.ts';
import { tries } from '../setup/tries.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9+/=]{16,120}$/);
const around = fc.string({ unit: 'grapheme', maxLength: 40 });
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => JSON.stringify(text),
  (text) => text.replaceAll('/', '\\/'),
  (text) => text.replace(/.{20}/g, '$&\n  '),
  (text) => text.replace(/.{15}/g, '$&\n│ '),
  (text) => text.replace(/.{5}/g, '$& > '),
];

/** The text without white space and frames, and without escapes. */
const dense = (text: string) => text.replace(/[\s│|>]+/g, '').replaceAll('\\/', '/');

describe('a secret of the run', () => {
  it('is hidden, whatever its form and the text around it', () => {
    fc.assert(
      fc.property(secret, around, around, fc.constantFrom(...FORMS), (value, before, after, form) => {
        rememberSecrets(value);
        const hidden = hideSecrets(before + form(value) + after);
        expect(dense(hidden)).not.toContain(value);
        expect(hidden).not.toContain(encodeURIComponent(value));
        expect(new LandfallError('USAGE', before + value, { remedy: value }).remedy).toBe('***');
      }),
      tries(200),
    );
  });

  it('is hidden where it was cut off', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 12, max: 60 }), (value, length) => {
        rememberSecrets(value);
        expect(hideSecrets(`x ${value.slice(0, length)}… (99 characters)`)).toBe('x ***… (99 characters)');
      }),
      tries(100),
    );
  });

  it('is what the variables of the environment hold', () => {
    rememberVariables({
      GITHUB_TOKEN: 'ghp_canary_of_github',
      CI_JOB_TOKEN: 'short',
      PATH: '/usr/local/bin',
    });
    const text = 'ghp_canary_of_github short /usr/local/bin';
    expect(hideSecrets(text)).toBe('*** short /usr/local/bin');
  });

  it('is not a text without one', () => {
    fc.assert(
      fc.property(around, (text) => {
        expect(hideSecrets(text)).toBe(text);
      }),
      tries(100),
    );
  });

  it.each([
    ['Signature=0123456789abcdef', 'Signature=***'],
    ['https://x/k?X-Amz-Signature=abc&X-Amz-Date=1', 'https://x/k?X-Amz-Signature=***&X-Amz-Date=1'],
    ['x-amz-security-token: IQoJb3JpZ2lu', 'x-amz-security-token: ***'],
    ['"X-Amz-Credential":"AKIA/2026/x"', '"X-Amz-Credential":"***"'],
    ['X-Amz-Security-Token%3DIQoJ%2B', 'X-Amz-Security-Token%3D***'],
    ['AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=abc', 'AWS4-HMAC-SHA256 ***'],
  ])('and signatures of anybody are hidden: %s', (text, hidden) => {
    expect(hideSecrets(text)).toBe(hidden);
  });
});
