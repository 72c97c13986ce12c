import { toAddress } from '../../core/names.ts';
import type { Action, Change } from '../../core/plan.ts';
import { blockLine } from '../markdown/escape.ts';
import { type LabelledCount, newSection, type Section } from '../markdown/section.ts';
import { escapeLine } from '../text/escape.ts';
import { alignRows, groupBy } from '../text/table.ts';
import { nameInWave, rawNameInWave } from '../text/words.ts';
import {
  deferredLines,
  existingJobCells,
  existingJobDetails,
  newJobCells,
  sharedSettingsText,
} from './change-text.ts';

/** The waves in which something changes, waits or is blocked, in the order of the plan. */
export function waveSections(changes: readonly Change[]): readonly Section[] {
  const targets = new Set(changes.map(({ target }) => target));
  return groupByWave(changes)
    .filter(hasAnyChange)
    .map((group) => waveSection(group, targets.size > 1));
}

/** The waves that stay as they are, and how many VMs each has. */
export function unchangedWaves(changes: readonly Change[]): readonly (readonly [string, number])[] {
  return groupByWave(changes)
    .filter((group) => !hasAnyChange(group))
    .map((group) => [group[0]?.wave ?? '', group.length]);
}

function groupByWave(changes: readonly Change[]): readonly (readonly Change[])[] {
  return [...groupBy(changes, ({ target, wave }) => JSON.stringify([target, wave])).values()];
}

function hasAnyChange(changes: readonly Change[]): boolean {
  return changes.some(({ action, blockedBy }) => action !== 'no-op' || blockedBy.length > 0);
}

function waveSection(changes: readonly Change[], namesTarget: boolean): Section {
  const { wave = '', target = '' } = changes[0] ?? {};
  return newSection({
    wave,
    ...(namesTarget && { target }),
    counts: waveCounts(changes),
    entries: waveEntries(changes),
    // It deletes or replaces jobs, or takes a step that cannot be undone.
    isDestructive: changes.some(
      ({ action, irreversible, blockedBy }) =>
        blockedBy.length === 0 && (action === 'delete' || action === 'replace' || irreversible === true),
    ),
  });
}

/** Bytes of a name, a value and a line of a block. */
const MAX_NAME_BYTES = 120;
const MAX_VALUE_BYTES = 160;
const MAX_LINE_BYTES = 600;

interface DiffStyle {
  readonly action: Action;
  /** The first character decides the colour that a platform gives the line. */
  readonly symbol: string;
  readonly counted: string;
}

/** What can be lost comes first: it is the last to be cut. */
const DIFF_STYLES: readonly DiffStyle[] = [
  { action: 'delete', symbol: '-', counted: 'to delete' },
  { action: 'replace', symbol: '-/+', counted: 'to replace' },
  { action: 'advance', symbol: '!', counted: 'to advance' },
  { action: 'update', symbol: '!', counted: 'to update' },
  { action: 'create', symbol: '+', counted: 'to create' },
];

/** The changes of one wave as lines of a diff, each with those that belong to it. */
function waveEntries(changes: readonly Change[]): readonly (readonly string[])[] {
  const short = changes.map(shortenChange);
  const free = groupBy(
    short.filter(({ blockedBy }) => blockedBy.length === 0),
    ({ action }) => action,
  );
  const entries = [
    ...DIFF_STYLES.flatMap((kind) => actionEntries(kind, free.get(kind.action) ?? [])),
    ...deferredLines(free.get('defer') ?? [], (text) => text).map((line) => [`# deferred: ${line}`]),
    ...blockedEntries(short.filter(({ blockedBy }) => blockedBy.length > 0)),
  ];
  return entries.map((lines) => lines.map((line) => blockLine(line, MAX_LINE_BYTES)));
}

/** What is to be done in a wave, in words, as a heading counts it: the number and what it counts. */
function waveCounts(changes: readonly Change[]): readonly LabelledCount[] {
  const blocked = changes.filter(({ blockedBy }) => blockedBy.length > 0).length;
  const number = (action: Action): number =>
    changes.filter((change) => change.action === action && change.blockedBy.length === 0).length;
  return [
    ...DIFF_STYLES.map(
      ({ action, counted }) => [number(action), counted, action === 'delete' ? 'lost' : 'kept'] as const,
    ),
    [number('defer'), 'deferred', 'kept'] as const,
    [number('no-op'), 'unchanged', 'kept'] as const,
    [blocked, 'blocked', 'lost'] as const,
  ].filter(([count]) => count > 0);
}

function actionEntries(
  { action, symbol }: DiffStyle,
  changes: readonly Change[],
): readonly (readonly string[])[] {
  if (changes.length === 0) return [];
  const creates = action === 'create';
  const cells = creates ? newJobCells(changes) : changes.map(existingJobCells);
  const rows = alignRows(changes.map((change, row) => [nameInWave(change), ...(cells[row] ?? [])]));
  const shared = creates ? sharedSettingsText(changes) : '';
  return [
    ...(shared === '' ? [] : [[`#   each with ${shared}`]]),
    ...changes.map((change, row) => [
      `${symbol.padEnd(3)} ${rows[row] ?? ''}`,
      ...(creates ? [] : existingJobDetails(change, (text) => text)).map((line) => `!       ${line}`),
    ]),
  ];
}

/** What is refused is no line of a colour: it does not happen. */
function blockedEntries(changes: readonly Change[]): readonly (readonly string[])[] {
  const rows = alignRows(
    changes.map((change) => [
      change.action,
      nameInWave(change),
      change.id ?? '',
      change.blockedBy.join(', '),
    ]),
  );
  return rows.map((row) => [`# blocked: ${row}`]);
}

/** A change whose names and values are short and can all be seen. */
function shortenChange(change: Change): Change {
  const { settings, fields, effects } = change;
  const value = <T>(of: T): T | string => (typeof of === 'string' ? escapeLine(of, MAX_VALUE_BYTES) : of);
  const details = Object.fromEntries(
    (['id', 'reason', 'step'] as const).flatMap((key) => {
      const text = change[key];
      const most = key === 'reason' ? MAX_VALUE_BYTES : MAX_NAME_BYTES;
      return text === undefined ? [] : [[key, escapeLine(text, most)]];
    }),
  );
  const short = {
    ...change,
    ...details,
    // The wave's name is taken off here, as it may be shortened too.
    address: toAddress(escapeLine(rawNameInWave(change), MAX_NAME_BYTES)),
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, of]) => [escapeLine(name, MAX_NAME_BYTES), value(of)] as const),
    ),
    fields: fields.map((field) => ({
      ...field,
      field: escapeLine(field.field, MAX_NAME_BYTES),
      ...(field.before !== undefined && { before: value(field.before) }),
      ...(field.after !== undefined && { after: value(field.after) }),
    })),
    effects: effects.map((effect) => escapeLine(effect, MAX_VALUE_BYTES)),
  };
  return short.remaining === undefined
    ? short
    : { ...short, remaining: short.remaining.map((step) => escapeLine(step, MAX_NAME_BYTES)) };
}
