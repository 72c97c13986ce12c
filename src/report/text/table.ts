import type { Colors } from 'picocolors/types.js';
import { type Column, fitColumns } from './fit.ts';

/** Cells longer than this do not widen their column, unless the caller sets another limit. */
const MAX_CELL_WIDTH = 40;

/**
 * Lays cells out in columns with two spaces between them. Columns that are empty in every row are left out, and rows
 * end where their last cell does. `styles` colour the cells of a column, by its number from 0, padding included, so
 * that colours take no room.
 */
export function alignRows(
  rows: readonly (readonly string[])[],
  styles: Readonly<Record<number, ((text: string) => string) | undefined>> = {},
  widest = MAX_CELL_WIDTH,
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, Math.min(cell.length, widest));
    });
  }
  return rows.map((row) => {
    const last = row.findLastIndex((cell) => cell !== '');
    const cells = row.slice(0, last + 1).flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      if (width === 0) return [];
      const text = column === last ? cell : cell.padEnd(width);
      return [styles[column]?.(text) ?? text];
    });
    return cells.join('  ');
  });
}

/**
 * Lays out a heading and a line an item. Columns that no item fills are left out.
 * @param width of the screen in characters; absent: no limit
 */
export function formatListing<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  colors: Colors,
  width = Infinity,
): { readonly heading: string; readonly lines: readonly string[] } {
  const fitted = fitColumns(columns, items, width);
  const rows = [
    fitted.map(({ column }) => column.title),
    ...items.map((_, row) => fitted.map(({ cells }) => cells[row] ?? '')),
  ];
  const styles = Object.fromEntries(fitted.map(({ column }, index) => [index, column.style]));
  // Headings are laid out with the rest and styled as a whole: a column's style is for its cells.
  const [heading = ''] = alignRows(rows, {}, Infinity);
  const [, ...lines] = alignRows(rows, styles, Infinity);
  return { heading: colors.dim(heading), lines };
}
