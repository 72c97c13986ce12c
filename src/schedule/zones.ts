import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../core/time.ts';

/** A date and time of a time zone as an instant, or why it is none. */
export type ZonedTime =
  | { readonly kind: 'instant'; readonly at: Instant }
  | { readonly kind: 'unknown-zone' }
  /** There is no such date: 30 February. */
  | { readonly kind: 'no-date' }
  /** The clocks go forward over it, or back, so that it is there twice. With both instants around it, with their offsets. */
  | { readonly kind: 'skipped' | 'twice'; readonly either: readonly [string, string] };

/** Whether the IANA database has a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds the instant of a date and time in a time zone.
 * @param text ISO 8601, `2026-12-05T22:00:00`; with `Z` or an offset, the time zone does not matter
 */
export function toInstant(text: string, timeZone: string): ZonedTime {
  if (!isTimeZone(timeZone)) return { kind: 'unknown-zone' };
  try {
    if (/(Z|[+-]\d{2}:\d{2})$/.test(text))
      return { kind: 'instant', at: Temporal.Instant.from(text).epochMilliseconds };
    const local = Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(timeZone, { disambiguation }),
    ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
    if (earlier.epochMilliseconds === later.epochMilliseconds)
      return { kind: 'instant', at: earlier.epochMilliseconds };
    const either = [earlier, later].map((time) => time.toString({ timeZoneName: 'never' }));
    const isTwice = earlier.toPlainDateTime().equals(local);
    return { kind: isTwice ? 'twice' : 'skipped', either: [either[0] ?? '', either[1] ?? ''] };
  } catch {
    return { kind: 'no-date' };
  }
}

/**
 * Writes an instant as the clocks of a time zone show it: `2026-12-05 22:00 PST`, with the name of the zone where its
 * abbreviation is a mere offset.
 */
export function displayInZone(at: Instant, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const part = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const zone = part === undefined || /^GMT[+-]/.test(part) ? timeZone : part;
  return `${time.toPlainDate().toString()} ${time.toPlainTime().toString({ smallestUnit: 'minute' })} ${zone}`;
}
