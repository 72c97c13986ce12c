import { newMap, resolvePlain, type Value, type ValueMap } from './node.ts';

/** A document that is written plainly: its values, and the offsets of what is not wrong but has a place all the same. */
export interface PlainDocument {
  readonly value: ValueMap;
  readonly start: number;
  /** Of each item of `spec.vms`. */
  readonly vmStarts: readonly number[];
}

/**
 * Reads a text of which each line is a key, an item, or a comment, and each value is on the line of its key: as nearly all
 * manifests are written. That takes a tenth of the time of a YAML parser, and makes no tree of places.
 * @param readFlow reads the value in brackets or braces that a line ends with; returns undefined where it has any problem
 * @returns undefined where the text has anything else: an anchor, an escape, a text of several lines, a character that
 * cannot be seen, a mistake
 */
export function readPlain(
  text: string,
  readFlow: (text: string) => Value | undefined,
): readonly PlainDocument[] | undefined {
  if (PLACEHOLDER.test(text) || (NOT_ASCII.test(text) && HIDDEN.test(text))) return undefined;
  try {
    return new PlainReader(text.endsWith('\n') ? text : `${text}\n`, readFlow).read();
  } catch (error) {
    if (error !== NOT_PLAIN) throw error;
    return undefined;
  }
}

/** The beginning of a placeholder of a template. */
const PLACEHOLDER = /\{\{|\{%|\$\{|<%/;
/** A character that cannot be seen, or is no character. Most texts have none beyond ASCII, which is found out faster. */
const HIDDEN = /[^\n\P{C}]|[\p{Zl}\p{Zp}]/u;
const NOT_ASCII = /[^\n -~]/;

/** `{ name: sdsc-01 }`: nearly all wave files have it. */
const ONE_PAIR = /^\{ ([A-Za-z]+): ([A-Za-z0-9][\w./-]*) \}$/;

const NOT_PLAIN = new Error('the text is not written plainly');

/** Deepest level of mappings and lists, and most documents; YAML may have more. */
const MAX_LEVEL = 16;
const MAX_DOCUMENTS = 100;
/** Most brackets and braces of a value on one line. */
const MAX_BRACKETS = 32;

const [NEW_LINE, SPACE, QUOTE, HASH, APOSTROPHE, DASH, COLON, BRACKET, BRACE] = [
  ...[10, 32, 34, 35, 39, 45, 58, 91, 123],
] as const;

/** A mapping or a list, and the column of its keys or dashes. */
interface Level {
  readonly column: number;
  readonly map?: ValueMap;
  readonly list?: Value[];
  /** Where the offsets of the items are kept; absent: nowhere. */
  readonly starts?: number[];
}

class PlainReader {
  readonly #text: string;
  readonly #readFlow: (text: string) => Value | undefined;
  readonly #documents: PlainDocument[] = [];
  /** The mappings and lists that the line at hand may add to, from the root on. */
  #levels: Level[] = [];
  #vmStarts: number[] = [];
  /** The last key, without a value so far. */
  #open: { readonly map: ValueMap; readonly key: string; readonly column: number } | undefined;
  /** The last key of the root. */
  #rootKey = '';
  /** Offset from which on the text is still to be read. */
  #at = 0;

  constructor(text: string, readFlow: (text: string) => Value | undefined) {
    this.#text = text;
    this.#readFlow = readFlow;
  }

  read(): readonly PlainDocument[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const line = this.#at;
      this.#skipSpaces();
      const code = text.charCodeAt(this.#at);
      if (code === NEW_LINE) this.#at++;
      else if (code === HASH) this.#at = text.indexOf('\n', this.#at) + 1;
      else if (code === DASH && this.#at === line && text.startsWith('---\n', line)) {
        this.#levels = [];
        this.#open = undefined;
        this.#at += 4;
      } else this.#readLine(line);
    }
    return this.#documents;
  }

  #readLine(line: number): void {
    const start = this.#at;
    const isItem = this.#text.charCodeAt(start) === DASH;
    const level = this.#levelAt(start - line, isItem);
    if (level.map !== undefined) this.#readEntry(level.map, line);
    else this.#readItem(level, line);
  }

  /** Finds the mapping or list that a line is part of, or opens it. */
  #levelAt(column: number, isItem: boolean): Level {
    const levels = this.#levels;
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined && (column > open.column || (isItem && column === open.column))) {
      if (levels.length > MAX_LEVEL) throw NOT_PLAIN;
      const isVms = levels.length === 2 && open.key === 'vms' && this.#rootKey === 'spec';
      const level: Level = isItem
        ? { column, list: [], ...(isVms && { starts: this.#vmStarts }) }
        : { column, map: newMap() };
      open.map[open.key] = level.map ?? level.list;
      levels.push(level);
      return level;
    }
    if (levels.length === 0) return this.#beginDocument(column, isItem);
    while ((levels.at(-1)?.column ?? 0) > column) levels.pop();
    // The items of a key may be in the column of the key.
    if (!isItem && levels.at(-1)?.list !== undefined) levels.pop();
    const level = levels.at(-1);
    if (level?.column !== column || (level.list !== undefined) !== isItem) throw NOT_PLAIN;
    return level;
  }

  #beginDocument(column: number, isItem: boolean): Level {
    if (isItem || this.#documents.length >= MAX_DOCUMENTS) throw NOT_PLAIN;
    const value = newMap();
    this.#vmStarts = [];
    this.#documents.push({ value, start: this.#at, vmStarts: this.#vmStarts });
    const level = { column, map: value };
    this.#levels.push(level);
    return level;
  }

  #readItem({ list = [], starts }: Level, line: number): void {
    const text = this.#text;
    if (text.charCodeAt(++this.#at) !== SPACE) throw NOT_PLAIN;
    this.#skipSpaces();
    starts?.push(this.#at);
    if (this.#keyEnd() < 0) {
      const value = this.#readValue();
      if (value === undefined) throw NOT_PLAIN;
      list.push(value);
      return;
    }
    if (this.#levels.length > MAX_LEVEL) throw NOT_PLAIN;
    const map = newMap();
    list.push(map);
    this.#levels.push({ column: this.#at - line, map });
    this.#readEntry(map, line);
  }

  #readEntry(map: ValueMap, line: number): void {
    const end = this.#keyEnd();
    if (end < 0) throw NOT_PLAIN;
    const column = this.#at - line;
    const key = this.#text.slice(this.#at, end);
    if (key in map) throw NOT_PLAIN;
    if (this.#levels.length === 1) this.#rootKey = key;
    this.#at = end + 1;
    this.#skipSpaces();
    const value = this.#readValue();
    // The places of VMs in brackets are not known.
    if (typeof value === 'object' && (key === 'spec' || key === 'vms')) throw NOT_PLAIN;
    map[key] = value ?? null;
    if (value === undefined) this.#open = { map, key, column };
  }

  /** Returns the offset of the colon behind a key; -1 where there is no key. */
  #keyEnd(): number {
    const text = this.#text;
    let at = this.#at;
    if (!isLetter(text.charCodeAt(at))) return -1;
    while (isOfKey(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== COLON) return -1;
    const next = text.charCodeAt(at + 1);
    return next === SPACE || next === NEW_LINE ? at : -1;
  }

  /** Reads the value that a line ends with, and its comment; undefined: there is none. */
  #readValue(): Value | undefined {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(start);
    if (code === NEW_LINE || code === HASH) {
      this.#endLine(start);
      return undefined;
    }
    if (code === QUOTE || code === APOSTROPHE) return this.#readQuoted(code === QUOTE ? '"' : "'");
    if (code === BRACKET || code === BRACE) return this.#readBrackets();
    if (!mayBeginText(code) && !(code === DASH && text.charCodeAt(start + 1) > SPACE)) throw NOT_PLAIN;
    let end = start;
    for (let at = start; ; at++) {
      const character = text.charCodeAt(at);
      if (character === SPACE) continue;
      if (character === NEW_LINE || (character === HASH && text.charCodeAt(at - 1) === SPACE)) break;
      if (character === COLON && text.charCodeAt(at + 1) <= SPACE) throw NOT_PLAIN;
      end = at + 1;
    }
    this.#endLine(end);
    return resolvePlain(text.slice(start, end));
  }

  /** Reads a text in quotes that has no escapes. */
  #readQuoted(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at + 1);
    const value = this.#text.slice(this.#at + 1, end);
    if (end < 0 || /[\n\\]/.test(value)) throw NOT_PLAIN;
    this.#endLine(end + 1);
    return value;
  }

  #readBrackets(): Value {
    const end = this.#text.indexOf('\n', this.#at);
    const flow = this.#text.slice(this.#at, end);
    const [, key, word = ''] = ONE_PAIR.exec(flow) ?? [];
    if (key !== undefined) {
      this.#at = end + 1;
      const map = newMap();
      map[key] = resolvePlain(word);
      return map;
    }
    // An escape may stand for any character.
    if (flow.includes('\\') || flow.split(/[[{]/).length > MAX_BRACKETS) throw NOT_PLAIN;
    const value = this.#readFlow(flow);
    if (value === undefined) throw NOT_PLAIN;
    this.#at = end + 1;
    return value;
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
  }

  /** Goes on to the next line, past a comment. */
  #endLine(from: number): void {
    this.#at = from;
    this.#skipSpaces();
    const code = this.#text.charCodeAt(this.#at);
    if (code === NEW_LINE) this.#at++;
    else if (code === HASH && this.#text.charCodeAt(this.#at - 1) === SPACE)
      this.#at = this.#text.indexOf('\n', this.#at) + 1;
    else throw NOT_PLAIN;
  }
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Whether a key may have a character: letters, digits, and `-`, `.`, `/`, `_`. */
function isOfKey(code: number): boolean {
  return isLetter(code) || (code >= DASH && code <= 57);
}

/** Whether a text without quotes may begin with a character; some that may are left out. */
function mayBeginText(code: number): boolean {
  return isLetter(code) || (code >= 46 && code <= 57) || code === 126 || code === 40 || code >= 0xa0;
}
