import { createHash } from 'node:crypto';
import ical, { type ICalEventData, ICalEventTransparency } from 'ical-generator';
import { Temporal } from 'temporal-polyfill';
import { shortName } from '../core/names.ts';
import type { CalendarEvent, ProjectCalendar } from '../core/results/calendar.ts';
import { displayInstant, type Instant } from '../core/time.ts';
import { escapeTerminal } from './text/escape.ts';
import { pluralize } from './text/words.ts';

/** VMs that the description of an event names at most. */
const MOST_NAMES = 50;

/** What an event says to people. */
interface EventText {
  /** What it is about, as long as the project has it: its UID is made of it. */
  readonly key: string;
  readonly category: string;
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * Renders a calendar as iCalendar (RFC 5545): the same calendar gives the same bytes, and the same event always has the same
 * UID. Windows are written as their openings, not as rules: rules of calendars and cron differ when the clocks change.
 */
export function renderCalendar({ project, stamp, from, until, events }: ProjectCalendar): string {
  const times = events.flatMap(({ start, end = start }) => [start, end]);
  const calendar = ical({
    prodId: { company: 'landfall', product: 'calendar', language: 'EN' },
    name: `landfall: ${project}`,
    description: `What ${project} has a date for. Windows: from ${displayInstant(from)} to ${displayInstant(until)}.`,
    timezone: { name: null, generator: (zone) => vtimezone(zone, Math.min(...times), Math.max(...times)) },
  });
  for (const event of events) calendar.createEvent(toEvent(event, project, stamp));
  return `${calendar.toString()}\r\n`;
}

function toEvent(event: CalendarEvent, project: string, stamp: Instant): ICalEventData {
  const { start, end } = event;
  const { key, category, title, lines } = textOf(event);
  // A time that the clocks show twice would be taken for the first of the two.
  const isTwice = [start, end ?? start].some((at) => isShownTwice(at, event.timeZone));
  const timeZone = isTwice ? 'UTC' : event.timeZone;
  const time = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const takesTime = event.kind === 'cutover' || (event.kind === 'window' && event.window.kind === 'deny');
  return {
    id: `${hash(key)}@${project}.landfall`,
    stamp: Temporal.Instant.fromEpochMilliseconds(stamp),
    start: time(start),
    ...(end !== undefined && { end: time(end) }),
    timezone: timeZone,
    summary: escapeTerminal(title),
    description: lines.map(escapeTerminal).join('\n'),
    categories: [{ name: category }],
    transparency: takesTime ? ICalEventTransparency.OPAQUE : ICalEventTransparency.TRANSPARENT,
  };
}

function isShownTwice(at: Instant, timeZone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const [first, second] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  );
  return first?.epochMilliseconds !== second?.epochMilliseconds;
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function textOf(event: CalendarEvent): EventText {
  switch (event.kind) {
    case 'window': {
      const { name, kind, phases, waves, reason } = event.window;
      const isFreeze = kind === 'deny';
      return {
        key: `window ${name} ${event.start}`,
        category: isFreeze ? 'freeze' : 'window',
        title: `${isFreeze ? 'Freeze' : 'Window'}: ${name}`,
        lines: [
          ...(reason === undefined ? [] : [reason]),
          `${isFreeze ? 'Denies' : 'Allows'} steps to ${phases.join(', ')}.`,
          `Waves: ${listNames(waves)}`,
        ],
      };
    }
    case 'cutover':
      return {
        key: `cutover ${event.wave.name}`,
        category: 'cut-over',
        title: `Cut-over: ${event.wave.name} (${pluralize(event.vms, 'VM')})`,
        lines: [...waveLines(event), `Steps: landfall runbook ${event.wave.name}`],
      };
    case 'finalize':
      return {
        key: `finalize ${event.wave.name}`,
        category: 'finalize',
        title: `Finalize from now on: ${event.wave.name} (${pluralize(event.vms, 'VM')})`,
        lines: [
          ...waveLines(event),
          event.isPlanned
            ? 'Not all VMs are cut over yet: the time counts from the planned cut-over.'
            : 'The time counts from the cut-over that the account shows.',
        ],
      };
    case 'expiry': {
      const isLifetime = event.of === 'lifetime';
      const what = isLifetime ? '90 days of replication end' : 'Paused jobs are deleted';
      return {
        key: `expiry ${event.of} ${event.wave.name} ${displayInstant(event.start).slice(0, 10)}`,
        category: 'expiry',
        title: `${what}: ${event.wave.name} (${pluralize(event.vms.length, 'VM')})`,
        lines: [...waveLines(event), `VMs: ${listNames(event.vms.map(shortName))}`],
      };
    }
  }
}

function waveLines({ wave }: Extract<CalendarEvent, { readonly wave: unknown }>): readonly string[] {
  const { target, phase = 'replicate', owner } = wave;
  return [`Target: ${target}`, `Phase in git: ${phase}`, ...(owner === undefined ? [] : [`Owner: ${owner}`])];
}

function listNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Writes a time zone of the IANA database as a VTIMEZONE (RFC 5545, 3.6.5): each change of its clocks that matters between
 * two instants, by its date. So it is exact there, without rules that a client would have to extend.
 */
function vtimezone(zone: string, from: Instant, until: Instant): string {
  const first = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  const changes: Temporal.ZonedDateTime[] = [];
  let change = first.getTimeZoneTransition('previous');
  while (change !== null && (changes.length === 0 || change.epochMilliseconds < until)) {
    changes.push(change);
    change = change.getTimeZoneTransition('next');
  }
  // A zone whose clocks have never changed has its offset from the beginning of time.
  const parts = changes.length === 0 ? constant(first) : changes.flatMap(observance);
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...parts, 'END:VTIMEZONE'].join('\r\n');
}

function constant({ offset }: Temporal.ZonedDateTime): readonly string[] {
  return component('STANDARD', '19700101T000000', offset, offset);
}

/** The time from one change of the clocks on, which begins at a time of the clocks before it. */
function observance(change: Temporal.ZonedDateTime): readonly string[] {
  const before = change.subtract({ nanoseconds: 1 });
  const moved = change.offsetNanoseconds - before.offsetNanoseconds;
  const start = change.toPlainDateTime().subtract({ nanoseconds: moved });
  const text = start.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
  return component(moved > 0 ? 'DAYLIGHT' : 'STANDARD', text, before.offset, change.offset);
}

function component(name: string, start: string, before: string, after: string): readonly string[] {
  return [
    `BEGIN:${name}`,
    `DTSTART:${start}`,
    `TZOFFSETFROM:${before.replaceAll(':', '')}`,
    `TZOFFSETTO:${after.replaceAll(':', '')}`,
    `END:${name}`,
  ];
}

/** What was made of a calendar, for people: how many events there are of which days, and what is left out. Ends in a newline. */
export function renderCalendarNote(
  { events, from, until, cut }: ProjectCalendar,
  file: string | undefined,
): string {
  const where = file === undefined ? '' : `Wrote ${escapeTerminal(file)}: `;
  return [
    `${where}${pluralize(events.length, 'event')}; windows from ${displayInstant(from)} to ${displayInstant(until)}.`,
    ...cut.map(
      (one) =>
        `Window ${escapeTerminal(one.window)} opens very often: openings after ${displayInstant(one.last)} are left out.`,
    ),
    '',
  ].join('\n');
}
