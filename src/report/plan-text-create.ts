import type { Settings } from '../core/desired.ts';
import type { Change } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { settingText } from './words.ts';

/** Settings that have a column of their own. */
const COLUMNS: ReadonlySet<string> = new Set(['frequency', 'runOnce', 'licenseType', 'seedReplicationTime']);

/** Cells for each new job, or one that waits: schedule, licence, first run, other settings that not all share. */
export function createCells(changes: readonly Change[]): readonly (readonly string[])[] {
  const shared = sharedSettings(changes);
  return changes.map((change) => [
    schedule(change.settings),
    'licenseType' in change.settings ? settingText(change.settings['licenseType']) : '',
    firstRun(change),
    otherSettings(change.settings, (name) => !shared.has(name)),
  ]);
}

/** The settings without a column that all of several new jobs have in common: said once. */
export function sharedText(changes: readonly Change[]): string {
  const shared = sharedSettings(changes);
  return otherSettings(changes[0]?.settings ?? {}, (name) => shared.has(name));
}

function sharedSettings(changes: readonly Change[]): ReadonlySet<string> {
  const [first = {}, ...others] = changes.map(({ settings }) => settings);
  if (others.length === 0) return new Set();
  return new Set(
    Object.keys(first).filter((name) => others.every((settings) => settings[name] === first[name])),
  );
}

function schedule({ runOnce, frequency }: Settings): string {
  if (runOnce === true) return 'once';
  return frequency === undefined ? '' : `every ${String(frequency)} h`;
}

/** What the plan says of the first run (that it starts now, or waits) is worth more than the manifest's time. */
function firstRun({ settings, reason, effects }: Change): string {
  const words = reason === undefined ? effects : [reason, ...effects];
  if (words.length > 0) return escapeTerminal(words.join('; '));
  return 'seedReplicationTime' in settings ? `starts ${settingText(settings['seedReplicationTime'])}` : '';
}

function otherSettings(settings: Settings, wanted: (name: string) => boolean): string {
  return Object.keys(settings)
    .filter((name) => !COLUMNS.has(name) && wanted(name))
    .toSorted()
    .map((name) => `${escapeTerminal(name)} ${settingText(settings[name])}`)
    .join(', ');
}
