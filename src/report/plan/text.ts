import type { Colors } from 'picocolors/types.js';
import { groupBy } from '../../core/lists.ts';
import {
  type Capacity,
  type Change,
  hasChanges,
  type Plan,
  type PlannedTarget,
  runRefusals,
} from '../../core/plan.ts';
import type { Instant } from '../../core/time.ts';
import {
  concernLines,
  incompleteLines,
  joinBlocks,
  targetHeading,
  type TextOptions,
  wrapLines,
} from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { wrapLine } from '../text/fit.ts';
import { foldRows } from '../text/table.ts';
import { countsText, nameInWave } from '../text/words.ts';
import {
  deferredRows,
  existingJobCells,
  existingJobDetails,
  newJobTexts,
  sharedNote,
} from './change-text.ts';
import {
  ACTION_STYLES,
  capacityViews,
  planHeadline,
  REFUSED_WORDS,
  scheduleSentences,
  waveCounts,
  type WaveView,
  waveViews,
} from './view.ts';

/**
 * The plan as a reviewer reads it: changes by target and wave, then concerns, capacity and the counts.
 * A plan without changes is one line, and its concerns. Ends in a newline.
 * @param headline the last lines
 */
export function renderPlanText(
  plan: Plan,
  options: TextOptions,
  headline: readonly string[] = summaryLines(plan, options.colors),
): string {
  const whole =
    hasChanges(plan) ||
    options.verbose ||
    // A reviewer of a refused plan must see the changes to decide whether they are intended.
    runRefusals(plan).length > 0 ||
    plan.changes.some(({ blockedBy }) => blockedBy.length > 0) ||
    // A VM may wait for many reasons; VMs that wait for a full cap may be hundreds, and are only counted.
    plan.changes.some(
      ({ action, remaining, heldBy }) =>
        action === 'defer' && (remaining !== undefined || heldBy !== undefined),
    );
  const blocks = [
    ...(whole ? targetBlocks(plan, options) : []),
    concernLines(plan.concerns, options),
    whole ? capacityLines(plan.capacity, options) : [],
    wrapLines(scheduleSentences(plan).map(escapeTerminal), options),
    wrapLines([...headline, ...incompleteLines(plan.concerns, options.colors)], options),
  ];
  return joinBlocks(blocks);
}

/** The lines of each target. */
function targetBlocks({ changes, targets, at }: Plan, options: TextOptions): readonly (readonly string[])[] {
  const views = groupBy(waveViews(changes), ({ target }) => target);
  return targets.map((target) => targetLines(views.get(target.name) ?? [], target, at, options));
}

function targetLines(
  views: readonly WaveView[],
  target: PlannedTarget,
  now: Instant,
  options: TextOptions,
): readonly string[] {
  const waves = views
    .filter((view) => view.hasChanges || options.verbose)
    // One text for each wave: a hundred thousand lines with their parts would take more memory.
    .map((view) => waveLines(view, target, now, options).join('\n'));
  if (waves.length === 0) return [];
  const heading = wrapLines([targetHeading(target, options.colors)], options);
  return [...heading, ...waves.flatMap((text) => ['', text])];
}

const INDENT = ' '.repeat(8);

/** The changes of one wave under a heading that counts them. */
function waveLines(
  { wave, changes }: WaveView,
  target: PlannedTarget,
  now: Instant,
  options: TextOptions,
): readonly string[] {
  const { colors, verbose } = options;
  const byAction = groupBy(changes, ({ action }) => action);
  const counts = countsText(waveCounts(changes, verbose));
  return [
    ...wrapLines([`  ${colors.bold(escapeTerminal(wave))}  ${colors.dim(counts)}`], options),
    ...ACTION_STYLES.flatMap((style) => {
      const group = byAction.get(style.action) ?? [];
      return group.length === 0 || (style.action === 'no-op' && !verbose)
        ? []
        : actionLines(style, group, { ...target, now }, options);
    }),
  ];
}

function actionLines(
  { action, symbol, color }: (typeof ACTION_STYLES)[number],
  changes: readonly Change[],
  { columns, now }: PlannedTarget & { readonly now: Instant },
  options: TextOptions,
): readonly string[] {
  const { colors, verbose, columns: width = Infinity } = options;
  const mark = `    ${colors[color](symbol.padStart(3))} `;
  const marked = ([first = '', ...others]: readonly string[]): readonly string[] => [
    mark + first,
    ...others.map((line) => INDENT + line),
  ];
  const room = width - INDENT.length;
  if (action === 'defer' && !verbose)
    return deferredRows(changes, now).flatMap((row) =>
      foldRows([row], room, { 1: colors.dim }).flatMap(marked),
    );

  const creates = action === 'create' || action === 'defer';
  const note = creates ? '' : sharedNote(changes);
  const { shared, cells } = creates
    ? newJobTexts(changes, columns)
    : { shared: note, cells: changes.map((change) => existingJobCells(change, note)) };
  const rows = changes.map((change, row) => [nameInWave(change), ...(cells[row] ?? []), blockedCell(change)]);
  const lines = foldRows(rows, room, { 3: colors.dim, 5: colors.red });
  const words = creates ? `each with ${shared}` : `each: ${shared}`;
  return [
    ...wrapLines(shared === '' ? [] : [`${INDENT}${colors.dim(words)}`], options),
    ...changes.flatMap((change, row) => [
      ...marked(lines[row] ?? []),
      ...(creates ? [] : existingJobDetails(change, note, colors.dim)).flatMap((line) =>
        wrapLine(`${INDENT}  ${line}`, width),
      ),
    ]),
  ];
}

function blockedCell({ blockedBy }: Change): string {
  return blockedBy.length === 0 ? '' : `blocked: ${blockedBy.join(', ')}`;
}

/** How full each cap is and what the run does to it, one line a cap. */
function capacityLines(
  capacity: readonly Capacity[],
  { columns = Infinity }: TextOptions,
): readonly string[] {
  if (capacity.length === 0) return [];
  const rows = capacityViews(capacity).map(({ target, wave, counts }) => [
    escapeTerminal(wave === undefined ? target : `  wave ${wave}`),
    countsText(counts),
  ]);
  return ['Capacity', ...foldRows(rows, columns - 2).flatMap((lines) => lines.map((line) => `  ${line}`))];
}

function summaryLines(plan: Plan, colors: Colors): readonly string[] {
  const { noChanges, counts, refusedBy } = planHeadline(plan);
  if (noChanges !== undefined) {
    const lead = colors.bold(`${noChanges.lead}.`);
    return [`${lead} ${[noChanges.matching, ...counts.map((count) => countsText([count]))].join(', ')}.`];
  }
  const line = `${colors.bold('Plan:')} ${countsText(counts)}.`;
  if (refusedBy.length === 0) return [line];
  return [line, `${colors.red(colors.bold('Refused'))} by ${refusedBy.join(' and ')}: ${REFUSED_WORDS}`];
}
