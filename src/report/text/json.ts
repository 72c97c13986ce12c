import { formatInstant } from '../../core/time.ts';

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

/**
 * Copies fields of a value under the same names in snake_case, in the order of `keys`; fields that it does not have are
 * left out. Instants, in fields that end in `At`, become times in UTC.
 */
export function snakeCase<T extends object>(
  value: T,
  ...keys: readonly (keyof T & string)[]
): Record<string, unknown> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const field: unknown = value[key];
      if (field === undefined) return [];
      const isInstant = key.endsWith('At') && typeof field === 'number';
      return [[toSnakeCase(key), isInstant ? formatInstant(field) : field]];
    }),
  );
}

/** `vmManagerId` → `vm_manager_id`; names of VMware are one word. */
function toSnakeCase(key: string): string {
  return key
    .replace('vmWare', 'vmware')
    .replace('VCenter', 'Vcenter')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
