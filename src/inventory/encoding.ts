import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import type { FileEncoding } from '../core/inventory.ts';
import { LandfallError } from '../core/error.ts';
import { didYouMean } from '../core/suggest.ts';
import { findBadCharacter } from '../manifest/source.ts';

/** What an export says, and in which encoding it was read. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: FileEncoding;
}

/**
 * The code pages that an export may be in where it is not Unicode: those that Windows, Excel ("CSV", "CSV (MS-DOS)",
 * "CSV (Macintosh)") and vSphere tools write in the countries of the world.
 */
const CODE_PAGES = [
  ...['windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'windows-1255'],
  ...['windows-1256', 'windows-1257', 'windows-1258', 'windows-874', 'shift_jis', 'gbk', 'big5', 'euc-kr'],
  ...['euc-jp', 'cp850', 'cp852', 'cp437', 'ibm866', 'macintosh', 'koi8-r', 'iso-8859-2'],
] as const;

/** The share of texts that a reading must garble before it counts as wrong. */
const GARBLED_SHARE = 0.2;
/** Most readings that an error lists, and the longest text that it quotes, in characters. */
const [MAX_READINGS, MAX_QUOTED] = [12, 40];
/** How much of a text is searched for names that an error quotes, in characters. */
const NAMES_LENGTH = 1_000_000;
/** How much of a file without a mark is searched for the zero bytes of UTF-16, in bytes. */
const SAMPLE_BYTES = 2000;

/**
 * Decodes an export: UTF-8 and UTF-16 with or without a byte order mark, or a code page if all that fit read it in the same
 * way. Never replaces or drops a character.
 * @param wanted the encoding that the user gives: a label of the WHATWG Encoding Standard, or a code page such as `cp850`
 * @throws LandfallError INVENTORY_INVALID with the first wrong byte, or with the readings among which the user must choose;
 * USAGE for an unknown encoding
 */
export function decodeExport(bytes: Uint8Array, file: string, wanted?: string): DecodedText {
  const marked = encodingOfMark(bytes, file);
  if (wanted !== undefined) return decodeWanted(bytes, file, wanted, marked);
  if (marked !== undefined) return decodeUnicode(bytes, file, marked, 'its byte order mark says so');
  const wide = encodingOfZeroBytes(bytes);
  if (wide !== undefined) return decodeUnicode(bytes, file, wide, 'every other byte is zero');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const isAscii = text.length === bytes.length;
    return {
      text,
      encoding: isAscii
        ? { name: 'us-ascii', reason: 'it has no other characters' }
        : { name: 'utf-8', reason: 'all of its bytes are valid UTF-8' },
    };
  } catch {
    return decodeCodePage(bytes, file);
  }
}

function encodingOfMark(bytes: Uint8Array, file: string): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a !== 0xff || b !== 0xfe) return undefined;
  if (c === 0 && d === 0) throw invalid('the file is in UTF-32', file, 'save it as UTF-8');
  return 'utf-16le';
}

