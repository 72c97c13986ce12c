import { groupBy } from '../../core/lists.ts';
import { shortName, toAddress } from '../../core/names.ts';
import type { Action, Change, Plan, PlannedTarget } from '../../core/plan.ts';
import { blockLine } from '../markdown/escape.ts';
import { newSection, type Section } from '../markdown/section.ts';
import { escapeLine } from '../text/escape.ts';
import { alignRows } from '../text/table.ts';
import { nameInWave } from '../text/words.ts';
import {
  deferredRows,
  existingJobCells,
  existingJobDetails,
  newJobTexts,
  noteText,
  sharedNote,
} from './change-text.ts';
import { ACTION_STYLES, waveCounts, waveViews } from './view.ts';

/** The waves in which something changes, waits or is blocked, in the order of the plan. */
export function waveSections({ changes, targets }: Plan): readonly Section[] {
  const namesTarget = new Set(changes.map(({ target }) => target)).size > 1;
  const columnsOf = (name: string) => targets.find((target) => target.name === name)?.columns ?? {};
  return waveViews(changes)
    .filter((view) => view.hasChanges)
    .map(({ target, wave, changes: group }) =>
      newSection({
        wave,
        ...(namesTarget && { target }),
        counts: waveCounts(group, true),
        entries: waveEntries(group, columnsOf(target)),
        // It deletes or replaces jobs, or takes a step that destroys something.
        isDestructive: group.some(
          ({ action, destroys, blockedBy }) =>
            blockedBy.length === 0 && (action === 'delete' || action === 'replace' || destroys !== undefined),
        ),
      }),
    );
}

/** The waves that stay as they are, and how many VMs each has. */
export function unchangedWaves(changes: readonly Change[]): readonly (readonly [string, number])[] {
  return waveViews(changes)
    .filter((view) => !view.hasChanges)
    .map(({ wave, changes: group }) => [wave, group.length]);
}

/** Bytes of a name, a value and a line of a block. */
const MAX_NAME_BYTES = 120;
const MAX_VALUE_BYTES = 160;
const MAX_LINE_BYTES = 600;

/** The changes of one wave as lines of a diff, each with those that belong to it. */
function waveEntries(
  changes: readonly Change[],
  columns: PlannedTarget['columns'],
): readonly (readonly string[])[] {
  const short = changes.map(shortenChange);
  const free = groupBy(
    short.filter(({ blockedBy }) => blockedBy.length === 0),
    ({ action }) => action,
  );
  const entries = [
    ...ACTION_STYLES.flatMap(({ action, diffSymbol }) =>
      action === 'defer' || action === 'no-op'
        ? []
        : actionEntries(action, diffSymbol, free.get(action) ?? [], columns),
    ),
    ...deferredRows(free.get('defer') ?? []).map((row) => [`# deferred: ${row.join('  ')}`]),
    ...blockedEntries(short.filter(({ blockedBy }) => blockedBy.length > 0)),
  ];
  return entries.map((lines) => lines.map((line) => blockLine(line, MAX_LINE_BYTES)));
}

function actionEntries(
  action: Action,
  symbol: string,
  changes: readonly Change[],
  columns: PlannedTarget['columns'],
): readonly (readonly string[])[] {
  if (changes.length === 0) return [];
  const creates = action === 'create';
  const note = creates ? '' : sharedNote(changes);
  const { shared, cells } = creates
    ? newJobTexts(changes, columns)
    : { shared: note, cells: changes.map((change) => existingJobCells(change, note)) };
  const rows = alignRows(changes.map((change, row) => [nameInWave(change), ...(cells[row] ?? [])]));
  return [
    ...(shared === '' ? [] : [[creates ? `#   each with ${shared}` : `#   each: ${shared}`]]),
    ...changes.map((change, row) => [
      `${symbol.padEnd(3)} ${rows[row] ?? ''}`,
      ...(creates ? [] : existingJobDetails(change, note, (text) => text)).map((line) => `!       ${line}`),
    ]),
  ];
}

/** Blocked changes as comment lines, without a colour, because they are not made. */
function blockedEntries(changes: readonly Change[]): readonly (readonly string[])[] {
  const rows = alignRows(
    changes.map((change) => [
      change.action,
      nameInWave(change),
      change.id ?? '',
      change.step ?? '',
      change.blockedBy.join(', '),
      change.destroys === undefined ? '' : noteText(change),
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
    // The wave's name is removed first, because shortening may change it.
    address: toAddress(escapeLine(shortName(change), MAX_NAME_BYTES)),
    ...(change.label !== undefined && { label: escapeLine(change.label, MAX_NAME_BYTES) }),
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
