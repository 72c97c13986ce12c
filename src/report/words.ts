import type { SettingValue } from '../core/desired.ts';
import { displayInstant } from '../core/time.ts';
import { escapeTerminal } from './escape.ts';

/** Milliseconds as people read them: `0.3 s`, `4.2 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A setting's value on a terminal: times without the letters of ISO 8601, text in quotes where its ends are unclear. */
export function settingText(value: SettingValue | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value !== 'string') return String(value);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return displayInstant(time);
  const text = escapeTerminal(value);
  return /^\S+$/.test(text) ? text : `"${text}"`;
}

/** The part of an address that a heading with the wave's name leaves to be said. */
export function labelOf(one: { readonly address: string; readonly wave: string }): string {
  return escapeTerminal(rawLabelOf(one));
}

/** The same as it is, for what escapes it in its own way. */
export function rawLabelOf({ address, wave }: { readonly address: string; readonly wave: string }): string {
  return address.startsWith(`${wave}/`) ? address.slice(wave.length + 1) : address;
}

/** The first few of a list of names, and how many more there are. */
export function firstOf(names: readonly string[], shown = 5): string {
  const more = names.length - shown;
  return names.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