/** Tells UTF-16 without a mark: of the letters, digits and separators of a header, one byte of two is zero. */
function encodingOfZeroBytes(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  // Text has no character of two zero bytes.
  const isText = sample.every((byte, index) => byte !== 0 || index % 2 === 0 || sample[index - 1] !== 0);
  if (!isText || Math.max(even, odd) < Math.max(1, sample.length * 0.1)) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** @throws LandfallError INVENTORY_INVALID with the place of what is not in the encoding */
function decodeUnicode(bytes: Uint8Array, file: string, name: string, reason: string): DecodedText {
  try {
    return {
      text: new TextDecoder(name, { fatal: true }).decode(bytes),
      encoding: { name, reason },
    };
  } catch {
    const { text, offset, byte, isLast, bad } = findBadCharacter(bytes, name);
    const place = { file, ...positionOf(text, offset) };
    const title = name.toUpperCase();
    if (isLast) throw cutOff(place, title);
    const others = bad > 1 ? `, and ${bad - 1} more` : '';
    throw new LandfallError('INVENTORY_INVALID', `the byte ${byte} here is not ${title}${others}`, {
      remedy: `save the file as UTF-8 again with the program that made it (read as ${title}: ${reason})`,
      place,
    });
  }
}

/** Returns the line and column of a character, as an editor shows them. */
function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(/\r\n?|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function cutOff(place: LandfallError['place'] & object, title: string): LandfallError {
  return new LandfallError(
    'INVENTORY_INVALID',
    `the file ends in the middle of a character of ${title}: it is not complete`,
    { remedy: 'export or copy the file again', place },
  );
}

function invalid(message: string, file: string, remedy: string): LandfallError {
  return new LandfallError('INVENTORY_INVALID', message, { remedy, place: { file, line: 1, column: 1 } });
}

/** @throws LandfallError USAGE, INVENTORY_INVALID */
function decodeWanted(
  bytes: Uint8Array,
  file: string,
  wanted: string,
  marked: string | undefined,
): DecodedText {
  const name = encodingOfLabel(wanted);
  const isUtf16 = /^utf-?16$/i.test(wanted.trim());
  if (marked !== undefined && marked !== name && !isUtf16) {
    const message = `the file begins with the byte order mark of ${marked.toUpperCase()}, and --encoding is ${wanted}`;
    throw invalid(message, file, 'leave --encoding out');
  }
  const reason = '--encoding says so';
  if (/^utf-/.test(name)) return decodeUnicode(bytes, file, (isUtf16 ? marked : undefined) ?? name, reason);
  const text = decodeAs(name, bytes);
  const wrong = WRONG_CHARACTER.exec(text);
  if (wrong !== null) {
    throw new LandfallError(
      'INVENTORY_INVALID',
      `the file is not ${name}: it has no character for the bytes here`,
      {
        remedy: 'give another --encoding; without it, landfall lists those that fit',
        place: { file, ...positionOf(text, wrong.index) },
      },
    );
  }
  return { text, encoding: { name, reason } };
}

/** @throws LandfallError USAGE */
function encodingOfLabel(label: string): string {
  const trimmed = label.trim().toLowerCase();
  try {
    // The standard has one name for each label: `latin1` and `cp1252` are windows-1252.
    return new TextDecoder(trimmed).encoding;
  } catch (cause) {
    if (/^(?:cp|ibm)\d+$/.test(trimmed) && iconv.encodingExists(trimmed)) return trimmed;
    const known = ['utf-8', 'utf-16le', 'utf-16be', ...CODE_PAGES];
    throw new LandfallError('USAGE', `--encoding ${JSON.stringify(label)} is not known`, {
      remedy: didYouMean(
        trimmed,
        known,
        `give one such as ${known.slice(0, 6).join(', ')}, or another label of the WHATWG Encoding Standard`,
      ),
      cause,
    });
  }
}

/** A character that no code page should give: a control character, none at all, or one of a private area. */
const WRONG_CHARACTER = /[\u0080-\u009f\ufffd\p{Co}\p{Cn}]/u;

function decodeAs(name: string, bytes: Uint8Array): string {
  // TextDecoder drops some wrong bytes of code pages and reports nothing; iconv-lite replaces each by U+FFFD.
  if (iconv.encodingExists(name)) return iconv.decode(Buffer.from(bytes), name);
  return new TextDecoder(name, { fatal: false }).decode(bytes);
}

/**
 * Decodes a file that is not Unicode.
 * @throws LandfallError INVENTORY_INVALID unless all code pages that fit read it in the same way
 */
function decodeCodePage(bytes: Uint8Array, file: string): DecodedText {
  const { text, offset, byte, isLast, good, bad } = findBadCharacter(bytes, 'utf-8');
  const place = { file, ...positionOf(text, offset) };
  if (good >= bad) {
    if (isLast) throw cutOff(place, 'UTF-8');
    const others = bad > 1 ? ` and ${bad - 1} more are` : ' is';
    const message = `the byte ${byte} here${others} not UTF-8, but ${good} other ${good === 1 ? 'character is' : 'characters are'}`;
    throw new LandfallError('INVENTORY_INVALID', message, {
      remedy:
        'correct the text here, and save the file as UTF-8; if all of it is in another encoding, give --encoding NAME',
      place,
    });
  }
  if (bytes.includes(0)) throw invalid('the file is not text', file, 'give the file as CSV');
  const texts = textsOf(bytes);
  const readings = CODE_PAGES.map((name) => ({ name, ...readAs(name, texts) })).filter(
    ({ isWrong }) => !isWrong,
  );
  const plausible = readings.filter(({ garbled }) => garbled < texts.length * GARBLED_SHARE);
  const [first] = plausible;
  if (first !== undefined && differingText(plausible) === undefined) {
    const same =
      plausible.length === 1 ? 'no other code page fits' : `so do ${plausible.length - 1} others that fit`;
    return {
      text: decodeAs(first.name, bytes),
      encoding: { name: first.name, reason: `it is not UTF-8, and reads well as this; ${same}` },
    };
  }
  const message = `the byte ${byte} here is not UTF-8, and several code pages fit`;
  const remedy = remedyFor(plausible.length > 0 ? plausible : readings);
  throw new LandfallError('INVENTORY_INVALID', message, { remedy, place });
}

/**
 * Returns the different texts between separators that are not ASCII, the names of VMs first. Bytes of two-byte characters are
 * no separators.
 */
function textsOf(bytes: Uint8Array): readonly Buffer[] {
  const latin = Buffer.from(bytes).toString('latin1');
  const all = [...namesOf(latin), ...latin.split(/[\t\r\n",;]+/)];
  const foreign = new Set(all.filter((text) => /[\x80-\xff]/.test(text)));
  return [...foreign].map((text) => Buffer.from(text, 'latin1'));
}

/** The titles of columns with the name of a VM or server, in lower case. */
const NAME_TITLES = ['vm', 'vinfovmname', 'name', 'hostname', 'mgn:server:user-provided-id', 'server_name'];

/** Returns the cells of the column with the names of VMs in the beginning of the text; none if no title is found. */
function namesOf(latin: string): readonly string[] {
  const names: string[] = [];
  let at = -1;
  try {
    parse(latin.slice(0, NAMES_LENGTH), {
      ...{ delimiter: [',', ';', '\t'], relax_column_count: true, relax_quotes: true },
      onRecord: (cells: string[]) => {
        if (at >= 0) names.push(cells[at]?.trim() ?? '');
        else at = cells.findIndex((cell) => NAME_TITLES.includes(cell.trim().toLowerCase()));
        return null;
      },
    });
  } catch {
    // The end of the text may be inside quotes; the names before it are enough.
  }
  return names;
}

interface Reading {
  readonly texts: readonly string[];
  readonly isWrong: boolean;
  /** The number of texts that no one would write. */
  readonly garbled: number;
}

function readAs(name: string, texts: readonly Buffer[]): Reading {
  const read: string[] = [];
  let garbled = 0;
  for (const bytes of texts) {
    const text = decodeAs(name, bytes);
    if (WRONG_CHARACTER.test(text)) return { texts: [], isWrong: true, garbled };
    if (GARBLED.some((sign) => sign.test(text))) garbled += 1;
    read.push(text);
  }
  return { texts: read, isWrong: false, garbled };
}

/** Returns the index of the first text that is not the same in all readings. */
function differingText([first, ...others]: readonly Reading[]): number | undefined {
  const found = first?.texts.findIndex((text, index) => others.some(({ texts }) => texts[index] !== text));
  return found === undefined || found < 0 ? undefined : found;
}

/** Signs of a wrong code page: what no one writes inside a word. */
const GARBLED = [
  // One letter of another script between Latin letters: "Zьrich".
  /[a-z](?![\0-\x7f\p{Script=Latin}]|[\u0300-\u036f])[\p{L}\p{M}\p{Nd}][a-z]/iu,
  // A capital letter with an accent inside a word: "ZŘrich".
  /[A-Za-z][^\P{Lu}A-Z][a-z]/u,
  // A sign between letters: "Z¸rich".
  /\p{L}[^\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{Nd}\0-\x7f\u3005\u30fc\u2018\u2019\xb7\u2013]\p{L}/u,
];

function remedyFor(readings: readonly (Reading & { readonly name: string })[]): string {
  if (readings.length === 0) return 'save the file as UTF-8, or give its encoding with --encoding NAME';
  const namesOf = new Map<string, string[]>();
  const quoted = differingText(readings) ?? 0;
  for (const { name, texts } of readings) {
    const shown = (texts[quoted] ?? '').trim().slice(0, MAX_QUOTED);
    namesOf.set(shown, [...(namesOf.get(shown) ?? []), name]);
  }
  const lines = [...namesOf]
    .slice(0, MAX_READINGS)
    .map(([sample, names]) => `"${sample}" with ${names.join(', ')}`);
  return `save the file as UTF-8, or give --encoding NAME with the name that reads this text right: ${lines.join('; ')}`;
}
