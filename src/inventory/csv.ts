import { CsvError, parse } from 'csv-parse/sync';
import { LandfallError } from '../core/error.ts';
import type { FileEncoding, SkippedEntry } from '../core/inventory.ts';
import { didYouMean } from '../core/suggest.ts';
import { decodeExport } from './encoding.ts';

/** A first line by which Excel names the separator. */
const SEPARATOR_LINE = /^sep=(.)\n/i;
/** A record that is longer than this, in bytes, has a quote that is not closed. */
const MAX_RECORD_BYTES = 1_000_000;
/** How much of the text is searched for the header line, in characters. */
const HEADER_SEARCH_LENGTH = 200_000;

/** A record of a CSV file, with the line on which it starts, from 1, as an editor shows it. */
export interface Row {
  readonly line: number;
  /** The line on which it ends, if a cell has line breaks. */
  readonly lastLine?: number;
  readonly cells: readonly string[];
}

/** The rows of a file: of CSV, or of a sheet. Blank rows are left out; a row may have more or fewer cells than the header. */
export interface Table {
  /** Absent: the file has no row. */
  readonly header: Row | undefined;
  readonly rows: readonly Row[];
  /** Absent: the file is not text. */
  readonly encoding?: FileEncoding;
  /** What `line` of a row counts; absent: lines. */
  readonly unit?: 'line' | 'row' | 'VM';
  /** Rows that the file itself says are no VMs to migrate. */
  readonly leftOut?: readonly SkippedEntry[];
  /** The rows of the tab with the disks of the VMs, its header first, where a workbook has one. */
  readonly disks?: readonly Row[];
  /** How the file was read, where it is not the one that the command names. */
  readonly notes?: readonly string[];
}

/** How to read a file. */
export interface TableOptions {
  /** As shown to the user. */
  readonly file: string;
  /** What the file is called in messages: `the vInfo tab of RVTools`. */
  readonly what: string;
  /** The encoding that the user gives; absent: it is found out (see `decodeExport`). */
  readonly encoding?: string;
}

/**
 * Reads CSV with commas, semicolons or tabs, whose first row is its header.
 * @param source a table that has been read already stays as it is
 * @throws LandfallError INVENTORY_INVALID with the line; USAGE for an unknown encoding
 */
export function readTable(source: Uint8Array | Table, { file, what, encoding: wanted }: TableOptions): Table {
  if (!(source instanceof Uint8Array)) return source;
  const { text, encoding } = decodeExport(source, file, wanted);
  const [header, ...rows] = parseRows(text, file, what);
  return { header, rows, encoding };
}

/**
 * Reads the rows of CSV.
 * @param delimiter absent: the first row shows it
 * @throws LandfallError INVENTORY_INVALID
 */
