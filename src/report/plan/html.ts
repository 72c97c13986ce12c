import { type Concern, incompleteness } from '../../core/concern.ts';
import { groupBy } from '../../core/lists.ts';
import type { Change, Plan } from '../../core/plan.ts';
import {
  concernSubject,
  groupConcerns,
  groupRemedy,
  incompleteParts,
  type ListedConcern,
  targetPlace,
} from '../text/blocks.ts';
import { renderPlainPage } from '../html/markup.ts';
import { escapeMarkup, escapeTerminal } from '../text/escape.ts';
import { countsText, formatMinute, nameInWave } from '../text/words.ts';
import { deferredRows, existingJobCells, existingJobDetails, newJobTexts, noteText } from './change-text.ts';
import type { PlanSource } from './markdown.ts';
import {
  ACTION_STYLES,
  capacityViews,
  freshnessWords,
  planHeadline,
  REFUSED_WORDS,
  scheduleSentences,
  waveCounts,
  type WaveView,
  waveViews,
} from './view.ts';

/**
 * The plan as a page that needs nothing else: no network and no script. Its policy allows its own style only, by its hash. All
 * text from manifests and from AWS is escaped. VMs that stay as they are, are counted. Ends in a newline.
 */
export function renderPlanHtml(plan: Plan, { commit, freshness }: PlanSource): string {
  const { noChanges, counts, refusedBy } = planHeadline(plan);
  const list = countsText(counts);
  const headline =
    noChanges === undefined
      ? `${list}.`
      : `${noChanges.lead}: ${noChanges.matching}${noChanges.isWaiting ? `, ${list}` : ''}.`;
  const incomplete = incompleteParts(incompleteness(plan.concerns)).map(({ targets, words }) =>
    targets.length === 0 ? words : `${targets.join(', ')} ${words}`,
  );
  const { lead, rest } = freshness === undefined ? { lead: '', rest: '' } : freshnessWords(freshness);
  const facts: readonly Cells[] = [
    ['Time (UTC)', formatMinute(plan.at)],
    ...(commit === undefined ? [] : [['Commit', commit]]),
    ['Plan', plan.checksum],
    ...(freshness === undefined ? [] : [['Saved plan', `${lead} ${rest}${freshness.reason ?? ''}`]]),
    ...scheduleSentences(plan).map((sentence) => ['Note', sentence]),
  ];
  const views = groupBy(waveViews(plan.changes), ({ target }) => target);
  return renderHtmlPage(`Plan for ${plan.project}`, [
    `<p class="headline">${html(headline)}</p>`,
    ...(incomplete.length === 0
      ? []
      : [`<p class="bad"><strong>Incomplete</strong>: ${html(incomplete.join('; '))}.</p>`]),
    ...(refusedBy.length === 0
      ? []
      : [
          `<p class="bad"><strong>Refused</strong> by ${html(refusedBy.join(' and '))}: ${REFUSED_WORDS}</p>`,
        ]),
    table('What this plan is of', [], facts),
    ...concernBlocks(plan.concerns),
    ...capacityBlocks(plan),
    ...plan.targets.flatMap((target) => targetBlocks(views.get(target.name) ?? [], target)),
  ]);
}

/** A page with a title and blocks of HTML, in the style of plans. */
export function renderHtmlPage(title: string, blocks: readonly string[]): string {
  return renderPlainPage(title, STYLE, blocks);
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em}' +
  'table{border-collapse:collapse;margin:.5em 0 1.5em}caption{text-align:left;font-weight:600;padding:.3em 0}' +
  'th,td{text-align:left;vertical-align:top;padding:.15em 1em .15em 0;border-bottom:1px solid #8884;overflow-wrap:anywhere}' +
  'td{white-space:pre-line}.headline{font-size:1.2em}.bad{border-left:.4em solid #c33;padding-left:.6em}' +
  'h2,caption{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}';

type Cells = readonly string[];

