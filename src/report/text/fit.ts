/** How a column of a listing is shortened where the screen is too narrow; without any of these it is not. */
interface ColumnFit<T> {
  /** Its cells may be cut; columns are left out before it has fewer characters than that. */
  readonly least?: number;
  /** A shorter form of its cells, used before any column is left out. */
  short?(item: T): string;
  /** It is left out; the lowest number first. */
  readonly drop?: number;
  /** Where its cells are cut; default: the end. */
  readonly cut?: 'middle';
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
): readonly FittedColumn<T>[] {
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
  return cutToWidth(fitting ?? attempts.at(-1) ?? [], width);
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
  return columns.map(({ column, cells }, index) => ({
    column,
    cells: cells.map((cell) => cutText(cell, widths[index] ?? 0, column.fit?.cut)),
  }));
}

/** Cuts a text to so many characters; `…` stands for what is left out. */
export function cutText(text: string, width: number, where?: 'middle'): string {
  if (text.length <= width) return text;
  const kept = Math.max(width - 1, 0);
  const end = where === 'middle' ? Math.floor(kept / 2) : 0;
  const beginning = text.slice(0, kept - end).replace(/[\uD800-\uDBFF]$/, '');
  return `${beginning.trimEnd()}…${text.slice(text.length - end).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/**
 * Breaks a line at spaces so that no part is longer than a screen is wide; parts after the first are indented a little
 * more. A word that is longer than a line stays whole.
 * @param line may be coloured: colours take no room
 */
export function wrapLine(line: string, width: number): readonly string[] {
  const visible = (text: string): number => text.replace(COLOR, '').length;
  if (visible(line) <= width) return [line];
  const [indent = ''] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = indent;
  let isStart = true;
  for (const word of line.trimStart().split(' ')) {
    if (!isStart && visible(current) + 1 + visible(word) > width) {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else {
      current += isStart ? word : ` ${word}`;
    }
    isStart = false;
  }
  return [...lines, current];
}
