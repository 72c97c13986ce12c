import type { Settings, SettingValue } from '../../core/desired.ts';
import { byText, groupBy } from '../../core/lists.ts';
import type { Change, Destruction, FieldChange, PlannedTarget, SettingColumn } from '../../core/plan.ts';
import { joinFirst } from '../../core/text.ts';
import { formatDuration, type Instant } from '../../core/time.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameInWave, settingText } from '../text/words.ts';

type Columns = PlannedTarget['columns'];

/** The texts of new jobs, or of those that wait. */
interface NewJobTexts {
  /** The settings without a column that all have in common, which are shown once. */
  readonly shared: string;
  /** Cells for each of them: schedule, licence, first run, other settings that not all share. */
  readonly cells: readonly (readonly string[])[];
}

/** Lays out the settings of new jobs. */
export function newJobTexts(changes: readonly Change[], columns: Columns): NewJobTexts {
  const shared = sharedSettings(changes, columns);
  const [schedule, licence, start] = (['schedule', 'licence', 'start'] as const).map((column) =>
    settingsOfColumn(columns, column),
  );
  const isShared = (name: string): boolean => shared.has(name);
  const isOwn = (name: string): boolean => !Object.hasOwn(columns, name) && !shared.has(name);
  return {
    shared: settingsText(changes[0]?.settings ?? {}, isShared),
    cells: changes.map((change) => [
      columnText(change.settings, schedule),
      columnText(change.settings, licence),
      startText(change, start),
      settingsText(change.settings, isOwn),
    ]),
  };
}

/** The settings without a column that all of several changes have in common. */
function sharedSettings(changes: readonly Change[], columns: Columns): ReadonlySet<string> {
  const [first, ...others] = changes;
  if (first === undefined || others.length === 0) return new Set();
  return new Set(
    Object.entries(first.settings)
      .filter(
        ([name, value]) =>
          !Object.hasOwn(columns, name) && others.every(({ settings }) => settings[name] === value),
      )
      .map(([name]) => name),
  );
}

/** A setting that is shown in a column, and what makes its text of a value. */
type ShownSetting = readonly [name: string, textOf: (value: SettingValue) => string];

/** The settings that may be in a column, with their texts. */
function settingsOfColumn(columns: Columns, wanted: SettingColumn['column']): readonly ShownSetting[] {
  return Object.entries(columns)
    .filter(([, { column }]) => column === wanted)
    .map(([name, { text }]): ShownSetting => {
      const escaped = escapeTerminal(text);
      // Thousands of VMs have the same few values.
      const made = new Map<SettingValue, string>();
      const textOf = (value: SettingValue): string => {
        const known = made.get(value) ?? escaped.replace('{}', () => settingText(value));
        made.set(value, known);
        return known;
      };
      return [name, textOf];
    });
}

/** The texts of the settings in a column; a service has at most one that a VM can give. */
function columnText(settings: Settings, column: readonly ShownSetting[] = []): string {
  let texts = '';
  for (const [name, textOf] of column) {
    const value = settings[name];
    if (value !== undefined && value !== false) texts += (texts === '' ? '' : ', ') + textOf(value);
  }
  return texts;
}

/** Shows what the plan says of the first run (that it starts now, or waits) instead of the manifest's time. */
function startText(
  { settings, reason, effects, remaining = [] }: Change,
  column: readonly ShownSetting[] = [],
): string {
  const words = reason === undefined ? effects : [reason, ...effects];
  const start = words.length > 0 ? escapeTerminal(words.join('; ')) : columnText(settings, column);
  if (remaining.length === 0) return start;
  const next = escapeTerminal(`then ${remaining.join(', ')}`);
  return start === '' ? next : `${start}; ${next}`;
}

function settingsText(settings: Settings, isWanted: (name: string) => boolean): string {
  const textOf = (name = ''): string => `${escapeTerminal(name)} ${settingText(settings[name])}`;
  const names = Object.keys(settings).filter(isWanted);
  if (names.length < 2) return names.length === 0 ? '' : textOf(names[0]);
  return names.sort(byText).map(textOf).join(', ');
}