/** A table; without titles, the first cell of each row is its heading. No table without rows. */
function table(caption: string, titles: Cells, rows: readonly Cells[]): string {
  if (rows.length === 0) return '';
  const line = (cells: Cells): string => {
    const parts = cells.map((cell, index) =>
      titles.length === 0 && index === 0 ? `<th scope="row">${html(cell)}</th>` : `<td>${html(cell)}</td>`,
    );
    return `<tr>${parts.join('')}</tr>`;
  };
  const head = titles.map((title) => `<th scope="col">${html(title)}</th>`).join('');
  return [
    '<table>',
    `<caption>${html(caption)}</caption>`,
    ...(titles.length === 0 ? [] : [`<thead><tr>${head}</tr></thead>`]),
    ...['<tbody>', ...rows.map(line), '</tbody>', '</table>'],
  ].join('\n');
}

/** The concerns of a result as a table under a heading; nothing without concerns. */
export function concernBlocks(concerns: readonly ListedConcern[]): readonly string[] {
  const rows = groupConcerns(concerns).flatMap((group) => {
    const fix = groupRemedy(group) ?? '';
    return group.map((one, index) => [
      ...[one.severity, one.id, subjectOf(one), one.message],
      index === 0 ? fix : '',
    ]);
  });
  if (rows.length === 0) return [];
  return ['<h2>Concerns</h2>', table('Concerns', ['Severity', 'Id', 'About', 'What is wrong', 'Fix'], rows)];
}

function subjectOf(concern: Concern): string {
  const { place, vm } = concernSubject(concern);
  return [place, vm].filter((part) => part !== undefined).join(': ');
}

function capacityBlocks({ capacity }: Plan): readonly string[] {
  const rows = capacityViews(capacity)
    .filter(({ isTouched }) => isTouched)
    .map(({ target, wave = 'all waves', counts }) => [target, wave, countsText(counts)]);
  if (rows.length === 0) return [];
  return ['<h2>Capacity</h2>', table('Caps that the run uses or reaches', ['Target', 'Wave', 'Slots'], rows)];
}

function targetBlocks(views: readonly WaveView[], target: Plan['targets'][number]): readonly string[] {
  const [changed, quiet] = [
    views.filter((view) => view.hasChanges),
    views.filter((view) => !view.hasChanges),
  ];
  const where = targetPlace(target).map(({ words, name }) => [words, name].filter(Boolean).join(' '));
  const names = quiet.map(({ wave, changes }) => `${wave} (${changes.length})`).join(', ');
  return [
    `<h2>${html(`${target.name} (${where.join(', ')})`)}</h2>`,
    ...changed.map((view) =>
      table(
        `${view.wave}: ${countsText(waveCounts(view.changes, true))}`,
        ['Change', 'VM', 'What'],
        waveRows(view, target.columns),
      ),
    ),
    ...(names === '' ? [] : [`<p>Unchanged: ${html(names)}.</p>`]),
  ];
}

function waveRows({ changes }: WaveView, columns: Plan['targets'][number]['columns']): readonly Cells[] {
  const free = groupBy(
    changes.filter(({ blockedBy }) => blockedBy.length === 0),
    ({ action }) => action,
  );
  return [
    ...ACTION_STYLES.flatMap(({ action, counted }): readonly Cells[] => {
      const group = free.get(action) ?? [];
      if (action === 'no-op' || group.length === 0) return [];
      if (action === 'defer') return deferredRows(group).map(([names, reason]) => [counted, names, reason]);
      if (action !== 'create')
        return group.map((change) => [counted, nameInWave(change), existingText(change)]);
      const { shared, cells } = newJobTexts(group, columns);
      return group.map((change, row) => [
        counted,
        nameInWave(change),
        joined([...(cells[row] ?? []), shared]),
      ]);
    }),
    ...changes
      .filter(({ blockedBy }) => blockedBy.length > 0)
      .map((change) => ['blocked', nameInWave(change), blockedText(change)]),
  ];
}

function existingText(change: Change): string {
  return [joined(existingJobCells(change, '')), ...existingJobDetails(change, '', (text) => text)].join('\n');
}

function blockedText(change: Change): string {
  const { action, id = '', step = '', blockedBy, destroys } = change;
  const note = destroys === undefined ? '' : noteText(change);
  return joined([action, id, step, `blocked by ${blockedBy.join(', ')}`, note]);
}

function joined(cells: Cells): string {
  return cells.filter((cell) => cell !== '').join(' · ');
}

/** Text in an element. Lines of a cell stay lines. */
function html(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeMarkup(escapeTerminal(line)))
    .join('\n');
}
