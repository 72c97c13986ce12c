import type { LandfallError } from '../core/error.ts';
import type { Row } from './csv.ts';
import { SAVE_AS_CSV, WorkbookArchive } from './workbook-archive.ts';

/** Most rows of a sheet: those that Excel itself allows. */
const MAX_ROWS = 1_048_576;
/** Most columns: RVTools writes about 100, and each custom attribute adds one. */
const MAX_COLUMNS = 2_000;
/** Most cells of a sheet, with the empty ones. */
const MAX_CELLS = 30_000_000;
/** A workbook whose sheets are read one by one. */
export interface Workbook {
  /** The names of its sheets with cells, in their order. */
  readonly sheets: readonly string[];
  /**
   * Reads the rows that are not blank. Each has as many cells as the longest. Cells are as Excel saves them to CSV in
   * English: `TRUE`, `16384`; dates in ISO 8601; of a formula, the result that Excel has stored.
   * @throws LandfallError INVENTORY_INVALID
   */
  read(sheet: string): readonly Row[];
}

/**
 * Opens a workbook of Excel 2007 or later (ECMA-376, SpreadsheetML).
 * @param file as shown to the user
 * @throws LandfallError INVENTORY_INVALID if it is another kind of archive, is damaged, or unpacks to more than 400 MB
 */
export function openWorkbook(bytes: Uint8Array, file: string): Workbook {
  const archive = new WorkbookArchive(bytes, file);
  const names: { name: string; id: string }[] = [];
  let isFrom1904 = false;
  archive.parse('xl/workbook.xml', {
    open(tag, attribute) {
      if (tag === 'sheet') names.push({ name: attribute('name') ?? '', id: attribute('id') ?? '' });
      if (tag === 'workbookPr') isFrom1904 = /^(?:1|true)$/.test(attribute('date1904') ?? '');
    },
  });
  const paths = sheetPaths(archive);
  const sheets = names.flatMap(({ name, id }) => {
    const path = paths.get(id);
    return path === undefined ? [] : [{ name, path }];
  });
  let shared: { readonly strings: readonly string[]; readonly dateStyles: ReadonlySet<number> } | undefined;
  return {
    sheets: sheets.map(({ name }) => name),
    read(sheet) {
      const path = sheets.find(({ name }) => name === sheet)?.path ?? '';
      shared ??= { strings: readSharedStrings(archive), dateStyles: readDateStyles(archive) };
      return readSheet(archive, path, { ...shared, isFrom1904, sheet });
    },
  };
}

/** Returns the part of each worksheet, by the id of its relationship. */
function sheetPaths(archive: WorkbookArchive): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  archive.parse('xl/_rels/workbook.xml.rels', {
    open(tag, attribute) {
      if (tag !== 'Relationship' || attribute('Type')?.endsWith('/worksheet') !== true) return;
      const target = attribute('Target') ?? '';
      paths.set(attribute('Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    },
  });
  return paths;
}

/** Collects the text of an element: of `<t>` in it, also in parts with their own format, but not of pronunciation guides. */
class TextCollector {
  text = '';
  #isText = false;
  #isGuide = false;

  open(tag: string): void {
    if (tag === 'rPh') this.#isGuide = true;
    this.#isText = tag === 't' && !this.#isGuide;
  }

  add(text: string): void {
    if (this.#isText) this.text += text;
  }

  close(tag: string): void {
    if (tag === 'rPh') this.#isGuide = false;
    this.#isText = false;
  }
}

function readSharedStrings(archive: WorkbookArchive): readonly string[] {
  const strings: string[] = [];
  let item = new TextCollector();
  archive.parse('xl/sharedStrings.xml', {
    open(tag) {
      if (tag === 'si') item = new TextCollector();
      item.open(tag);
    },
    text: (text) => {
      item.add(text);
    },
    close(tag) {
      item.close(tag);
      if (tag === 'si') strings.push(unescapeText(item.text));
    },
  });
  return strings;
}

/** Excel writes characters that XML does not allow as `_x000D_`. */
const unescapeText = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** The numbers of Excel's own formats for dates and times (ECMA-376, part 1, 18.8.30). */
const isDateFormat = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 58);
/** Whether a format shows parts of a date, outside of quotes, escapes, and brackets such as `[Red]`. */
const isDateCode = (code: string): boolean =>
  /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ''));

