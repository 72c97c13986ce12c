import { problem, type Problem } from '../problem.ts';

/** What YAML 1.2 calls printable is allowed, less the line ends nobody has used for twenty years. */
const UNPRINTABLE = /\r(?!\n)|[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The first character that no text file has: a NUL or another control, half of a surrogate pair. */
export function findUnprintable(text: string): Problem | undefined {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return undefined;
  const hex = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return problem(
    'yaml.syntax',
    { start: at, end: at + 1 },
    `the character U+${hex} stands here, which no YAML file may hold`,
    'check that this is a text file, and write the character as an escape in double quotes if it is meant',
  );
}
