import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseInstant } from '../../src/core/time.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-12-01T20:00:00-08:00', '2026-12-02T04:00:00.000Z'],
    ['2026-12-01T20:00:00Z', '2026-12-01T20:00:00.000Z'],
    ['2018-11-07T09:48-08:00', '2018-11-07T17:48:00.000Z'],
    ['2024-02-29T23:59:59.123+05:30', '2024-02-29T18:29:59.123Z'],
  ])('reads %s', (text, utc) => {
    expect(new Date(parseInstant(text) ?? 0).toISOString()).toBe(utc);
  });

  it.each([
    ['2026-12-01T20:00:00'],
    ['2026-12-01'],
    ['tomorrow'],
    ['2026-02-30T00:00:00Z'],
    ['2025-02-29T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-00-10T00:00:00Z'],
    ['2026-12-00T00:00:00Z'],
    ['2026-12-01T24:00:00Z'],
    ['2026-12-01T20:60:00Z'],
    ['2026-12-01T20:00:60Z'],
    ['2026-12-01T20:00:00+24:00'],
    ['2026-12-01T20:00:00+08:60'],
    ['2026-12-01 20:00:00Z'],
    [' 2026-12-01T20:00:00Z'],
  ])('refuses %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('reads back whatever a date is written as', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true });
    fc.assert(fc.property(instant, (date) => parseInstant(date.toISOString()) === date.getTime()));
  });
});
