/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** An instant as ISO 8601 in UTC to the second, `2026-12-02T04:00:00Z`: the one spelling of times in plans. */
export function formatInstant(instant: Instant): string {
  return `${new Date(Math.floor(instant / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** An instant as people read it, `2026-12-02 04:00 UTC`, with seconds where there are any: the one spelling in texts. */
export function displayInstant(instant: Instant): string {
  const [, date = '', minute = '', second = ''] = /^(.+)T(.{5}):(..)Z$/.exec(formatInstant(instant)) ?? [];
  return `${date} ${minute}${second === '00' ? '' : `:${second}`} UTC`;
}

/** An instant to the second, `2026-12-02 04:00:00 UTC`, for the lines of a log, which stand below each other. */
export function displaySecond(instant: Instant): string {
  return `${formatInstant(instant).slice(0, -1).replace('T', ' ')} UTC`;
}

/** Formats milliseconds: `0.3 s`, `42 s`, or the two largest units, `48 min 42 s`, `2 h 50 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const exact = Math.max(0, milliseconds) / 1000;
  if (exact < 9.95) return `${exact.toFixed(1)} s`;
  const seconds = Math.round(exact);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))$/;

/**
 * Parses ISO 8601 text with `Z` or an offset; seconds may be left out, as in the AWS command line. Returns undefined
 * for text of another form, and for dates that do not exist, such as 30 February.
 */
export function parseInstant(text: string): Instant | undefined {
  const [, year, month, day, hour, minute, second, offsetHour, offsetMinute] = (
    ISO_8601.exec(text) ?? []
  ).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return undefined;
  const inRange = (value: number | undefined, limit: number) => !(value !== undefined && value >= limit);
  if (!inRange(hour, 24) || !inRange(minute, 60) || !inRange(second, 60)) return undefined;
  if (!inRange(offsetHour, 24) || !inRange(offsetMinute, 60)) return undefined;
  return Date.parse(text);
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses a duration of a manifest, such as `10m`, into milliseconds; undefined for text of another form. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** The port for the current time and for waiting. */
export interface Clock {
  now(): Instant;
  /** Resolves after `milliseconds`, or at once when `signal` aborts (never rejects). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
