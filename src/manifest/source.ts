import { type ConcernId, CONCERNS } from '../core/concern-ids.ts';
import type { Concern } from '../core/concern.ts';
import type { Place } from '../core/error.ts';

/** The text of a file; converts offsets to lines and columns. */
export class Source {
  /** As shown to the user: relative to the working directory, with forward slashes. */
  readonly file: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  place(offset: number): Place {
    const line = this.#lineAt(offset);
    return { file: this.file, line: line + 1, column: offset - this.#startOf(line) + 1 };
  }

  /** A problem of this text as a concern, with its place and the line it is on. */
  toConcern({ id, start, end, message, remedy }: Problem): Concern {
    return {
      id,
      severity: CONCERNS[id].severity,
      message,
      ...(remedy !== undefined && { remedy }),
      ...this.placeAndExcerpt({ start, end }),
    };
  }

  /** Place and excerpt of a range; the excerpt ends with the line, and of an empty line there is none. */
  placeAndExcerpt({ start, end }: Range): Pick<Concern, 'place' | 'excerpt'> {
    const place = this.place(start);
    const lineStart = start - place.column + 1;
    const text = this.#lineText(lineStart);
    if (text === '') return { place };
    const rest = Math.max(1, text.length - place.column + 1);
    return { place, excerpt: { text, length: Math.min(Math.max(1, end - start), rest) } };
  }

  #lineText(lineStart: number): string {
    const feed = this.text.indexOf('\n', lineStart);
    const line = this.text.slice(lineStart, feed < 0 ? undefined : feed);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  #starts(): number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }

  #startOf(line: number): number {
    return this.#starts()[line] ?? 0;
  }

  /** The last line that starts at or before the offset. */
  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts().length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** A range of text: offsets in UTF-16 code units, `end` after its last character. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a text, before it is known which file the text is from. */
export interface Problem extends Range {
  readonly id: ConcernId;
  readonly message: string;
  readonly remedy?: string;
}

export function problem(id: ConcernId, { start, end }: Range, message: string, remedy: string): Problem {
  return { id, start, end, message, remedy };
}

/** The first bytes of a file that are not in its encoding, and how much of the file is. */
interface BadCharacter {
  /** The text of the file, with U+FFFD in place of wrong bytes. A byte order mark is no part of it. */
  readonly text: string;
  /** The place of the first wrong bytes in the text, in UTF-16 code units. */
  readonly offset: number;
  /** The first wrong byte, such as `0xFC`. */
  readonly byte: string;
  /** Whether it is the only one, and the file ends in the middle of it. */
  readonly isLast: boolean;
  /** The number of wrong places, and of characters beyond ASCII that are right. */
  readonly bad: number;
  readonly good: number;
}

/**
 * Finds the first bytes of a file that are not in its encoding.
 * @param encoding `utf-8`, `utf-16le` or `utf-16be`
 */
export function findBadCharacter(bytes: Uint8Array, encoding = 'utf-8'): BadCharacter {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  const isWide = encoding !== 'utf-8';
  let [offset, start] = [0, 0];
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    start += isWide ? (at - offset) * 2 : Buffer.byteLength(text.slice(offset, at));
    offset = at;
    // A file may have the character U+FFFD itself.
    const own = isWide ? [0xff, 0xfd] : [0xef, 0xbf, 0xbd];
    if (!own.every((_, index) => own.includes(bytes[start + index] ?? 0))) break;
  }
  const mark = text.startsWith('\ufeff') ? 1 : 0;
  const bad = text.slice(offset).split('\ufffd').length - 1;
  return {
    text: text.slice(mark),
    offset: offset - mark,
    byte: `0x${(bytes[start] ?? 0).toString(16).toUpperCase().padStart(2, '0')}`,
    isLast: bad === 1 && offset === text.length - 1,
    bad,
    good: text.slice(mark).replace(/[\0-\x7f\ufffd]/g, '').length,
  };
}

/** Decodes the text of a file. Where the bytes are not UTF-8, returns the problem as well, and U+FFFD in place of wrong bytes. */
export function decode(bytes: Uint8Array): { text: string; problem?: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const { text, offset: start, byte, isLast } = findBadCharacter(bytes);
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const message = wide
      ? 'the file is UTF-16, not UTF-8'
      : isLast
        ? `the file ends with the byte ${byte}, which is not UTF-8: it may have been cut off`
        : `the byte ${byte} here is not UTF-8`;
    return {
      text,
      problem: problem('file.not-utf8', { start, end: start + 1 }, message, 'save the file as UTF-8'),
    };
  }
}
