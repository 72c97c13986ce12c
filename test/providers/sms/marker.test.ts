import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDescription, writeDescription } from '../../../src/providers/sms/marker.ts';
import { anyText } from '../../setup/any-text.ts';

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const owner = fc.record({ project: name, wave: name });
/** Texts made of the pieces that a marker is made of, in any order. */
const hostile = fc
  .array(
    fc.constantFrom('[landfall:', 'landfall', 'a', '/', ']', '[', ' ', '\n', '\u001b[31m', '🚢', '\ud83d'),
    {
      maxLength: 20,
    },
  )
  .map((pieces) => pieces.join(''));

describe('the ownership marker', () => {
  it('stands behind the text', () => {
    expect(writeDescription('Demo', { project: 'ucop', wave: 'sdsc-01' })).toBe(
      'Demo [landfall:ucop/sdsc-01]',
    );
    expect(writeDescription('', { project: 'ucop', wave: 'sdsc-01' })).toBe('[landfall:ucop/sdsc-01]');
  });

  it.each([
    [{ finalizedAmi: 'ami-0123' }, 'Demo [landfall:finalized ami-0123] [landfall:ucop/w1]'],
    [{ cutoverRun: 'sms-run-1' }, 'Demo [landfall:cut-over sms-run-1] [landfall:ucop/w1]'],
    [{ revertedRun: 'sms-run-1' }, 'Demo [landfall:reverted sms-run-1] [landfall:ucop/w1]'],
  ])('has the mark of a cut-over before it: %j', (cutover, written) => {
    const owner = { project: 'ucop', wave: 'w1' };
    expect(writeDescription('Demo', owner, cutover)).toBe(written);
    expect(readDescription(written)).toEqual({ text: 'Demo', owner, cutover });
  });

  it('is read back with the very text it was written to', () => {
    const texts = fc.oneof(anyText({ maxLength: 150 }), hostile);
    fc.assert(
      fc.property(texts, owner, (text, owner) => {
        expect(readDescription(writeDescription(text, owner))).toEqual({ text, owner });
      }),
    );
  });

  it.each([
    'Demo [landfall:ucop/sdsc-01].',
    'Demo [landfall:ucop/sdsc-01] ',
    'Demo [landfall:ucop]',
    'Demo [landfall:ucop/]',
    'Demo [landfall:/sdsc-01]',
    'Demo [landfall:ucop/sdsc-01/more]',
    'Demo [landfall:Ucop/sdsc-01]',
    'Demo [landfall:ucop/-rf]',
    'Demo [landfall:ucop/sdsc-]',
    'Demo [landfall:-/sdsc-01]',
    'Demo [landfall:ucop/sdsc 01]',
    'Demo [LANDFALL:ucop/sdsc-01]',
    'landfall:ucop/sdsc-01]',
    '',
  ])('is not in %j', (text) => {
    expect(readDescription(text)).toEqual({ text });
  });

  it('counts at the very end only, the last one where there are several', () => {
    expect(readDescription('[landfall:a/b] [landfall:c/d]')).toEqual({
      text: '[landfall:a/b]',
      owner: { project: 'c', wave: 'd' },
    });
  });

  it('stays whole when a text is too long, and half characters do not remain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 260 }), owner, (length, owner) => {
        const written = writeDescription(`${'x'.repeat(length)}🚢🚢🚢`, owner);
        expect(written.length).toBeLessThanOrEqual(255);
        expect(() => encodeURIComponent(written)).not.toThrow();
        expect(readDescription(written).owner).toEqual(owner);
      }),
    );
  });

  // A pattern that tries every beginning with every end would take hours.
  it('is found or not in a text of megabytes', () => {
    const beginnings = '[landfall:a/'.repeat(100_000);
    expect(readDescription(`${beginnings}]`)).toEqual({ text: `${beginnings}]` });
    const long = `[landfall:${'a'.repeat(1_000_000)}/${'-'.repeat(1_000_000)}]`;
    expect(readDescription(long)).toEqual({ text: long });
  });
});
