import type { Instant } from '../core/instant.ts';

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))$/;

/**
 * The instant that ISO 8601 text with `Z` or an offset stands for; seconds may be left out, as in the AWS
 * command line. Undefined for text of another form, and for dates there are not, such as 30 February.
 */
export function parseInstant(text: string): Instant | undefined {
  const [, year, month, day, hour, minute, second, offsetHour, offsetMinute] = (FORM.exec(text) ?? []).map(
    Number,
  );
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return undefined;
  const inRange = (value: number | undefined, limit: number) => !(value !== undefined && value >= limit);
  if (!inRange(hour, 24) || !inRange(minute, 60) || !inRange(second, 60)) return undefined;
  if (!inRange(offsetHour, 24) || !inRange(offsetMinute, 60)) return undefined;
  return Date.parse(text);
}

export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined;
}
