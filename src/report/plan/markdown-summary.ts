import { incompleteness } from '../../core/concern.ts';
import type { Capacity, Plan } from '../../core/plan.ts';
import { groupBy } from '../../core/lists.ts';
import { type Detail, joinItems } from '../markdown/compose.ts';
import { code, prose } from '../markdown/escape.ts';
import {
  concernList,
  countsMarkdown,
  incompleteBlock,
  targetsLine,
  targetText,
  warningsBlock,
} from '../markdown/summary.ts';
import { pluralize } from '../text/words.ts';
import {
  capacityViews,
  type Headline,
  planHeadline,
  REFUSED_WORDS,
  scheduleSentences,
  waveCounts,
} from './view.ts';

/** The blocks above the waves, which are never cut: counts, targets, refusals, capacity, and warnings in a fold. */
export function summaryBlocks(plan: Plan, detail: Detail): readonly string[] {
  const headline = planHeadline(plan);
  const { refusedBy } = headline;
  const incomplete = new Set(incompleteness(plan.concerns));
  const critical = plan.concerns.filter((one) => one.severity !== 'warning' && !incomplete.has(one));
  const warnings = plan.concerns.filter(({ severity }) => severity === 'warning');
  return [
    headlineText(plan.project, headline, detail),
    incompleteBlock(plan.concerns, detail),
    targetsBlock(plan, detail),
    refusedBy.length === 0
      ? ''
      : `**Refused** by ${refusedBy.map((id) => code(id, 60)).join(' and ')}: ${REFUSED_WORDS}`,
    critical.length === 0
      ? ''
      : `**Blocked** by ${pluralize(critical.length, 'critical concern')}:\n\n${concernList(critical, detail)}`,
    capacityBlock(plan.capacity, detail),
    scheduleSentences(plan)
      .map((sentence) => prose(sentence, detail.text))
      .join('\n\n'),
    warningsBlock(warnings, detail),
  ].filter((block) => block !== '');
}

function headlineText(project: string, { noChanges, counts }: Headline, { name }: Detail): string {
  const list = countsMarkdown(counts, name);
  if (noChanges === undefined) return `Plan for ${code(project, name)}: ${list}.`;
  const { lead, matching, isWaiting } = noChanges;
  const what = lead.replace('No changes', () => `No changes for ${code(project, name)}`);
  return `${what}: ${matching}${isWaiting ? `, ${list}` : ''}.`;
}

/** From this many targets on, each has a line: waves may be cut, and a reviewer must see which account has changes. */
const TARGETS_WITH_LINES = 3;

/** Where the targets are; of many, also what changes in each, those with changes first. */
function targetsBlock({ targets, changes }: Plan, detail: Detail): string {
  if (targets.length < TARGETS_WITH_LINES) return targetsLine(targets, detail);
  const changesOf = groupBy(changes, ({ target }) => target);
  const rows = targets.map((target) => ({
    target,
    counts: waveCounts(changesOf.get(target.name) ?? [], false),
  }));
  const changing = rows.filter(({ counts }) => counts.length > 0);
  const others = rows.filter(({ counts }) => counts.length === 0).map(({ target }) => target);
  const shown = changing.slice(0, detail.items);
  const more = changing.length - shown.length;
  return [
    '**Targets**',
    '',
    ...shown.map(
      ({ target, counts }) => `- ${targetText(target, detail)}: ${countsMarkdown(counts, detail.name)}`,
    ),
    ...(more > 0 ? [`- and ${more} more with changes`] : []),
    ...(others.length > 0
      ? [`- no changes: ${joinItems(others, detail, (target) => targetText(target, detail))}`]
      : []),
  ].join('\n');
}

/** The caps that the run uses or reaches; the others tell a reviewer nothing. */
function capacityBlock(capacity: readonly Capacity[], detail: Detail): string {
  const { items, name } = detail;
  const touched = capacityViews(capacity).filter(({ isTouched }) => isTouched);
  if (touched.length === 0) return '';
  const lines = touched.slice(0, items).map(({ target, wave, counts }) => {
    const whose =
      wave === undefined ? code(target, name) : `wave ${code(wave, name)} on ${code(target, name)}`;
    return `- ${whose}: ${countsMarkdown(counts, name)}`;
  });
  const more = touched.length - lines.length;
  return ['**Capacity**', '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}