export function parseRows(source: string, file: string, what: string, delimiter?: string): readonly Row[] {
  // The parser counts `\r\n` in quotes as two lines.
  const whole = source.replace(/\r\n?/g, '\n');
  const separator = SEPARATOR_LINE.exec(whole);
  const text = separator === null ? whole : whole.slice(separator[0].length);
  const offset = separator === null ? 0 : 1;
  const rows: Row[] = [];
  // A quoted cell may contain line breaks, so a record starts on the line after the end of the previous one.
  let ended = offset;
  try {
    parse(text, {
      delimiter: separator?.[1] ?? delimiter ?? delimiterOf(text.slice(0, HEADER_SEARCH_LENGTH)),
      record_delimiter: '\n',
      relax_column_count: true,
      max_record_size: MAX_RECORD_BYTES,
      onRecord: (cells: string[], { lines }: { lines: number }) => {
        const line = ended + 1;
        ended = lines + offset;
        if (cells.some((cell) => cell.trim() !== ''))
          rows.push({ line, cells, ...(ended > line && { lastLine: ended }) });
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { lines?: unknown };
    const found = Math.max(ended + 1, Number(lines ?? 1) + offset);
    const isOpen = cause.code === 'CSV_QUOTE_NOT_CLOSED' || cause.code === 'CSV_MAX_RECORD_SIZE';
    const why = isOpen
      ? 'the row that begins here has a quote that is not closed'
      : found === ended + 1
        ? 'the row has a quote inside a cell'
        : `the row that begins here has a quote that is not closed, or line ${found} has a quote inside a cell`;
    throw new LandfallError('INVENTORY_INVALID', `this is not CSV: ${why}`, {
      remedy: `put quotes around the whole cell, and two quotes for one inside it, or save ${what} as CSV again`,
      place: { file, line: ended + 1, column: 1 },
      cause,
    });
  }
  return rows;
}

/** Splits rows into those whose cells belong to the columns of the header, and the others, with the reason. */
export function splitRagged(
  rows: readonly Row[],
  header: Header,
): { readonly sound: readonly Row[]; readonly leftOut: SkippedEntry[] } {
  const leftOut: SkippedEntry[] = [];
  const sound = rows.filter((row) => {
    const reason = header.whyRagged(row);
    if (reason !== undefined) leftOut.push({ name: '', origin: `line ${row.line}`, reason });
    return reason === undefined;
  });
  return { sound, leftOut };
}

/** Finds the separator of the cells: the one of comma, semicolon and tab that the header has most, outside quotes. */
function delimiterOf(text: string): string {
  const counts = new Map([',', ';', '\t'].map((mark) => [mark, 0]));
  let quoted = false;
  let begun = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '\n' && begun) break;
    else if (!quoted && counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
    begun ||= character.trim() !== '';
  }
  const [best = ','] = [...counts].toSorted(([, a], [, b]) => b - a).map(([mark]) => mark);
  return best;
}

/** Reads a cell of a row. A missing column or cell reads as empty. */
export type CellReader = (row: Row) => string;

/** The header of a CSV file: columns in any order and any letter case. */
export class Header {
  readonly titles: readonly string[];
  /** The number of cells up to the last column that decides what becomes of a row. */
  #needed = 0;
  readonly #file: string;
  readonly #line: number;
  readonly #positions = new Map<string, number>();

  /** @throws LandfallError INVENTORY_INVALID if the file has no rows */
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
    // Of two columns with the same title the first counts, as in RVTools itself.
    for (const [index, title] of this.titles.entries()) {
      const key = title.toLowerCase();
      if (title !== '' && !this.#positions.has(key)) this.#positions.set(key, index);
    }
  }

  /** Finds the first of several titles that the header has. A row without a cell for it is no row (`whyRagged`). */
  find(titles: readonly string[]): CellReader | undefined {
    const found = this.#positionOf(titles);
    if (found === undefined) return undefined;
    this.#needed = Math.max(this.#needed, found + 1);
    return ({ cells }) => cells[found]?.trim() ?? '';
  }

  /** Finds a column that may be missing, and whose cell may be missing in a row. */
  extra(title: string): CellReader {
    const found = this.#positionOf([title]);
    return ({ cells }) => cells[found ?? -1]?.trim() ?? '';
  }

  /** Returns the reader of a column by its position, where titles differ by letter case. Its cell may be missing. */
  at(index: number): CellReader {
    return ({ cells }) => cells[index]?.trim() ?? '';
  }

  #positionOf(titles: readonly string[]): number | undefined {
    return titles.map((title) => this.#positions.get(title.toLowerCase())).find((at) => at !== undefined);
  }

  /**
   * Returns why the cells of a row are not those of its columns, with both counts. Excel leaves out empty cells at the end
   * of a row, and adds some: that is no reason, unless one of them belongs to a column that was looked for.
   */
  whyRagged({ cells, line, lastLine }: Row): string | undefined {
    // A spreadsheet gives all rows, and the header, the width of the longest row.
    const width = this.titles.findLastIndex((title) => title !== '') + 1;
    const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (filled <= width && cells.length >= this.#needed) return undefined;
    const count = filled > width ? filled : cells.length;
    const lines = lastLine === undefined ? '' : ` (lines ${line} to ${lastLine}: is a quote not closed?)`;
    return `has ${count} ${count === 1 ? 'cell' : 'cells'}, and the header has ${width}${lines}`;
  }

  /** Finds an optional column. */
  optional(titles: readonly string[]): CellReader {
    return this.find(titles) ?? (() => '');
  }

  /**
   * Finds a required column.
   * @param why ends the sentence "there is no column …"
   * @throws LandfallError INVENTORY_INVALID naming the column
   */
  required(titles: readonly string[], why: string, remedy: string): CellReader {
    const cell = this.find(titles);
    if (cell !== undefined) return cell;
    const names = titles.map((title) => JSON.stringify(title)).join(' or ');
    throw new LandfallError('INVENTORY_INVALID', `there is no column ${names}${why}`, {
      remedy: didYouMean(titles[0] ?? '', this.titles, remedy),
      place: { file: this.#file, line: this.#line, column: 1 },
    });
  }
}
