import { type ListNode, type MapEntry, type MapNode, MAX_DEPTH, MAX_DOCUMENTS, type Node } from './node.ts';
import { blankFrom, keyEnd, newKey, NOT_PLAIN, readInline } from './plain-inline.ts';

/**
 * Reads the plain part of YAML that nearly all manifests keep to, about ten times as fast as the full parser:
 * block mappings and lists, values on one line, no anchors, tags, escapes or block scalars.
 *
 * Returns the root of each document that is not empty, or undefined when anything at all in the text lies
 * outside that part (or is wrong): then the full parser decides, and words the problems. What is returned is
 * what the full parser would have returned; a property test holds the two against each other.
 */
export function readPlain(text: string): Node[] | undefined {
  try {
    const documents = readLines(text);
    return documents.map((lines) => new BlockReader(text, lines).read());
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** Reads one document, line by line: a block ends where a line is indented less than it. */
class BlockReader {
  readonly #text: string;
  readonly #lines: Lines;
  #at = 0;

  constructor(text: string, lines: Lines) {
    this.#text = text;
    this.#lines = lines;
  }

  read(): Node {
    const root = this.#block(this.#start(), this.#indent(), 1);
    if (this.#at < this.#lines.starts.length) throw NOT_PLAIN;
    return root;
  }

  /** Offset of the first character of the current line that is not a space. */
  #start(): number {
    return this.#lines.starts[this.#at] ?? -1;
  }

  #end(): number {
    return this.#lines.ends[this.#at] ?? -1;
  }

  /** Column of the current line's first character; -1 behind the last line, which is less than any block's. */
  #indent(): number {
    return this.#lines.indents[this.#at] ?? -1;
  }

  /** A mapping or list whose first key or dash stands at `start`, in `column`. */
  #block(start: number, column: number, depth: number): Node {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    if (this.#isDash(start)) return this.#list(start, column, depth);
    return this.#map(start, column, depth);
  }

  #map(start: number, column: number, depth: number): MapNode {
    const entries: MapEntry[] = [];
    let at = start;
    do {
      const colon = keyEnd(this.#text, at, this.#end());
      const key = newKey(entries, this.#text.slice(at, colon));
      const value = this.#value(colon + 1, column, depth, true);
      entries.push({ key, keyStart: at, keyEnd: colon, value });
      at = this.#start();
    } while (this.#indent() === column && !this.#isDash(at));
    this.#ends(column);
    return { kind: 'map', entries, start, end: entries.at(-1)?.value.end ?? start };
  }

  #list(start: number, column: number, depth: number): ListNode {
    const items: Node[] = [];
    let at = start;
    do {
      items.push(this.#item(at, column, depth));
      at = this.#start();
    } while (this.#indent() === column && this.#isDash(at));
    this.#ends(column);
    return { kind: 'list', items, start, end: items.at(-1)?.end ?? start };
  }

  /** What follows a dash: a mapping that begins on the same line, or whatever may follow a key. */
  #item(dash: number, column: number, depth: number): Node {
    const from = blankFrom(this.#text, dash + 1, this.#end());
    if (from < 0) return this.#value(dash + 1, column, depth, false);
    if (this.#isDash(from)) throw NOT_PLAIN;
    if (keyEnd(this.#text, from, this.#end(), false) < 0) return this.#value(dash + 1, column, depth, false);
    return this.#block(from, column + from - dash, depth + 1);
  }

  /** A value on the rest of the line, or a block on the lines below, or nothing: null. */
  #value(after: number, column: number, depth: number, inMap: boolean): Node {
    const from = blankFrom(this.#text, after, this.#end());
    if (from >= 0) {
      const node = readInline(this.#text, from, this.#end(), depth + 1);
      this.#at++;
      return node;
    }
    this.#at++;
    const indent = this.#indent();
    // A list may stand in the same column as the key it belongs to.
    if (indent > column || (inMap && indent === column && this.#isDash(this.#start()))) {
      return this.#block(this.#start(), indent, depth + 1);
    }
    return { kind: 'scalar', value: null, start: after, end: after };
  }

  /** A deeper line behind a finished value is a continuation or a mistake. */
  #ends(column: number): void {
    if (this.#indent() > column) throw NOT_PLAIN;
  }

  #isDash(at: number): boolean {
    if (this.#text[at] !== '-') return false;
    return at + 1 === this.#end() || this.#text[at + 1] === ' ';
  }
}

/** The lines of a document that hold something: where their text starts and ends, and how far it is indented. */
interface Lines {
  readonly starts: number[];
  readonly ends: number[];
  readonly indents: number[];
}

/** Tabs, byte order marks and the line ends of other alphabets: rare enough to leave to the full parser. */
const UNUSUAL = /[\t\u0085\u2028\u2029\ufeff]/;

/** Splits text into documents at `---`, and documents into lines without blank lines and comments. */
function readLines(text: string): Lines[] {
  if (UNUSUAL.test(text)) throw NOT_PLAIN;
  const documents: Lines[] = [];
  let lines: Lines = { starts: [], ends: [], indents: [] };
  for (let from = 0; from < text.length;) {
    let stop = text.indexOf('\n', from);
    if (stop < 0) stop = text.length;
    let end = text[stop - 1] === '\r' && stop > from ? stop - 1 : stop;
    while (end > from && text[end - 1] === ' ') end--;
    let start = from;
    while (start < end && text[start] === ' ') start++;
    if (start < end && text[start] !== '#') {
      if (start === from && isMarker(text, start, end)) {
        if (lines.starts.length > 0) documents.push(lines);
        if (documents.length > MAX_DOCUMENTS) throw NOT_PLAIN;
        lines = { starts: [], ends: [], indents: [] };
      } else {
        lines.starts.push(start);
        lines.ends.push(end);
        lines.indents.push(start - from);
      }
    }
    from = stop + 1;
  }
  if (lines.starts.length > 0) documents.push(lines);
  return documents;
}

/** Whether the line is `---`; a document's end (`...`) or text behind the marker is not plain. */
function isMarker(text: string, start: number, end: number): boolean {
  if (text.startsWith('...', start)) throw NOT_PLAIN;
  if (!text.startsWith('---', start)) return false;
  if (end !== start + 3) throw NOT_PLAIN;
  return true;
}
