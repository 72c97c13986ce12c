import type { SettingValue } from '../../core/desired.ts';
import { type StageCounts, STAGES } from '../../core/journey.ts';
import { fullName, type NamedVm, shortName } from '../../core/names.ts';
import { displayInstant, formatInstant, type Instant } from '../../core/time.ts';
import { escapeTerminal } from './escape.ts';

/** A setting's value on a terminal: times without the letters of ISO 8601, text in quotes where its ends are unclear. */
export function settingText(value: SettingValue | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value !== 'string') return String(value);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z$/.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return displayInstant(time);
  const text = escapeTerminal(value);
  return /^\S+$/.test(text) ? text : `"${text}"`;
}

/** Returns the name of a VM, escaped, for use under a heading with its wave. */
export function nameInWave(vm: NamedVm): string {
  return escapeTerminal(shortName(vm));
}

/** Returns the name of a VM, escaped, for use anywhere else, with its wave. */
export function nameWithWave(vm: NamedVm): string {
  return escapeTerminal(fullName(vm));
}

/** A number and its noun: `1 server`, `2 servers`. */
export function pluralize(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** An instant in UTC to the minute, `2026-12-02 04:00`; the heading over it says that it is UTC. */
export function formatMinute(instant: Instant | undefined): string {
  return instant === undefined ? '' : formatInstant(instant).slice(0, 16).replace('T', ' ');
}

/** How many VMs match the manifests. */
export function matchingText(matching: number): string {
  return `${pluralize(matching, 'VM')} ${matching === 1 ? 'matches' : 'match'} the manifests`;
}

/** Counts of VMs by stage: `12 replicating, 3 cut over`. */
export function stagesText(stages: StageCounts): string {
  return STAGES.flatMap((stage) => {
    const count = stages[stage];
    return count === undefined ? [] : [`${count} ${stage.replaceAll('-', ' ')}`];
  }).join(', ');
}

/** A part of a list of counts. */
export interface Count {
  /** The number and its words: `3 to delete`. */
  readonly words: string;
  /** Names that end it, such as the ids of concerns. */
  readonly names?: readonly string[];
  /** Whether it counts deletes or blocked changes, which are emphasised. */
  readonly isLoss?: boolean;
}

/** Counts as a list on a terminal. */
export function countsText(counts: readonly Count[]): string {
  return counts
    .map(({ words, names = [] }) => [words, ...(names.length > 0 ? [names.join(' and ')] : [])].join(' '))
    .join(', ');
}
