/** Cells longer than this do not push the columns after them away, unless asked otherwise. */
const WIDEST = 40;

/**
 * Lays cells out in columns with two spaces between them. Columns that are empty in every row are left out, and rows
 * end where their last cell does. `styles` colour the cells of a column, by its number from 0, padding included, so
 * that colours take no room.
 */
export function alignRows(
  rows: readonly (readonly string[])[],
  styles: Readonly<Record<number, ((text: string) => string) | undefined>> = {},
  widest = WIDEST,
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
