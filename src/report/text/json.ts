import { escapeJson } from '../../core/text.ts';
export { snakeCase } from '../../core/results/plan-data.ts';

/**
 * Data as indented JSON with a newline at the end. Characters that cannot be seen, or that turn text around, are
 * written as `\uXXXX`: the same data to a parser, and safe for a terminal or a log that shows it. So is text that
 * the runner of a pipeline would run as a command (see escape.ts); no line begins with a name.
 */
export function formatJson(data: unknown): string {
  return `${escapeJson(JSON.stringify(data, null, 2))}\n`;
}

/** The same on one line, for a stream of them (JSON Lines). */
export function formatJsonLine(data: unknown): string {
  return `${escapeJson(JSON.stringify(data))}\n`;
}
