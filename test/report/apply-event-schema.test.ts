import { describe, expect, it } from '@jest/globals';
import { shippedSchema } from './shipped-schema.ts';

describe('the schema of the stream', () => {
  const isEvent = shippedSchema('apply-event', 'forbidden');
  const line = {
    '@level': 'info',
    '@message': 'm',
    '@module': 'landfall.ui',
    '@timestamp': '2026-12-01T18:00:00Z',
  };
  it('lets lines and keys of later minor versions pass', () => {
    const isLater = shippedSchema('apply-event', 'allowed');
    expect(isLater({ ...line, type: 'later', more: 1 })).toBe(true);
    expect(isLater({ ...line, type: 'version', landfall: '9', ui: '1.9', more: 1 })).toBe(true);
    expect(isEvent({ ...line, type: 'version', landfall: '9', ui: '1.9', more: 1 })).toBe(false);
    expect(isLater({ ...line, type: 'version', landfall: '9', ui: '2.0' })).toBe(false);
    expect(isLater({ ...line, type: 'apply_start' })).toBe(false);
    expect(isLater({ ...line, type: 'apply_start', hook: { address: 'a/b' } })).toBe(false);
  });
});
