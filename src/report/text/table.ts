import type { Colors } from 'picocolors/types.js';
import { type Column, fitColumns, visibleLength, wrapLine } from './fit.ts';

/** Cells longer than this do not widen their column, unless the caller sets another limit. */
const MAX_CELL_WIDTH = 40;

type Row = readonly string[];
type Styles = Readonly<Record<number, ((text: string) => string) | undefined>>;

/**
 * Lays cells out in columns with two spaces between them. Columns that are empty in every row are left out, and rows
 * end where their last cell does. `styles` colour the cells of a column, by its number from 0, padding included, so
 * that colours take no room.
 */
export function alignRows(
  rows: readonly Row[],
  styles: Styles = {},
  widest = MAX_CELL_WIDTH,
): readonly string[] {
  const widths = columnWidths(rows, widest);
  return rows.map((row) => layCells(row, widths, styles));
}

function columnWidths(rows: readonly Row[], widest: number): readonly number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (let column = 0; column < row.length; column += 1)
      widths[column] = Math.max(widths[column] ?? 0, Math.min(row[column]?.length ?? 0, widest));
  return widths;
}

function layCells(row: Row, widths: readonly number[], styles: Styles): string {
  const last = row.findLastIndex((cell) => cell !== '');
  let line = '';
  for (let column = 0; column <= last; column += 1) {
    const width = widths[column] ?? 0;
    if (width === 0) continue;
    const cell = row[column] ?? '';
    const text = column === last ? cell : cell.padEnd(width);
    line += (line === '' ? '' : '  ') + (styles[column]?.(text) ?? text);
  }
  return line;
}

/**
 * Lays rows out as `alignRows` does, each in as many lines as a screen needs. A last cell that begins in the first third
 * of the screen wraps under itself; other cells that do not fit are below their row, indented by two.
 * @param width of the screen in characters; Infinity: no limit
 */
export function foldRows(
  rows: readonly Row[],
  width: number,
  styles: Styles = {},
  widest = MAX_CELL_WIDTH,
): readonly Row[] {
  const widths = columnWidths(rows, widest);
  return rows.map((row) => {
    const line = layCells(row, widths, styles);
    return width === Infinity || visibleLength(line) <= width ? [line] : foldRow(row, widths, styles, width);
  });
}

function foldRow(row: Row, widths: readonly number[], styles: Styles, width: number): Row {
  const last = row.findLastIndex((cell) => cell !== '');
  // The cells that fit, but for the name at the beginning, which has no other place.
  let kept = last;
  while (kept > 1 && visibleLength(layCells(row.slice(0, kept), widths, {})) > width) kept -= 1;
  const paint = (cell: number, text: string): string => styles[cell]?.(text) ?? text;
  const sentence = row[kept] ?? '';
  const start = layCells([...row.slice(0, kept), ' '], widths, styles).slice(0, -paint(kept, ' ').length);
  const indent = visibleLength(start);
  if (kept === last && kept > 0 && indent <= width / 3) {
    return wrapLine(sentence, width - indent, 0).map(
      (text, line) => (line === 0 ? start : ' '.repeat(indent)) + paint(kept, text),
    );
  }
  const below = row.slice(kept, last + 1).flatMap((cell, index) => {
    const lines = cell === '' ? [] : wrapLine(`  ${cell}`, width);
    return lines.map((line) => paint(kept + index, line));
  });
  return [...wrapLine(layCells(row.slice(0, kept), widths, styles), width), ...below];
}

/**
 * Lays out a heading, and the lines of each item: its row, and under it what the columns hold that a screen has no room
 * for. Columns that no item fills are left out.
 * @param width of the screen in characters; absent: no limit
 */
export function formatListing<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  colors: Colors,
  width = Infinity,
): { readonly heading: string; readonly lines: readonly Row[] } {
  const { shown, below } = fitColumns(columns, items, width);
  const rows = [
    shown.map(({ column }) => column.title),
    ...items.map((_, row) => shown.map(({ cells }) => cells[row] ?? '')),
  ];
  const styles = Object.fromEntries(shown.map(({ column }, index) => [index, column.style]));
  // Headings are laid out with the rest and styled as a whole: a column's style is for its cells.
  const [heading = ''] = alignRows(rows, {}, Infinity);
  const [, ...lines] = alignRows(rows, styles, Infinity);
  const widths = columnWidths(rows, Infinity);
  const startOf = (title: string): number =>
    widths
      .slice(
        0,
        shown.findIndex(({ column }) => column.title === title),
      )
      .reduce((sum, each) => sum + each + 2, 0);
  const linesBelow = (row: number): Row => {
    const texts = below.flatMap(({ column: { fit }, cells }) => {
      const cell = cells[row] ?? '';
      return cell === '' ? [] : [`${fit?.below ?? ''} ${cell}`.trimStart()];
    });
    const joined: string[] = [];
    for (const text of texts) {
      const longer = `${joined.at(-1) ?? ''}, ${text}`;
      if (joined.length > 0 && longer.length <= width) joined.splice(-1, 1, longer);
      else joined.push(`    ${text}`);
    }
    return joined.flatMap((line) => wrapLine(line, width)).map(colors.dim);
  };
  // The rest of a cell stands under its beginning, where the title of its column stands too.
  const restOf = (row: number): Row =>
    shown.flatMap(({ column: { title }, rest = [] }) =>
      (rest[row] ?? []).map((text) => ' '.repeat(startOf(title)) + text),
    );
  return {
    heading: colors.dim(heading),
    lines: lines.map((line, row) => [line, ...restOf(row), ...linesBelow(row)]),
  };
}
