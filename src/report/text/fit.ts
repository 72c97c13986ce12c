/** How a column of a listing is shortened where the screen is too narrow; without any of these it is not. */
interface ColumnFit<T> {
  /** Its cells may be cut; columns are left out before it has fewer characters than that. */
  readonly least?: number;
  /** A shorter form of its cells, used before any column is left out. */
  short?(item: T): string;
  /** It is left out; the lowest number first. */
  readonly drop?: number;
  /** Its cells are shown under their rows where it is left out, after this label. */
  readonly below?: string;
  /** Where its cells are cut, default: the end; `wrap`: they are not, and continue on lines under their rows. */
  readonly cut?: 'middle' | 'wrap';
}

/** A column of a listing; `cell` escapes what it is given, `style` colours the text of a cell, padding included. */
export interface Column<T> {
  readonly title: string;
  cell(item: T): string;
  readonly style?: (text: string) => string;
  readonly fit?: ColumnFit<T>;
}

/** A colour as picocolors writes it. */
const COLOR = /\p{Cc}\[[\d;]*m/gu;

/** Spaces between two columns. */
const GAP = 2;
/** A narrower column is not readable. */
const NARROWEST = 8;

interface FittedColumn<T> {
  readonly column: Column<T>;
  readonly cells: readonly string[];
  /** The lines under a row with the rest of its cell, by row; absent: there are none. */
  readonly rest?: readonly (readonly string[])[];
}

/** The columns of a listing that a screen has room for, and those whose cells are shown under their rows. */
interface FittedColumns<T> {
  readonly shown: readonly FittedColumn<T>[];
  readonly below: readonly FittedColumn<T>[];
}

/**
 * Makes the columns of a listing as narrow as a screen needs them: shorter forms of cells, from the last column on, then
 * fewer columns, then cells that are cut. Columns that no item fills are left out.
 * @param width in characters; Infinity: no limit
 */
export function fitColumns<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  width: number,
): FittedColumns<T> {
  const full = columns.map((column) => ({ column, cells: items.map((item) => column.cell(item)) }));
  const filled = full.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const attempts = [filled];
  for (let index = filled.length - 1; index >= 0; index -= 1) {
    const { fit } = filled[index]?.column ?? {};
    if (fit?.short === undefined) continue;
    const cells = items.map((item) => fit.short?.(item) ?? '');
    const last = attempts.at(-1) ?? [];
    attempts.push(last.map((fitted, at) => (at === index ? { ...fitted, cells } : fitted)));
  }
  const short = attempts.at(-1) ?? [];
  for (const limit of short.flatMap(({ column: { fit } }) => fit?.drop ?? []).toSorted((a, b) => a - b)) {
    attempts.push(short.filter(({ column: { fit } }) => (fit?.drop ?? Infinity) > limit));
  }
  const fitting = attempts.find((attempt) => totalWidth(attempt.map(leastWidth)) <= width);
  const shown = cutToWidth(fitting ?? attempts.at(-1) ?? [], width);
  const kept = new Set(shown.map(({ column }) => column));
  return {
    shown,
    below: filled.filter(({ column }) => column.fit?.below !== undefined && !kept.has(column)),
  };
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP, -GAP);
}

function fullWidth<T>({ column: { title }, cells }: FittedColumn<T>): number {
  return cells.reduce((widest, { length }) => Math.max(widest, length), title.length);
}

function leastWidth<T>(fitted: FittedColumn<T>): number {
  const { title, fit } = fitted.column;
  return Math.min(fullWidth(fitted), Math.max(fit?.least ?? Infinity, title.length));
}

/**
 * Cuts cells so that the columns fit. The available width is divided equally among the columns that need it; where
 * even the minimum widths are too wide, the widest columns that may be cut become narrower still.
 */
function cutToWidth<T>(columns: readonly FittedColumn<T>[], width: number): readonly FittedColumn<T>[] {
  const widths = columns.map(leastWidth);
  const give = (index: number, more: number): void => {
    widths[index] = (widths[index] ?? 0) + more;
  };
  const needs = columns
    .map((column, index) => ({ index, need: fullWidth(column) - leastWidth(column) }))
    .toSorted((a, b) => a.need - b.need);
  needs.forEach(({ index, need }, position) => {
    const room = Math.max(0, width - totalWidth(widths));
    give(index, Math.min(need, Math.floor(room / (needs.length - position))));
  });
  const isFlexible = columns.map(({ column: { fit } }) => fit?.least !== undefined);
  while (totalWidth(widths) > width) {
    const widest = Math.max(...widths.filter((_, index) => isFlexible[index] === true));
    if (!(widest > NARROWEST)) break;
    give(
      widths.findLastIndex((one, index) => one === widest && isFlexible[index] === true),
      -1,
    );
  }
  return columns.map(({ column, cells }, index) => {
    const most = widths[index] ?? 0;
    const cut = column.fit?.cut;
    if (cut !== 'wrap') return { column, cells: cells.map((cell) => cutText(cell, most, cut)) };
    const wrapped = cells.map((cell) => wrapLine(cell, most, 0));
    return {
      column,
      cells: wrapped.map(([first = '']) => first),
      rest: wrapped.map(([, ...others]) => others),
    };
  });
}

/** Cuts a text to so many characters; `…` stands for what is left out. */
export function cutText(text: string, width: number, where?: 'middle'): string {
  if (text.length <= width) return text;
  const kept = Math.max(width - 1, 0);
  const end = where === 'middle' ? Math.floor(kept / 2) : 0;
  const beginning = text.slice(0, kept - end).replace(/[\uD800-\uDBFF]$/, '');
  return `${beginning.trimEnd()}…${text.slice(text.length - end).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/** The length of a text on a terminal: colours take no room. */
export function visibleLength(text: string): number {
  return text.replace(COLOR, '').length;
}

/** Words that belong together, or one: a command in backticks, a moment, a number with what it counts. */
const UNIT =
  /(?:\p{Cc}\[[\d;]*m)*(?:`[^`]+`[^ ]*|\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: UTC)?[^ ]*|\(?\d+ (?:(?:to|of \d+|(?:d|h|min) \d+) )?[^ ]+)|[^ ]+/gu;

/**
 * Breaks a line at spaces so that no part is longer than a screen is wide. A word that is longer than a line stays
 * whole; words that belong together do, if they fit on a line.
 * @param hang by how many spaces more than the first part the others are indented
 */
export function wrapLine(line: string, width: number, hang = 2): readonly string[] {
  if (visibleLength(line) <= width) return [line];
  const [indent = ''] = /^ */.exec(line) ?? [];
  const start = indent + ' '.repeat(hang);
  const units = [...line.matchAll(UNIT)].flatMap(({ 0: unit, index }) =>
    start.length + visibleLength(unit) <= width
      ? { unit, index }
      : [...unit.matchAll(/[^ ]+/g)].map((word) => ({ unit: word[0], index: index + word.index })),
  );
  const lines: string[] = [];
  let from = 0;
  let end = 0;
  for (const { unit, index } of units) {
    const prefix = lines.length === 0 ? '' : start;
    if (end > 0 && visibleLength(prefix + line.slice(from, index + unit.length)) > width) {
      lines.push(prefix + line.slice(from, end));
      from = index;
    }
    end = index + unit.length;
  }
  return [...lines, (lines.length === 0 ? '' : start) + line.slice(from, end)];
}
