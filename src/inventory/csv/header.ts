import { LandfallError } from '../../core/error.ts';
import { didYouMean } from '../../manifest/suggest.ts';
import type { Row } from './rows.ts';

/** Reads a cell of a row; empty where the export lacks the column or the row the cell. */
export type Cell = (row: Row) => string;

/** The header of a CSV file: columns in any order, found whatever their letter case. */
export class Header {
  readonly titles: readonly string[];
  readonly #file: string;
  readonly #line: number;
  readonly #positions = new Map<string, number>();

  /** @throws LandfallError INVENTORY_INVALID where there is no row at all */
  constructor(row: Row | undefined, file: string, what: string) {
    if (row === undefined) {
      throw new LandfallError('INVENTORY_INVALID', 'it holds no row', {
        remedy: `give ${what}, with its header line`,
        place: { file, line: 1, column: 1 },
      });
    }
    this.#file = file;
    this.#line = row.line;
    this.titles = row.cells.map((title) => title.trim());
    // Of two columns of one title the first counts, as it does in RVTools itself.
    for (const [index, title] of this.titles.entries()) {
      const key = title.toLowerCase();
      if (title !== '' && !this.#positions.has(key)) this.#positions.set(key, index);
    }
  }

  /** The first of some spellings of a column that is there. */
  find(titles: readonly string[]): Cell | undefined {
    const found = titles
      .map((title) => this.#positions.get(title.toLowerCase()))
      .find((at) => at !== undefined);
    return found === undefined ? undefined : ({ cells }) => cells[found]?.trim() ?? '';
  }

  /** A column that may be missing. */
  optional(titles: readonly string[]): Cell {
    return this.find(titles) ?? (() => '');
  }

  /**
   * A column that must be there.
   * @param why ends the sentence "there is no column …"
   * @throws LandfallError INVENTORY_INVALID naming the column
   */
  required(titles: readonly string[], why: string, remedy: string): Cell {
    const cell = this.find(titles);
    if (cell !== undefined) return cell;
    const names = titles.map((title) => JSON.stringify(title)).join(' or ');
    throw new LandfallError('INVENTORY_INVALID', `there is no column ${names}${why}`, {
      remedy: didYouMean(titles[0] ?? '', this.titles, remedy),
      place: { file: this.#file, line: this.#line, column: 1 },
    });
  }
}
