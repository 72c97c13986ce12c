import { CsvError, parse } from 'csv-parse/sync';
import { LandfallError } from '../../core/error.ts';
import { decodeText } from './decode.ts';

/** Excel's way of naming the separator, on a line of its own. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/i;
/** A record longer than this, in bytes, is a quote that was never closed. */
const LONGEST_RECORD = 1_000_000;
/** Part of the text in which the header line is looked for. */
const HEADER_ROOM = 200_000;

/** A record of a CSV file; `line` is the one it starts on, from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV with commas, semicolons or tabs. The first record comes first; blank lines are skipped, and a record may
 * have more or fewer cells than the header.
 * @param what how the file is called in messages: `a vInfo export of RVTools`
 * @throws LandfallError INVENTORY_INVALID naming the line
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
  // A quoted cell may hold line breaks: a record starts on the line after the one where the last ended.
  let ended = offset;
  try {
    parse(text, {
      delimiter: separator?.[1] ?? delimiterOf(text.slice(0, HEADER_ROOM)),
      relax_column_count: true,
      max_record_size: LONGEST_RECORD,
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

/** Whether a file is a workbook of Excel, as RVTools writes one: a zip archive, or before 2007 a compound file. */
function isWorkbook(bytes: Uint8Array): boolean {
  return [
    [0x50, 0x4b, 0x03, 0x04],
    [0xd0, 0xcf, 0x11, 0xe0],
  ].some((magic) => magic.every((byte, index) => bytes[index] === byte));
}

/** What separates the cells: whichever of comma, semicolon and tab the header has most of, outside quotes. */
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
