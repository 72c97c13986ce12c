import type { Colors } from 'picocolors/types.js';
import type { Entry } from './explanations/index.ts';
import { alignRows } from './table.ts';
import { wrap } from './wrap.ts';

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;

interface Options {
  readonly colors: Colors;
  /** Of the terminal, in characters. */
  readonly columns: number;
}

/** One concern or error, in full, for the terminal. Ends in a newline. */
export function renderExplanationText(entry: Entry, { colors, columns }: Options): string {
  const width = Math.min(columns, WIDEST);
  const { wrong, right } = entry.example;
  const paragraph = (heading: string, text: string) =>
    `\n${colors.bold(heading)}\n  ${wrap(text, width, '  ')}\n`;
  const steps = entry.fix.map((step) => `  - ${wrap(step, width, '    ')}\n`).join('');
  const code = (text: string) => `${text.replace(/^/gm, '    ')}\n`;
  const example =
    wrong === undefined
      ? code(right)
      : `  ${colors.red('wrong')}\n${code(wrong)}  ${colors.green('right')}\n${code(right)}`;
  return [
    `${severityOf(entry, colors)} ${colors.bold(entry.id)}\n`,
    `  ${wrap(entry.means, width, '  ')}\n`,
    paragraph('Why it matters', entry.why),
    `\n${colors.bold('What to do')}\n${steps}`,
    `\n${colors.bold('Example')}\n${example}`,
    paragraph('Source', entry.source),
  ].join('');
}

/** All ids with one line each. Ends in a newline. */
export function renderExplanationListText(
  entries: readonly Entry[],
  { colors }: Pick<Options, 'colors'>,
): string {
  const list = (kind: Entry['kind'], heading: string) => {
    const some = entries.filter((entry) => entry.kind === kind);
    if (some.length === 0) return [];
    const rows = some.map(({ id, severity, summary }) => {
      return ['', ` ${id}`, kind === 'error' ? '' : severity, summary];
    });
    const paint = (text: string) => (text.startsWith('warning') ? colors.yellow(text) : colors.red(text));
    return [colors.bold(heading), ...alignRows(rows, { 2: paint }), ''];
  };
  return [
    ...list('concern', 'Concerns'),
    ...list('error', 'Errors'),
    '`landfall explain ID` tells what one means and what to do.',
    '',
  ].join('\n');
}

function severityOf({ severity }: Entry, colors: Colors): string {
  return severity === 'warning' ? colors.yellow(severity) : colors.red(severity);
}
