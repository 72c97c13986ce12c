import { fixedFraction } from './ids.ts';

/** Durations, in milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How fast the data of a VM is copied. */
const GIGABYTES_PER_HOUR = 25;

/** Varies a duration by up to a tenth in either direction. The same `serial` always gives the same duration. */
export function variedDuration(milliseconds: number, serial: number): number {
  return Math.round(milliseconds * (0.9 + 0.2 * fixedFraction(serial)));
}

/** Computes how long a copy takes, in milliseconds: a fixed part, and a part that grows with the data. */
export function copyDuration(fixed: number, gigabytes: number, serial: number): number {
  return variedDuration(fixed + (gigabytes * HOUR) / GIGABYTES_PER_HOUR, serial);
}
