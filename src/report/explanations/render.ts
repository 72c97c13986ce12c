import type { Colors } from 'picocolors/types.js';
import { formatJson, snakeCase } from '../text/json.ts';
import { alignRows } from '../text/table.ts';
import type { ExplanationEntry } from './index.ts';

/** Longer lines are hard to read, however wide the terminal. */
const MAX_WIDTH = 100;

interface ExplanationTextOptions {
  readonly colors: Colors;
  /** Of the terminal, in characters. */
  readonly columns: number;
}

/** One concern or error, in full, for the terminal. Ends in a newline. */
export function renderExplanationText(
  entry: ExplanationEntry,
  { colors, columns }: ExplanationTextOptions,
): string {
  const width = Math.min(columns, MAX_WIDTH);
  const { wrong, right } = entry.example;
  const paragraph = (heading: string, text: string) =>
    `\n${colors.bold(heading)}\n  ${wrapText(text, width, '  ')}\n`;
  const steps = entry.fix.map((step) => `  - ${wrapText(step, width, '    ')}\n`).join('');
  const code = (text: string) => `${text.replace(/^/gm, '    ')}\n`;
  const example =
    wrong === undefined
      ? code(right)
      : `  ${colors.red('wrong')}\n${code(wrong)}  ${colors.green('right')}\n${code(right)}`;
  return [
    `${severityLabel(entry, colors)} ${colors.bold(entry.id)}\n`,
    `  ${wrapText(entry.means, width, '  ')}\n`,
    paragraph('Why it matters', entry.why),
    `\n${colors.bold('What to do')}\n${steps}`,
    `\n${colors.bold('Example')}\n${example}`,
    paragraph('Source', entry.source),
  ].join('');
}

/** All ids with one line each. Ends in a newline. */
export function renderExplanationListText(
  entries: readonly ExplanationEntry[],
  { colors }: Pick<ExplanationTextOptions, 'colors'>,
): string {
  const list = (kind: ExplanationEntry['kind'], heading: string) => {
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
    '`landfall explain ID` explains one of them.',
    '',
  ].join('\n');
}

function severityLabel({ severity }: ExplanationEntry, colors: Colors): string {
  return severity === 'warning' ? colors.yellow(severity) : colors.red(severity);
}

/** One explanation as Markdown, under a heading of level `level`. Ends in a newline. */
export function renderExplanationMarkdown({ id, severity, markdown }: ExplanationEntry, level = 2): string {
  return `${'#'.repeat(level)} ${id}\n\n**${severity}**: ${markdown}\n`;
}

/** All explanations as one Markdown page, with a table of ids on top. */
export function renderExplanationPage(entries: readonly ExplanationEntry[]): string {
  const part = (kind: ExplanationEntry['kind'], heading: string, words: string) => {
    const some = entries.filter((entry) => entry.kind === kind);
    if (some.length === 0) return [];
    return [
      `## ${heading}`,
      '',
      words,
      '',
      '| id | severity | in one line |',
      '| --- | --- | --- |',
      ...some.map(
        ({ id, severity, summary }) =>
          `| [\`${id}\`](#${headingAnchor(id)}) | ${severity} | ${escapeCell(summary)} |`,
      ),
      '',
      ...some.map((entry) => renderExplanationMarkdown(entry, 3)),
    ];
  };
  return [
    '# Concerns and errors',
    '',
    'What each of them means, why it matters and what to do. On the terminal: `landfall explain ID`.',
    '',
    ...part(
      'concern',
      'Concerns',
      'What validation and plans find. An **error** means that manifests cannot be understood: there is no plan. A **critical** concern blocks its VM, or the whole run where it says so (exit 3). A **warning** blocks nothing.',
    ),
    ...part('error', 'Errors', 'What ends a run. The exit code is 1, unless it says otherwise here.'),
  ].join('\n');
}

/** The anchor that GitHub and GitLab give a heading. */
function headingAnchor(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9_-]/g, '');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** One explanation as JSON; format version 1.0, minor versions only add. */
export function renderExplanationJson(entry: ExplanationEntry): string {
  return formatJson({ format_version: '1.0', ...toExplanation(entry) });
}

/** All explanations as JSON. */
export function renderExplanationListJson(entries: readonly ExplanationEntry[]): string {
  return formatJson({ format_version: '1.0', explanations: entries.map(toExplanation) });
}

function toExplanation(entry: ExplanationEntry): object {
  return snakeCase(entry, 'id', 'kind', 'severity', 'summary', 'means', 'why', 'fix', 'source', 'example');
}

/** Breaks a paragraph into lines of `width` characters at most, between words; `indent` goes before each but the first. */
function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}
