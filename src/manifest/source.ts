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

/** Decodes the text of a file. Where the bytes are not UTF-8, returns the problem as well, and U+FFFD in place of wrong bytes. */
export function decode(bytes: Uint8Array): { text: string; problem?: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const start = Math.max(0, text.indexOf('\ufffd'));
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const message = wide ? 'the file is UTF-16, not UTF-8' : 'the bytes here are not UTF-8';
    return {
      text,
      problem: problem('file.not-utf8', { start, end: start + 1 }, message, 'save the file as UTF-8'),
    };
  }
}