/** The note that all of several changes have in common, which is shown once; what is destroyed is noted each time. */
export function sharedNote(changes: readonly Change[]): string {
  const [first = '', ...others] = new Set(changes.map(noteText));
  const isShared = changes.length > 1 && others.length === 0;
  return isShared && changes.every(({ destroys }) => destroys === undefined) ? first : '';
}

/** Cells for a job that exists: its id, its one field that changes, and a note if it is short; one is kept free. */
export function existingJobCells(change: Change, shared: string): readonly string[] {
  const { id = '', fields, step } = change;
  const [field] = fields;
  const inline = fitsOneLine(change) && field !== undefined ? fieldText(field) : escapeTerminal(step ?? '');
  return [escapeTerminal(id), inline, fitsOneLine(change) && shared === '' ? noteText(change) : '', ''];
}

/** Lines under the row of a job that does not fit one line: one line for each field, then the note. */
export function existingJobDetails(
  change: Change,
  shared: string,
  dim: (text: string) => string,
): readonly string[] {
  if (fitsOneLine(change)) return [];
  const text = shared === '' ? noteText(change) : '';
  return [...change.fields.map(fieldText), ...(text === '' ? [] : [dim(text)])];
}

/** Deletes, and updates of one field, are one line: a plan may hold hundreds of them. */
function fitsOneLine({ action, fields }: Change): boolean {
  return action !== 'replace' && fields.length <= 1;
}

/** What the effects of a change that destroys something do not say. */
const DESTRUCTION_TEXTS: Readonly<Partial<Record<Destruction, string>>> = {
  finalize: 'cannot be undone',
  rollback: 'undoes the rollback of its cut-over',
  disconnect: 'ends replication for good',
};

/** The effects of a change; what a reader must not miss comes first. */
function effectTexts({ effects, destroys }: Change): readonly string[] {
  if (destroys === undefined) return effects;
  const [first = '', ...others] = [DESTRUCTION_TEXTS[destroys] ?? [], effects].flat();
  return [`DESTROYS: ${first}`, ...others];
}

/** The note of a change: what it does beside its fields, and what follows it. */
export function noteText(change: Change): string {
  const { reason, fields, remaining = [] } = change;
  const forced = fields.some(({ forcesReplace }) => forcesReplace === true);
  // The text of the field shows that it forces the replace.
  const why = reason === undefined || forced ? [] : [reason];
  const parts = [
    ...(change.destroys === undefined ? [...why, ...effectTexts(change)] : [...effectTexts(change), ...why]),
    ...(remaining.length > 0 ? [`then ${remaining.join(', ')}`] : []),
  ];
  return escapeTerminal(parts.join('; '));
}

function fieldText({ field, before, after, forcesReplace }: FieldChange): string {
  const text = `${escapeTerminal(field)}: ${settingText(before)} → ${settingText(after)}`;
  return forcesReplace === true ? `${text} (forces replacement)` : text;
}

/**
 * One row for all that waits for the same reason, with the steps after it: hundreds may wait behind a cap.
 * @param now says too how long it waits from then on; absent where the text must not change with the clock
 */
export function deferredRows(
  changes: readonly Change[],
  now?: Instant,
): readonly (readonly [string, string])[] {
  return [...groupBy(changes, (change) => reasonOf(change, now))].map(([reason, group]) => [
    joinFirst(group.map(nameInWave)),
    escapeTerminal(reason),
  ]);
}

function reasonOf({ reason = '', step, remaining = [], opensAt = 0 }: Change, now = opensAt): string {
  const steps = step === undefined ? remaining : [step, ...remaining];
  const wait = opensAt > now ? `${reason}, in ${formatDuration(opensAt - now)}` : reason;
  return steps.length === 0 ? wait : `${wait}; then ${steps.join(', ')}`;
}
