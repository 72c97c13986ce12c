import { escapeJson } from '../../core/text.ts';
import { formatInstant } from '../../core/time.ts';

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

/**
 * Copies fields of a value under the same names in snake_case, in the order of `keys`; fields that it does not have are
 * left out. Instants, in fields named `at` or that end in `At`, become times in UTC.
 */
export function snakeCase<T extends object>(
  value: T,
  ...keys: readonly (keyof T & string)[]
): Record<string, unknown> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const field: unknown = value[key];
      if (field === undefined) return [];
      const isInstant = /^at$|At$/.test(key) && typeof field === 'number';
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
