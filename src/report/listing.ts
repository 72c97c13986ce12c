import { stringify } from 'csv-stringify/sync';
import { type Concern, unreachableTargets } from '../core/concern.ts';
import { joinBlocks } from './text/blocks.ts';
import { DEFAULT_BUDGET, escapeTerminal, sizeInBytes } from './text/escape.ts';
import type { Column } from './text/fit.ts';
import { pluralize } from './text/words.ts';
import { code, prose } from './markdown/escape.ts';

type Cell = string | number | boolean | null | undefined;

/**
 * Renders CSV with a header, for spreadsheets and scripts. A cell that a spreadsheet would take for a formula begins with an
 * apostrophe, and no cell has a character that cannot be seen.
 */
export function renderCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => escapeTerminal(String(cell ?? ''))));
  return stringify([header, ...cells], { record_delimiter: 'unix', escape_formulas: true });
}

/** Most bytes of a cell of a table in Markdown, and of the words around it. */
const MAX_CELL_BYTES = 400;
const REST_BYTES = 500;

/** What a listing in Markdown consists of, from top to bottom. */
interface MarkdownListing<T> {
  /** Markdown, such as a sentence and a table of few rows. */
  readonly head: readonly string[];
  readonly columns: readonly Column<T>[];
  readonly items: readonly T[];
  /** Markdown, such as concerns. */
  readonly foot?: readonly string[];
  /** Concerns, among them those that say which targets could not be read. */
  readonly unreachable: readonly Concern[];
  /** The command that shows all rows. */
  readonly whole: string;
}

/**
 * Renders a listing as a comment or a page of a wiki: of all rows, those that fit what GitHub takes. No text from a manifest
 * or from AWS has an effect in it. Ends in a newline.
 */
export function renderMarkdownListing<T>(listing: MarkdownListing<T>): string {
  const { head, columns, items, foot = [], unreachable, whole } = listing;
  const unread = unreachableTargets(unreachable).flatMap(({ target = '' }) => code(target, 200));
  const incomplete =
    unread.length === 0 ? [] : [`**Incomplete**: ${unread.slice(0, 20).join(', ')} could not be read.`];
  const fixed = [...head, ...foot, ...incomplete];
  const room = DEFAULT_BUDGET - REST_BYTES - fixed.reduce((sum, block) => sum + sizeInBytes(block) + 2, 0);
  const lines = tableLines(columns, items);
  let [kept, size] = [0, 0];
  for (const line of lines) {
    size += sizeInBytes(line) + 1;
    if (size > room) break;
    kept += 1;
  }
  const left = lines.length - kept;
  const cut = left === 0 ? [] : [`**Cut**: ${pluralize(left, 'row')} left out. \`${whole}\` shows all.`];
  const blocks = [...head, lines.slice(0, kept).join('\n'), ...cut, ...foot, ...incomplete];
  return joinBlocks(blocks.filter((block) => block !== '').map((block) => [block]));
}

/** Renders a table in Markdown; columns that no item fills are left out. Empty where there is no item. */
export function markdownTable<T>(columns: readonly Column<T>[], items: readonly T[]): string {
  return tableLines(columns, items).join('\n');
}

function tableLines<T>(columns: readonly Column<T>[], items: readonly T[]): readonly string[] {
  if (items.length === 0) return [];
  const cells = columns.map((column) => items.map((item) => markdownCell(column.cell(item))));
  const filled = columns.flatMap(({ title }, index) => {
    const own = cells[index] ?? [];
    return own.some((cell) => cell !== '') ? [{ title, own }] : [];
  });
  const row = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [
    row(filled.map(({ title }) => title)),
    row(filled.map(() => '---')),
    ...items.map((_, index) => row(filled.map(({ own }) => own[index] ?? ''))),
  ];
}

/** A vertical bar would end the cell, even in a code span; only code spans have one. */
function markdownCell(text: string): string {
  return prose(text, MAX_CELL_BYTES).replaceAll('|', '\\u{7c}');
}
