import { unreachableTargets } from '../core/concern.ts';
import { shortName } from '../core/names.ts';
import type { Runbook, RunbookItem, RunbookSection, RunbookVm } from '../core/results/runbook.ts';
import { displayInstant, formatInstant } from '../core/time.ts';
import { renderPlainPage } from './html/markup.ts';
import { markdownTable } from './listing.ts';
import { code, htmlCode, prose } from './markdown/escape.ts';
import { fold } from './markdown/section.ts';
import { toErrors } from './plan/json.ts';
import { escapeMarkup, escapeTerminal } from './text/escape.ts';
import type { Column } from './text/fit.ts';
import { formatJson, snakeCase } from './text/json.ts';
import { pluralize } from './text/words.ts';

/** How a runbook in Markdown begins. */
export const RUNBOOK_TITLE = '# Runbook: cut-over of ';

/** Most bytes of the text of a line. */
const MAX_TEXT_BYTES = 1000;

/** A renderer for each format. */
export const RUNBOOK_RENDERERS: Readonly<Record<'markdown' | 'html' | 'json', (runbook: Runbook) => string>> =
  {
    markdown: renderMarkdown,
    html: renderHtml,
    json: renderJson,
  };

const VM_COLUMNS: readonly Column<RunbookVm>[] = [
  { title: 'VM', cell: (vm) => escapeTerminal(shortName(vm)) },
  { title: 'STAGE', cell: ({ stage }) => stage.replaceAll('-', ' ') },
  { title: 'BEGINS', cell: ({ begins = '' }) => begins },
  { title: 'REACHED', cell: ({ reached = '' }) => reached },
];

/** What stands under the title, as pairs of words and a name. */
function facts(runbook: Runbook): readonly (readonly [string, string])[] {
  const { project, target, place, phase, owner, at, commit, vms } = runbook;
  return [
    ['Project', project],
    ['Target', `${target} (${place})`],
    ['VMs', String(vms.length)],
    ['Phase in git', phase],
    ...(owner === undefined ? [] : [['Owner', owner] as const]),
    ['As of', `${displayInstant(at)}${commit === undefined ? '' : `, commit ${commit.slice(0, 12)}`}`],
  ];
}

/** Task lists of GitHub and GitLab: boxes can be ticked in an issue. No name has an effect in it. */
function renderMarkdown(runbook: Runbook): string {
  const { wave, sections, vms } = runbook;
  const unread = unreadTargets(runbook);
  return [
    `${RUNBOOK_TITLE}${code(wave, 200)}`,
    ...(unread.length === 0
      ? []
      : [`**Incomplete**: ${unread.map((name) => code(name, 200)).join(', ')} could not be read.`]),
    facts(runbook)
      .map(([words, value]) => `- ${words}: ${code(value, 300)}`)
      .join('\n'),
    ...sections.flatMap(({ title, items }) => [`## ${title}`, items.map(markdownItem).join('\n')]),
    '## VMs',
    markdownTable(VM_COLUMNS, vms),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/**
 * A runbook for the comment of a plan, folded up, without boxes to tick, since the next plan writes the comment again: whole,
 * and with the steps, when to stop and how to go back alone.
 */
export function runbookFolds(runbook: Runbook): readonly string[] {
  const { wave, sections, phase } = runbook;
  const blocks = (parts: readonly RunbookSection[]): string =>
    parts.flatMap(({ title, items }) => [`**${title}**`, items.map(foldedItem).join('\n')]).join('\n\n');
  const heading = `Runbook of the cut-over of <b>${htmlCode(wave, 200)}</b>, phase ${htmlCode(phase, 40)}`;
  const short = sections.filter(({ part }) => part === 'steps' || part === 'stop' || part === 'back');
  return [fold(heading, blocks(sections)), fold(heading, blocks(short))];
}

function foldedItem(item: RunbookItem): string {
  return markdownItem(item).replace(/^- \[(.)\] /, (_, tick) => (tick === 'x' ? '- (done) ' : '- '));
}

function markdownItem({ text, command, done }: RunbookItem): string {
  const box = done === true ? '[x]' : '[ ]';
  const line = `- ${box} ${prose(text, MAX_TEXT_BYTES)}`;
  return command === undefined ? line : `${line}: ${code(command, MAX_TEXT_BYTES)}`;
}

/** A page of its own without script or anything from a network: it prints, and boxes can be ticked. */
function renderHtml(runbook: Runbook): string {
  const { wave, sections, vms } = runbook;
  const unread = unreadTargets(runbook);
  const title = `Runbook: cut-over of ${wave}`;
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${htmlText(cell)}</${tag}>`).join('')}</tr>`;
  return renderPlainPage(title, STYLE, [
    ...(unread.length === 0
      ? []
      : [`<p><strong>Incomplete</strong>: ${htmlText(unread.join(', '))} could not be read.</p>`]),
    '<table>',
    ...facts(runbook).map(
      ([words, value]) => `<tr><th scope="row">${words}</th><td>${htmlText(value)}</td></tr>`,
    ),
    '</table>',
    ...sections.flatMap(({ title: heading, items }) => [
      `<h2>${heading}</h2>`,
      '<ul>',
      ...items.map(htmlItem),
      '</ul>',
    ]),
    `<h2>${pluralize(vms.length, 'VM')}</h2>`,
    '<table>',
    row(
      VM_COLUMNS.map((column) => column.title),
      'th',
    ),
    ...vms.map((vm) =>
      row(
        VM_COLUMNS.map((column) => column.cell(vm)),
        'td',
      ),
    ),
    '</table>',
  ]);
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}' +
  'ul{list-style:none;padding:0}li{margin:.4em 0;break-inside:avoid}h2{break-after:avoid}' +
  'code,pre{font-family:ui-monospace,monospace;overflow-wrap:anywhere}pre{margin:.2em 0 .2em 2em;white-space:pre-wrap}' +
  'th,td{text-align:left;padding:.1em 1em .1em 0;vertical-align:top}';

function htmlItem({ text, command, done }: RunbookItem): string {
  const words = htmlText(text).replace(/`([^`]+)`/g, '<code>$1</code>');
  const label = `<label><input type="checkbox"${done === true ? ' checked' : ''}> ${words}</label>`;
  return `<li>${label}${command === undefined ? '' : `<pre>${htmlText(command)}</pre>`}</li>`;
}

function htmlText(text: string): string {
  return escapeMarkup(escapeTerminal(text));
}

function unreadTargets({ unreachable }: Runbook): readonly string[] {
  return unreachableTargets(unreachable).flatMap(({ target }) => target ?? []);
}

/** The runbook as JSON; format version 1.0, minor versions only add. */
function renderJson(runbook: Runbook): string {
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(runbook.at),
    ...snakeCase(runbook, 'project', 'wave', 'target', 'place', 'phase', 'owner', 'commit'),
    sections: runbook.sections.map(({ part, title, items }) => ({
      ...{ part, title },
      items: items.map((item) => snakeCase(item, 'text', 'command', 'done')),
    })),
    vms: runbook.vms.map((vm) => snakeCase(vm, 'address', 'stage', 'begins', 'reached')),
    errors: toErrors(runbook.unreachable),
  });
}
