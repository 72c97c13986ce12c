import type { Settings } from '../../core/desired.ts';
import { groupBy } from '../../core/lists.ts';
import type { Change, FieldChange } from '../../core/plan.ts';
import { joinFirst } from '../../core/text.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameInWave, settingText } from '../text/words.ts';

/** Settings that have a column of their own. */
const COLUMN_SETTINGS: ReadonlySet<string> = new Set([
  'frequency',
  'runOnce',
  'licenseType',
  'seedReplicationTime',
]);

/** Cells for each new job, or one that waits: schedule, licence, first run, other settings that not all share. */
export function newJobCells(changes: readonly Change[]): readonly (readonly string[])[] {
  const shared = sharedSettings(changes);
  return changes.map((change) => [
    scheduleText(change.settings),
    'licenseType' in change.settings ? settingText(change.settings['licenseType']) : '',
    firstRunText(change),
    otherSettingsText(change.settings, (name) => !shared.has(name)),
  ]);
}

/** The settings without a column that all of several new jobs have in common: said once. */
export function sharedSettingsText(changes: readonly Change[]): string {
  const shared = sharedSettings(changes);
  return otherSettingsText(changes[0]?.settings ?? {}, (name) => shared.has(name));
}

function sharedSettings(changes: readonly Change[]): ReadonlySet<string> {
  const [first = {}, ...others] = changes.map(({ settings }) => settings);
  if (others.length === 0) return new Set();
  return new Set(
    Object.keys(first).filter((name) => others.every((settings) => settings[name] === first[name])),
  );
}

function scheduleText({ runOnce, frequency }: Settings): string {
  if (runOnce === true) return 'once';
  return frequency === undefined ? '' : `every ${String(frequency)} h`;
}

/** What the plan says of the first run (that it starts now, or waits) is worth more than the manifest's time. */
function firstRunText({ settings, reason, effects }: Change): string {
  const words = reason === undefined ? effects : [reason, ...effects];
  if (words.length > 0) return escapeTerminal(words.join('; '));
  return 'seedReplicationTime' in settings ? `starts ${settingText(settings['seedReplicationTime'])}` : '';
}

function otherSettingsText(settings: Settings, wanted: (name: string) => boolean): string {
  return Object.keys(settings)
    .filter((name) => !COLUMN_SETTINGS.has(name) && wanted(name))
    .toSorted()
    .map((name) => `${escapeTerminal(name)} ${settingText(settings[name])}`)
    .join(', ');
}

/** Cells for a job that exists: its id, its one field that changes, and a note if it is short; one is kept free. */
export function existingJobCells(change: Change): readonly string[] {
  const { id = '', fields, step } = change;
  const [field] = fields;
  const inline = fitsOneLine(change) && field !== undefined ? fieldText(field) : escapeTerminal(step ?? '');
  return [escapeTerminal(id), inline, fitsOneLine(change) ? noteText(change) : '', ''];
}

/** What does not fit the row of a job: its fields one a line, then the note. */
export function existingJobDetails(change: Change, dim: (text: string) => string): readonly string[] {
  if (fitsOneLine(change)) return [];
  const text = noteText(change);
  return [...change.fields.map(fieldText), ...(text === '' ? [] : [dim(text)])];
}

/** Deletes, and updates of one field, are one line: a plan may hold hundreds of them. */
function fitsOneLine({ action, fields }: Change): boolean {
  return action !== 'replace' && fields.length <= 1;
}

function noteText({ reason, effects, fields, remaining = [], irreversible }: Change): string {
  const forced = fields.some(({ forcesReplace }) => forcesReplace === true);
  // The field that forces a replace says so itself.
  const parts = [
    ...(reason === undefined || forced ? [] : [reason]),
    ...effects,
    ...(irreversible === true ? ['cannot be undone'] : []),
    ...(remaining.length > 0 ? [`then ${remaining.join(', ')}`] : []),
  ];
  return escapeTerminal(parts.join('; '));
}

function fieldText({ field, before, after, forcesReplace }: FieldChange): string {
  const text = `${escapeTerminal(field)}: ${settingText(before)} → ${settingText(after)}`;
  return forcesReplace === true ? `${text} (forces replacement)` : text;
}

/** One line for all that waits for the same reason, with the steps after it: hundreds may wait behind a cap. */
export function deferredLines(changes: readonly Change[], dim: (text: string) => string): readonly string[] {
  return [...groupBy(changes, reasonOf)].map(([reason, group]) => {
    return `${joinFirst(group.map(nameInWave))}  ${dim(escapeTerminal(reason))}`;
  });
}

function reasonOf({ reason = '', step, remaining = [] }: Change): string {
  const steps = step === undefined ? remaining : [step, ...remaining];
  return steps.length === 0 ? reason : `${reason}; then ${steps.join(', ')}`;
}
