import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import type { MaintenanceWindow } from '../../src/core/desired.ts';
import { type Opening, Openings } from '../../src/schedule/opening.ts';
import { openWindows, startsAfter } from '../../src/schedule/windows.ts';
import { tries } from '../setup/tries.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse('2026-12-01T18:00:00Z');

const schedules = fc.constantFrom(
  ...['0 */2 * * *', '*/20 * * * *', '30 1,2 * * *', '0 22 * * 6', '15 2 1-7 * 0', '0 0 18 12 *'],
  ...['59 23 * * 1-5', '0 3 L * *', '*/7 1-3 * 3,11 *'],
);
const zones = fc.constantFrom(
  ...['UTC', 'America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'],
  ...['America/Santiago', 'Africa/Casablanca'],
);

describe('the starts of a schedule', () => {
  it('are those that the cron of the zone has, also around changes of the clocks', () => {
    fc.assert(
      fc.property(schedules, zones, fc.integer({ min: 0, max: 400 * 24 * 60 }), (schedule, zone, minutes) => {
        const after = NOW + minutes * MINUTE;
        const cron = new Cron(schedule, { mode: '5-part', timezone: zone, paused: true });
        const found = startsAfter(schedule, zone, after);
        let at = after;
        for (let count = 0; count < 300 && at < after + 250 * DAY; count += 1) {
          const next = cron.nextRun(new Date(at))?.getTime();
          expect(found.next().value).toBe(next);
          if (next === undefined) return;
          at = next;
        }
      }),
      tries(25),
    );
  });

  it('end where no date fits', () => {
    expect([...startsAfter('0 0 30 2 *', 'UTC', NOW)]).toEqual([]);
  });
});

function windowOf(kind: 'allow' | 'deny', index: number, schedule: string, hours: number): MaintenanceWindow {
  return {
    ...{ name: `w${index}`, kind, schedule, duration: hours * 60 * MINUTE, timeZone: 'UTC' },
    ...{ phases: ['cutover'], waves: ['w1'], strict: false },
    place: { file: 'landfall.yaml', line: 1, column: 1 },
  };
}

describe('the openings of some windows and a time of the cut-over', () => {
  const cases = fc.record({
    windows: fc.array(
      fc.tuple(
        fc.constantFrom('allow' as const, 'deny' as const),
        fc.constantFrom('0 */5 * * *', '0 4 * * *', '0 22 * * 6', '0 0 3 * *'),
        fc.integer({ min: 1, max: 30 }),
      ),
      { maxLength: 4 },
    ),
    now: fc.integer({ min: 0, max: 48 * 8 }),
    at: fc.option(fc.integer({ min: 0, max: 48 * 8 }), { nil: undefined }),
    duration: fc.option(fc.integer({ min: 1, max: 48 }), { nil: undefined }),
  });

  it('are those that a look at each half-hour shows', () => {
    const half = 30 * MINUTE;
    fc.assert(
      fc.property(cases, ({ windows, now, at, duration }) => {
        const all = windows.map(([kind, schedule, hours], index) => windowOf(kind, index, schedule, hours));
        const open = openWindows(all, NOW, NOW + 60 * DAY);
        const start = at === undefined ? undefined : NOW + at * half;
        const end = start === undefined || duration === undefined ? undefined : start + duration * half;
        const isOpenAt = (time: number): boolean => {
          const covering = open.filter(({ open: times }) => times.some(([a, b]) => a <= time && time < b));
          if (time < (start ?? time) || time >= (end ?? Infinity)) return false;
          if (covering.some(({ kind }) => kind === 'deny')) return false;
          return all.every(({ kind }) => kind === 'deny') || covering.some(({ kind }) => kind === 'allow');
        };
        const time = NOW + now * half;
        const change = Array.from({ length: 48 * 20 }, (_, index) => time + (index + 1) * half).find(
          (each) => isOpenAt(each) !== isOpenAt(time),
        );
        const cutover = {
          ...(start !== undefined && { at: start }),
          ...(end !== undefined && { until: end }),
        };
        const found: Opening = new Openings().at({ windows: open, cutover }, time);
        expect(found.isOpen).toBe(isOpenAt(time));
        if (change !== undefined) expect(found.isOpen ? found.closesAt : found.opensAt).toBe(change);
      }),
      tries(100),
    );
  });

  it.each<['allow' | 'deny', Opening]>([
    ['allow', { isOpen: true }],
    ['deny', { isOpen: false, shutBy: expect.objectContaining({ name: 'w0' }) as never }],
  ])('have no end where one window that does %s follows the other', (kind, opening) => {
    const open = openWindows([windowOf(kind, 0, '0 0 * * *', 24)], NOW, NOW + 40 * DAY);
    expect(new Openings().at({ windows: open }, NOW)).toEqual(opening);
  });

  it('are computed once for all who ask for the same windows', () => {
    const [window] = openWindows([windowOf('allow', 0, '0 */2 * * *', 1)], NOW, NOW + 60 * DAY);
    if (window === undefined) throw new Error('no window');
    let read = 0;
    const { open, ...rest } = window;
    const counted = {
      ...rest,
      get open() {
        read += 1;
        return open;
      },
    };
    const openings = new Openings();
    const found = Array.from({ length: 1000 }, () => openings.at({ windows: [counted] }, NOW));
    expect(new Set(found.map(({ isOpen }) => isOpen))).toEqual(new Set([true]));
    expect(read).toBe(1);
  });
});