/** Returns the styles of cells whose numbers are dates. */
function readDateStyles(archive: WorkbookArchive): ReadonlySet<number> {
  const codes = new Map<number, boolean>();
  const styles = new Set<number>();
  let isCell = false;
  let index = 0;
  archive.parse('xl/styles.xml', {
    open(tag, attribute) {
      if (tag === 'cellXfs') isCell = true;
      const id = Number(attribute('numFmtId'));
      if (tag === 'numFmt') codes.set(id, isDateCode(attribute('formatCode') ?? ''));
      if (tag !== 'xf' || !isCell) return;
      if (codes.get(id) ?? isDateFormat(id)) styles.add(index);
      index += 1;
    },
    close(tag) {
      if (tag === 'cellXfs') isCell = false;
    },
  });
  return styles;
}

interface SheetContext {
  readonly sheet: string;
  readonly strings: readonly string[];
  readonly dateStyles: ReadonlySet<number>;
  readonly isFrom1904: boolean;
}

function readSheet(archive: WorkbookArchive, path: string, context: SheetContext): readonly Row[] {
  const rows: { line: number; cells: string[] }[] = [];
  let line = 0;
  let column = -1;
  let cells: string[] = [];
  let width = 0;
  let cell = { type: '', style: -1, value: '', inline: new TextCollector() };
  let isValue = false;
  const tooLarge = (what: string): LandfallError =>
    archive.error(`the tab ${JSON.stringify(context.sheet)} has ${what}`, SAVE_AS_CSV, Math.max(1, line));
  archive.parse(path, {
    open(tag, attribute) {
      if (tag === 'row') {
        line = Number(attribute('r') ?? line + 1);
        if (!(line <= MAX_ROWS)) throw tooLarge(`a row ${line}; the limit is ${MAX_ROWS}`);
        [column, cells] = [-1, []];
      } else if (tag === 'c') {
        column = columnOf(attribute('r')) ?? column + 1;
        if (column >= MAX_COLUMNS)
          throw tooLarge(`a cell in column ${column + 1}; the limit is ${MAX_COLUMNS}`);
        const style = Number(attribute('s') ?? -1);
        cell = { type: attribute('t') ?? 'n', style, value: '', inline: new TextCollector() };
      } else cell.inline.open(tag);
      isValue = tag === 'v';
    },
    text(text) {
      if (isValue) cell.value += text;
      else cell.inline.add(text);
    },
    close(tag) {
      isValue = false;
      cell.inline.close(tag);
      if (tag === 'c') {
        const text = textOf(cell, context);
        while (text !== '' && cells.length < column) cells.push('');
        if (text !== '') cells[column] = text;
      } else if (tag === 'row' && cells.some((text) => text.trim() !== '')) {
        rows.push({ line, cells });
        width = Math.max(width, cells.length);
        if (rows.length * width > MAX_CELLS)
          throw tooLarge(`more than ${MAX_CELLS} cells, with the empty ones of ${width} columns`);
      }
    },
  });
  for (const row of rows) while (row.cells.length < width) row.cells.push('');
  return rows;
}

/** Returns the column of a reference such as `AB12`, from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]+/i.exec(reference ?? '')?.[0].toUpperCase();
  if (letters === undefined) return undefined;
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function textOf(
  { type, style, value, inline }: { type: string; style: number; value: string; inline: TextCollector },
  { strings, dateStyles, isFrom1904 }: SheetContext,
): string {
  switch (type) {
    case 's':
      return strings[Number(value)] ?? '';
    case 'b':
      return value === '' ? '' : value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
    case 'inlineStr':
      return unescapeText(inline.text);
    case 'n':
      if (value === '' || Number.isNaN(Number(value))) return value;
      if (dateStyles.has(style)) return dateOf(Number(value), isFrom1904);
      // Excel stores 0.1 as 0.10000000000000001, and large numbers with an exponent.
      return /^-?\d{1,15}$/.test(value) ? value : String(Number(Number(value).toPrecision(15)));
    default:
      return type === 'str' ? unescapeText(value) : value;
  }
}

/** Days from the first day of Excel's two calendars to 1970-01-01; the first has a 29 February 1900, which did not exist. */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;

/** Returns a date of Excel in ISO 8601: the day, and the time if it is not midnight. */
function dateOf(serial: number, isFrom1904: boolean): string {
  const days = serial - (isFrom1904 ? EPOCH_1904 : EPOCH_1900);
  const date = new Date(Math.round(days * 86_400) * 1000);
  if (Number.isNaN(date.getTime())) return String(serial);
  const [day = '', time = ''] = date.toISOString().replace('.000Z', '').split('T');
  if (serial >= 0 && serial < 1) return time;
  return time === '00:00:00' ? day : `${day}T${time}`;
}
