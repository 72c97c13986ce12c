/**
 * Data as indented JSON with a newline at the end. Characters that cannot be seen, or that turn text around, are
 * written as `\uXXXX`: the same data to a parser, and nothing to fear for a terminal or a log that shows it. So is what
 * the runner of a pipeline would take for a command (escape.ts says which); no line begins with a name.
 */
export function formatJson(data: unknown): string {
  return `${escapeJson(JSON.stringify(data, null, 2))}\n`;
}

/** The same on one line, for a stream of them (JSON Lines). */
export function formatJsonLine(data: unknown): string {
  return `${escapeJson(JSON.stringify(data))}\n`;
}

/** Any JSON in the same manner. */
export function escapeJson(text: string): string {
  // What JSON itself leaves as it is, of the "other" categories of Unicode; line feeds are the indentation's.
  const seen = text.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, escapeCodeUnits);
  // Number signs stand in strings only.
  return seen.replace(/(?<=#)#(?=\w*\[)/g, escapeCodeUnits);
}

function escapeCodeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
