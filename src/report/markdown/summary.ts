import { type Concern, incompleteness } from '../../core/concern.ts';
import type { PlannedTarget } from '../../core/plan.ts';
import { concernSubject, groupConcerns, groupRemedy, incompleteParts, targetPlace } from '../text/blocks.ts';
import type { Count } from '../text/words.ts';
import { pluralize } from '../text/words.ts';
import { type Detail, joinItems } from './compose.ts';
import { code, prose } from './escape.ts';
import { fold } from './section.ts';

/** Names the targets and where they are. */
export function targetsLine(targets: readonly PlannedTarget[], detail: Detail): string {
  if (targets.length === 0) return '';
  return `On ${joinItems(targets, detail, (target) => targetText(target, detail))}.`;
}

/** Names a target and says where it is. */
export function targetText(target: PlannedTarget, detail: Detail): string {
  const where = targetPlace(target).map(({ words, name }) =>
    [words, name === undefined ? undefined : code(name, detail.name)]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  return `${code(target.name, detail.name)} (${where.join(', ')})`;
}

/** Counts as a list, with losses in bold. */
export function countsMarkdown(counts: readonly Count[], name: number): string {
  return counts
    .map(({ words, names = [], isLoss }) => {
      const ids = names.map((each) => code(each, name)).join(' and ');
      const text = ids === '' ? words : `${words} ${ids}`;
      return isLoss === true ? `**${text}**` : text;
    })
    .join(', ');
}

/** What a list shows of a concern. */
type ListedConcern = Pick<Concern, 'place' | 'address' | 'shownAs' | 'message' | 'remedy'> & {
  readonly id: string;
};

/** What is missing, such as targets that could not be read, and why; nothing where all is there. */
export function incompleteBlock(concerns: readonly Concern[], detail: Detail): string {
  const all = incompleteness(concerns);
  if (all.length === 0) return '';
  const what = incompleteParts(all).map(({ targets, words }) => {
    const names = joinItems(targets, detail, (target) => code(target, detail.name));
    return targets.length === 0 ? words : `${targets.length === 1 ? 'target' : 'targets'} ${names} ${words}`;
  });
  return `**Incomplete**: ${what.join('; ')}:\n\n${concernList(all, detail)}`;
}

/** Warnings in a fold; nothing where there are none. */
export function warningsBlock(warnings: readonly ListedConcern[], detail: Detail): string {
  return warnings.length === 0
    ? ''
    : fold(`<b>${pluralize(warnings.length, 'warning')}</b>`, concernList(warnings, detail));
}

/** One item for each concern; a remedy that several have in common is shown once. */
export function concernList(concerns: readonly ListedConcern[], detail: Detail): string {
  const shown = new Set(concerns.slice(0, detail.items));
  const more = concerns.length - shown.size;
  return [
    ...groupConcerns(concerns).flatMap((group) => groupLines(group, shown, detail)),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
}

function groupLines(
  group: readonly ListedConcern[],
  shown: ReadonlySet<ListedConcern>,
  detail: Detail,
): readonly string[] {
  const [first, ...others] = group.flatMap((one) => (shown.has(one) ? [concernText(one, detail)] : []));
  if (first === undefined) return [];
  const { id = '' } = group[0] ?? {};
  const remedy = groupRemedy(group);
  const fix = remedy === undefined ? [] : [`  - Fix: ${prose(remedy, detail.text)}`];
  if (others.length === 0) return [`- ${code(id, 60)} ${first}`, ...fix];
  return [`- ${code(id, 60)}`, ...[first, ...others].map((text) => `  - ${text}`), ...fix];
}

function concernText(concern: ListedConcern, detail: Detail): string {
  const { place, vm } = concernSubject(concern);
  const about = [place, vm].flatMap((name) => (name === undefined ? [] : [`${code(name, detail.name)}: `]));
  return about.join('') + prose(concern.message, detail.text);
}
