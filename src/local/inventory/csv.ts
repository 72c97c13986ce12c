import { LocalError } from '../errors.ts';

/** A first line by which Excel names the separator. */
const SEPARATOR_LINE = /^sep=.\n/i;

/**
 * Reads the rows of a CSV file one by one, each with the line on which it starts: the export of a whole data centre is
 * large, and only a few of its columns are needed.
 * @throws LocalError BAD_INVENTORY if the text is not CSV, or neither UTF-8 nor UTF-16 with a byte order mark
 */
export async function forEachRow(
  source: string | Uint8Array,
  take: (row: string[], line: number) => void,
): Promise<void> {
  const { parse, CsvError } = await import('csv-parse/sync');
  // The parser counts `\r\n` in quotes as two lines.
  const whole = decodeText(source).replace(/\r\n?/g, '\n');
  const text = whole.replace(SEPARATOR_LINE, '');
  const offset = text === whole ? 0 : 1;
  // A quoted cell may contain line breaks, so a record starts on the line after the end of the previous one.
  let ended = offset;
  try {
    parse(text, {
      delimiter: delimiterOf(/\S.*/.exec(text)?.[0] ?? ''),
      relax_column_count: true,
      record_delimiter: '\n',
      max_record_size: 1_000_000,
      onRecord: (row: string[], { lines }: { lines: number }) => {
        const line = ended + 1;
        ended = lines + offset;
        if (row.length > 1 || row[0] !== '') take(row, line);
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines = 1, column = 0 } = cause as { lines?: unknown; column?: unknown };
    const place = { line: offset + Number(lines), column: Number(column) + 1 };
    throw new LocalError(
      'BAD_INVENTORY',
      `line ${place.line}, column ${place.column} is not CSV: ${cause.message}`,
      'export the vInfo tab of RVTools as CSV again',
      { ...place, cause },
    );
  }
}

/**
 * Decodes UTF-8, and UTF-16 with a byte order mark. Code pages look alike: another encoding is not guessed.
 * @throws LocalError BAD_INVENTORY
 */
function decodeText(source: string | Uint8Array): string {
  if (typeof source === 'string') return source.replace(/^\uFEFF/, '');
  const [first, second] = source;
  const wide =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined;
  try {
    // A text has no zero bytes, but UTF-16 without its mark has.
    if (wide !== undefined || !source.includes(0))
      return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(source);
  } catch {
    // Refused below.
  }
  const line = wide === undefined ? firstBadLine(source) : 1;
  const message = wide === undefined ? `line ${line} is not UTF-8` : 'the text is not valid UTF-16';
  throw new LocalError(
    'BAD_INVENTORY',
    message,
    'save it as UTF-8, or as UTF-16 with a byte order mark; `landfall local load --encoding NAME` reads other encodings',
    { line, column: 1 },
  );
}

function isUtf8(latin: string): boolean {
  const bytes = Buffer.from(latin, 'latin1');
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}

function firstBadLine(source: Uint8Array): number {
  const lines = Buffer.from(source).toString('latin1').split('\n');
  return lines.findIndex((line) => line.includes('\0') || !isUtf8(line)) + 1;
}

/** Finds the separator of the cells: the one of comma, semicolon and tab that the header line has most, outside quotes. */
function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (mark: string) => bare.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
