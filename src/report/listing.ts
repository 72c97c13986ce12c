import type { Colors } from 'picocolors/types.js';
import { alignRows } from './table.ts';

/** A column of a listing; `cell` escapes what it is given, `style` colours the text of a cell, padding included. */
export interface Column<T> {
  readonly title: string;
  cell(item: T): string;
  readonly style?: (text: string) => string;
}

/** A heading and a line an item. Columns that no item fills are left out. */
export function listing<T>(
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
