import type { Colors } from 'picocolors/types.js';

/** Cells longer than this do not push the columns after them away, unless asked otherwise. */
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

/** A column of a listing; `cell` escapes what it is given, `style` colours the text of a cell, padding included. */
export interface Column<T> {
  readonly title: string;
  cell(item: T): string;
  readonly style?: (text: string) => string;
}

/** A heading and a line an item. Columns that no item fills are left out. */
export function formatListing<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  colors: Colors,
): { readonly heading: string; readonly lines: readonly string[] } {
  const cells = items.map((item) => columns.map((column) => column.cell(item)));
  const filled = columns.map((_, index) => cells.some((row) => row[index] !== ''));
  const titles = columns.map(({ title }, index) => (filled[index] === true ? title : ''));
  const styles = Object.fromEntries(columns.map(({ style }, index) => [index, style]));
  // Headings are laid out with the rest and styled as a whole: a column's style is for its cells.
  const [heading = ''] = alignRows([titles, ...cells], {}, Infinity);
  const [, ...lines] = alignRows([titles, ...cells], styles, Infinity);
  return { heading: colors.dim(heading), lines };
}
