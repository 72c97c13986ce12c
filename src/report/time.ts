import { formatInstant, type Instant } from '../core/time.ts';

/** An instant in UTC to the minute, `2026-12-02 04:00`; the heading over it says that it is UTC. */
export function minute(instant: Instant | undefined): string {
  return instant === undefined ? '' : formatInstant(instant).slice(0, 16).replace('T', ' ');
}

/** A span in its two largest units, as people speak of hours of copying: `48 min 42 s`, `2 h 50 min`, `3 d 4 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
