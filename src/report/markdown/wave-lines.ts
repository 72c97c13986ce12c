import type { Action, Change } from '../../core/plan.ts';
import { groupBy } from '../group.ts';
import { createCells, sharedText } from '../plan-text-create.ts';
import { deferredLines } from '../plan-text-deferred.ts';
import { jobCells, jobDetails } from '../plan-text-job.ts';
import { alignRows } from '../table.ts';
import { labelOf, rawLabelOf } from '../words.ts';
import { blockLine } from './escape.ts';
import type { Counted } from './section.ts';
import { plain } from '../clip.ts';

/** Bytes of a name, a value and a line of a block. */
const NAME = 120;
const VALUE = 160;
const LINE = 600;

interface Kind {
  readonly action: Action;
  /** The first character decides the colour that a platform gives the line. */
  readonly symbol: string;
  readonly counted: string;
}

/** What can be lost comes first: it is the last to be cut. */
const KINDS: readonly Kind[] = [
  { action: 'delete', symbol: '-', counted: 'to delete' },
  { action: 'replace', symbol: '-/+', counted: 'to replace' },
  { action: 'advance', symbol: '!', counted: 'to advance' },
  { action: 'update', symbol: '!', counted: 'to update' },
  { action: 'create', symbol: '+', counted: 'to create' },
];

/** The changes of one wave as lines of a diff, each with those that belong to it. */
export function waveEntries(changes: readonly Change[]): readonly (readonly string[])[] {
  const short = changes.map(shorten);
  const free = groupBy(
    short.filter(({ blockedBy }) => blockedBy.length === 0),
    ({ action }) => action,
  );
  const entries = [
    ...KINDS.flatMap((kind) => kindEntries(kind, free.get(kind.action) ?? [])),
    ...deferredLines(free.get('defer') ?? [], (text) => text).map((line) => [`# deferred: ${line}`]),
    ...blockedEntries(short.filter(({ blockedBy }) => blockedBy.length > 0)),
  ];
  return entries.map((lines) => lines.map((line) => blockLine(line, LINE)));
}

/** What is to be done in a wave, in words, as a heading counts it: the number and what it counts. */
export function waveCounts(changes: readonly Change[]): readonly Counted[] {
  const blocked = changes.filter(({ blockedBy }) => blockedBy.length > 0).length;
  const number = (action: Action): number =>
    changes.filter((change) => change.action === action && change.blockedBy.length === 0).length;
  return [
    ...KINDS.map(
      ({ action, counted }) => [number(action), counted, action === 'delete' ? 'lost' : 'kept'] as const,
    ),
    [number('defer'), 'deferred', 'kept'] as const,
    [number('no-op'), 'unchanged', 'kept'] as const,
    [blocked, 'blocked', 'lost'] as const,
  ].filter(([count]) => count > 0);
}

function kindEntries({ action, symbol }: Kind, changes: readonly Change[]): readonly (readonly string[])[] {
  if (changes.length === 0) return [];
  const creates = action === 'create';
  const cells = creates ? createCells(changes) : changes.map(jobCells);
  const rows = alignRows(changes.map((change, row) => [labelOf(change), ...(cells[row] ?? [])]));
  const shared = creates ? sharedText(changes) : '';
  return [
    ...(shared === '' ? [] : [[`#   each with ${shared}`]]),
    ...changes.map((change, row) => [
      `${symbol.padEnd(3)} ${rows[row] ?? ''}`,
      ...(creates ? [] : jobDetails(change, (text) => text)).map((line) => `!       ${line}`),
    ]),
  ];
}

/** What is refused is no line of a colour: it does not happen. */
function blockedEntries(changes: readonly Change[]): readonly (readonly string[])[] {
  const rows = alignRows(
    changes.map((change) => [change.action, labelOf(change), change.id ?? '', change.blockedBy.join(', ')]),
  );
  return rows.map((row) => [`# blocked: ${row}`]);
}

/** A change whose names and values are short and can all be seen. */
function shorten(change: Change): Change {
  const { id, settings, fields, reason, effects, step, remaining } = change;
  const value = <T>(of: T): T | string => (typeof of === 'string' ? plain(of, VALUE) : of);
  return {
    ...change,
    // The wave's name is taken off here, as it may be shortened too.
    address: plain(rawLabelOf(change), NAME),
    ...(id !== undefined && { id: plain(id, NAME) }),
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, of]) => [plain(name, NAME), value(of)] as const),
    ),
    fields: fields.map((field) => ({
      ...field,
      field: plain(field.field, NAME),
      ...(field.before !== undefined && { before: value(field.before) }),
      ...(field.after !== undefined && { after: value(field.after) }),
    })),
    ...(reason !== undefined && { reason: plain(reason, VALUE) }),
    effects: effects.map((effect) => plain(effect, VALUE)),
    ...(step !== undefined && { step: plain(step, NAME) }),
    ...(remaining !== undefined && { remaining: remaining.map((one) => plain(one, NAME)) }),
  };
}
