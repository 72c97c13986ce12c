import { CsvError, parse } from 'csv-parse/sync';
import { LandfallError } from '../core/error.ts';
import { didYouMean } from '../core/suggest.ts';

/** A first line by which Excel names the separator. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/i;
/** A record that is longer than this, in bytes, has a quote that is not closed. */
const MAX_RECORD_BYTES = 1_000_000;
/** How much of the text is searched for the header line, in characters. */
const HEADER_SEARCH_LENGTH = 200_000;

/** A record of a CSV file, with the line on which it starts, from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV with commas, semicolons or tabs. Yields the header first. Blank lines are skipped, and a record may have more or
 * fewer cells than the header.
 * @param what the name of the file in messages: `a vInfo export of RVTools`
 * @throws LandfallError INVENTORY_INVALID with the line
 */
export function readRows(bytes: Uint8Array, file: string, what: string): readonly Row[] {
  if (isWorkbook(bytes)) {
    throw new LandfallError('INVENTORY_INVALID', 'this is an Excel workbook, and not CSV', {
      remedy: `open it, and save ${what} as CSV`,
      place: { file, line: 1, column: 1 },
    });
  }
  const whole = decodeText(bytes);
  const separator = SEPARATOR_LINE.exec(whole);
  const text = separator === null ? whole : whole.slice(separator[0].length);
  const offset = separator === null ? 0 : 1;
  const rows: Row[] = [];
  // A quoted cell may contain line breaks, so a record starts on the line after the end of the previous one.
  let ended = offset;
  try {
    parse(text, {
      delimiter: separator?.[1] ?? delimiterOf(text.slice(0, HEADER_SEARCH_LENGTH)),
      relax_column_count: true,
      max_record_size: MAX_RECORD_BYTES,
      onRecord: (cells: string[], { lines }: { lines: number }) => {
        const line = ended + 1;
        ended = lines + offset;
        if (cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells });
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { lines?: unknown };
    const line = Math.max(1, Number(lines ?? 1)) + offset;
    throw new LandfallError('INVENTORY_INVALID', `this is not CSV: ${cause.message.slice(0, 200)}`, {
      remedy: `save ${what} as CSV again`,
      place: { file, line, column: 1 },
      cause,
    });
  }
  return rows;
}

/** Whether a file is an Excel workbook, which RVTools can write: a zip archive, or a compound file before 2007. */
function isWorkbook(bytes: Uint8Array): boolean {
  return [
    [0x50, 0x4b, 0x03, 0x04],
    [0xd0, 0xcf, 0x11, 0xe0],
  ].some((magic) => magic.every((byte, index) => bytes[index] === byte));
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

  /** Finds the first of several titles that the header has. */
  find(titles: readonly string[]): CellReader | undefined {
    const found = titles
      .map((title) => this.#positions.get(title.toLowerCase()))
      .find((at) => at !== undefined);
    return found === undefined ? undefined : ({ cells }) => cells[found]?.trim() ?? '';
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

/**
 * Decodes an export that RVTools, Excel or PowerShell saved: UTF-8, or UTF-16 of both byte orders, with or without a
 * byte order mark; otherwise Windows-1252. Never throws.
 */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decodeAs('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decodeAs('utf-16be', bytes);
  // An export begins with a letter or a quote: without a mark, a zero byte next to it shows the byte order.
  if (bytes.length > 1 && second === 0 && first !== 0) return decodeAs('utf-16le', bytes);
  if (bytes.length > 1 && first === 0 && second !== 0) return decodeAs('utf-16be', bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decodeAs('windows-1252', bytes);
  }
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}
