import { LocalError } from '../errors.ts';

/** A first line by which Excel names the separator. */
const SEPARATOR_LINE = /^sep=.\r?\n/i;

/**
 * Reads the rows of a CSV file one by one, each with the line on which it starts: the export of a whole data centre is
 * large, and only a few of its columns are needed.
 * @throws LocalError BAD_INVENTORY if the text is not CSV
 */
export async function forEachRow(
  source: string | Uint8Array,
  take: (row: string[], line: number) => void,
): Promise<void> {
  const { parse, CsvError } = await import('csv-parse/sync');
  const whole = decodeText(source);
  const text = whole.replace(SEPARATOR_LINE, '');
  const offset = text === whole ? 0 : 1;
  // A quoted cell may contain line breaks, so a record starts on the line after the end of the previous one.
  let ended = offset;
  try {
    parse(text, {
      delimiter: delimiterOf(/\S.*/.exec(text)?.[0] ?? ''),
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
      onRecord: (row: string[], { lines }: { lines: number }) => {
        const line = ended + 1;
        ended = lines + offset;
        take(row, line);
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

/** Decodes an export that RVTools, Excel or PowerShell saved: UTF-8, UTF-16 of both byte orders, or Windows-1252. */
function decodeText(source: string | Uint8Array): string {
  if (typeof source === 'string') return source.replace(/^\uFEFF/, '');
  const [first, second] = source;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(source);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(source);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    return new TextDecoder('windows-1252').decode(source);
  }
}

/** Finds the separator of the cells: the one of comma, semicolon and tab that the header line has most, outside quotes. */
function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (mark: string) => bare.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
