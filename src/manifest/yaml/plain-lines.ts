import { MAX_DOCUMENTS } from './node.ts';
import { NOT_PLAIN } from './plain-inline.ts';

/** The lines of a document that hold something: where their text starts and ends, and how far it is indented. */
export interface Lines {
  readonly starts: number[];
  readonly ends: number[];
  readonly indents: number[];
}

/** Tabs, byte order marks and the line ends of other alphabets: rare enough to leave to the full parser. */
const UNUSUAL = /[\t\u0085\u2028\u2029\ufeff]/;

/** Splits text into documents at `---`, and documents into lines without blank lines and comments. */
export function readLines(text: string): Lines[] {
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
