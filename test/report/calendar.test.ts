import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import type { Desired, MaintenanceWindow } from '../../src/core/desired.ts';
import { INVISIBLE } from '../../src/core/text.ts';
import { renderCalendar } from '../../src/report/calendar.ts';
import { calendarEvents } from '../../src/schedule/calendar.ts';
import { statusOf } from '../journey/runs.ts';
import { job, NOW, planInput, vm, wave } from '../plan/plan-input.ts';
import { tries } from '../setup/tries.ts';
import { expectGolden } from './golden.ts';
import { hostileName } from './markdown/hostile.ts';

const DAY = 86_400_000;
const PLACE = { file: 'landfall.yaml', line: 9, column: 3 };

const NIGHTS: MaintenanceWindow = {
  ...{ name: 'nights', kind: 'allow', schedule: '30 1 * * *', duration: 3_600_000, timeZone: 'UTC' },
  ...{ phases: ['cutover'], waves: ['sdsc-01'], strict: false, place: PLACE },
};

const AT = Date.parse('2026-12-05T06:00:00Z');
const WAVE = {
  ...wave('sdsc-01'),
  owner: 'scrum@example.net',
  phase: 'cutover' as const,
  cutover: { at: AT, until: AT + DAY / 4, timeZone: 'America/Los_Angeles', finalizeAfter: 7 * DAY },
};

/** The calendar of a wave with a VM whose 90 days end, over some days. */
function rendered(parts: Partial<Pick<Desired, 'windows' | 'waves'>>, days: number, names = ['app']): string {
  const vms = names.map((name) => vm(name));
  const deadlines = [
    { kind: 'lifetime' as const, at: NOW + 60 * DAY },
    { kind: 'pause' as const, at: NOW + 2 * DAY },
  ];
  const seen = statusOf(planInput({ vms, jobs: names.map((name) => job(name)) })).vms;
  const observed = seen.map((one, index) => ({ ...one, deadlines: index === 0 ? deadlines : [] }));
  const span = { from: NOW, until: NOW + days * DAY };
  const found = calendarEvents({ windows: [], waves: [WAVE], ...parts }, observed, span);
  return renderCalendar({ project: 'ucop', stamp: NOW, ...span, ...found });
}

/** The events of a calendar as a client reads them, with the clocks that the calendar itself describes. */
function read(text: string): readonly ICAL.Event[] {
  const root = new ICAL.Component(ICAL.parse(text) as unknown[]);
  ICAL.TimezoneService.reset();
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  return root.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
}

describe('a calendar', () => {
  it('has windows, freezes, cut-overs, finalize dates and expiries', () => {
    const freeze: MaintenanceWindow = {
      ...NIGHTS,
      ...{ name: 'freeze', kind: 'deny', schedule: '0 0 18 12 *', duration: 16 * DAY, reason: 'CHG freeze' },
      timeZone: 'America/Los_Angeles',
    };
    const text = rendered({ windows: [{ ...NIGHTS, schedule: '0 22 * * 6' }, freeze] }, 20);
    expectGolden('calendar.ics', text);
    expect(read(text).map(({ summary }) => summary)).toEqual([
      'Paused jobs are deleted: sdsc-01 (1 VM)',
      'Cut-over: sdsc-01 (1 VM)',
      'Window: nights',
      'Finalize from now on: sdsc-01 (1 VM)',
      'Window: nights',
      'Freeze: freeze',
      'Window: nights',
      '90 days of replication end: sdsc-01 (1 VM)',
    ]);
  });

  it.each(['America/Los_Angeles', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'])(
    'has the right moments in %s, over each change of the clocks',
    (timeZone) => {
      const windows = [{ ...NIGHTS, timeZone }];
      const { events } = calendarEvents({ windows, waves: [] }, [], { from: NOW, until: NOW + 400 * DAY });
      const moments = read(rendered({ windows, waves: [] }, 400)).map(({ startDate, endDate }) => [
        startDate.toJSDate().getTime(),
        endDate.toJSDate().getTime(),
      ]);
      expect(moments.length).toBeGreaterThan(390);
      expect(moments).toEqual(events.map(({ start, end }) => [start, end]));
    },
  );

  it('gives an event the same UID when its time changes, and each its own', () => {
    const uids = (text: string): readonly string[] => read(text).map(({ uid }) => uid);
    const moved = { ...WAVE, cutover: { ...WAVE.cutover, at: AT + 30 * DAY, until: AT + 31 * DAY } };
    const [before, after] = [rendered({}, 10), rendered({ waves: [moved] }, 10)].map(uids);
    expect(new Set(after)).toEqual(new Set(before));
    expect(new Set(before).size).toBe(before?.length);
  });

  it('is the same bytes for the same input, with lines of at most 75 octets, whatever the names are', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const windows = [{ ...NIGHTS, name, reason: name }];
        const text = rendered({ windows, waves: [{ ...WAVE, owner: name }] }, 2, [name]);
        expect(rendered({ windows, waves: [{ ...WAVE, owner: name }] }, 2, [name])).toBe(text);
        const lines = text.split('\r\n');
        expect(lines.filter((line) => Buffer.byteLength(line) > 75 || INVISIBLE.test(line))).toEqual([]);
        const events = read(text);
        expect(events).toHaveLength(6);
        const own = ['uid', 'sequence', 'dtstamp', 'dtstart', 'dtend', 'summary', 'description'];
        for (const event of events) {
          const keys = event.component.getAllProperties().map((property) => property.name);
          expect(keys.filter((key) => ![...own, 'categories', 'transp'].includes(key))).toEqual([]);
        }
      }),
      tries(30),
    );
  });

  it('says which windows open too often to be written', () => {
    const often = { ...NIGHTS, schedule: '*/10 * * * *', duration: 60_000 };
    const found = calendarEvents({ windows: [often], waves: [] }, [], { from: NOW, until: NOW + 90 * DAY });
    expect(found.cut).toEqual([{ window: 'nights', last: found.events.at(-1)?.start }]);
  });
});
