/** Offset of the beginning of the line that `at` is on. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Offset behind the line break of the line that a value ends on; a block scalar ends behind its own. */
export function lineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const feed = text.indexOf('\n', end);
  return feed < 0 ? text.length : feed + 1;
}

/** The same, before the line break. */
export function lineBreak(text: string, end: number): number {
  const behind = lineEnd(text, end);
  if (text[behind - 1] !== '\n') return behind;
  return text[behind - 2] === '\r' ? behind - 2 : behind - 1;
}

/** How the line that `at` is on ends; a last line ends as the first does. */
export function endOfLine(text: string, at: number): string {
  const feed = text.indexOf('\n', at);
  const of = feed < 0 ? text.indexOf('\n') : feed;
  return text[of - 1] === '\r' ? '\r\n' : '\n';
}
