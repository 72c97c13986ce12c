import type { RollbackReport } from '../../core/apply-result.ts';
import { groupBy } from '../../core/lists.ts';
import type { Change, Plan } from '../../core/plan.ts';
import { joinFirst, quoteShellWord } from '../../core/text.ts';
import { formatDuration } from '../../core/time.ts';
import { renderPlanText } from '../plan/text.ts';
import { joinBlocks, type TextOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { nameWithWave, pluralize } from '../text/words.ts';
import { renderOutcomeJson, renderResults } from './outcome.ts';

/** What a rollback is about to do, and which VMs it leaves as they are and why. Ends in a newline. */
export function renderRollbackPlan(plan: Plan, options: TextOptions): string {
  const { colors } = options;
  const { advance } = plan.summary;
  const left = plan.changes.filter(({ action }) => action === 'no-op');
  const lines = [...groupBy(left, ({ reason = '' }) => reason)].map(([reason, group]) => {
    const names = joinFirst(group.map(nameWithWave), options.verbose ? Infinity : MAX_LEFT);
    return `${colors.yellow('left as is')}: ${names}: ${escapeTerminal(reason)}`;
  });
  const counts = [
    ...(advance > 0 ? [`${pluralize(advance, 'VM')} to take back`] : ['nothing to take back now']),
    ...restOf(plan),
  ];
  const gap = lines.length > 0 ? [''] : [];
  return renderPlanText(plan, options, [
    ...lines,
    ...gap,
    `${colors.bold('Rollback:')} ${counts.join(', ')}.`,
  ]);
}

/** Most VMs that are named as left for one reason, unless the user wants all. */
const MAX_LEFT = 10;

/** Counts the VMs of which nothing is taken back. */
function restOf({ summary: { noOp, defer, blocked } }: Plan): readonly string[] {
  return [
    ...(defer > 0 ? [`${defer} must wait`] : []),
    ...(noOp > 0 ? [`${noOp} left as ${noOp === 1 ? 'it is' : 'they are'}`] : []),
    ...(blocked > 0 ? [`${blocked} refused`] : []),
  ];
}

/** What a rollback did, and what to do next. Ends in a newline. */
export function renderRollbackText(report: RollbackReport, options: TextOptions): string {
  const { plan, outcome } = report;
  if (outcome === undefined) return joinBlocks([wrapLines(nextLines(report), options)]);
  // A VM takes several steps: its last one says what became of it.
  const results = [...new Map(outcome.results.map((result) => [keyOf(result.change), result])).values()];
  const count = (wanted: string): number => results.filter(({ status }) => status === wanted).length;
  const others = [
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('not-tried') > 0 ? [`${count('not-tried')} not tried`] : []),
    ...restOf(plan),
  ];
  const lead = options.colors.bold(outcome.interrupted ? 'Interrupted:' : 'Rollback:');
  const taken = `${pluralize(count('done'), 'VM')} taken back in ${formatDuration(outcome.milliseconds)}`;
  const counts = `${lead} ${[taken, ...others].join(', ')}.`;
  const text = renderResults(plan, { ...outcome, results }, counts, options);
  return joinBlocks([text.trimEnd().split('\n'), wrapLines(nextLines(report), options)]);
}

/** What keeps the cut-overs from being launched again, and what to do about what is left. */
function nextLines({ outcome, plan, pastReady }: RollbackReport): readonly string[] {
  const results = outcome?.results ?? [];
  const changed = new Set(results.flatMap(({ status, change }) => (status === 'done' ? [change.wave] : [])));
  const waves = pastReady.filter((wave) => changed.has(wave));
  const isOpen =
    results.some(({ status }) => status !== 'done') || plan.changes.some(({ action }) => action === 'defer');
  return [
    ...waves.map((wave) => {
      const flag = `--confirm-cutover ${quoteShellWord(wave)}`;
      return escapeTerminal(
        `Next: set \`phase: ready\` in wave ${wave}, or move these VMs to a wave with that phase. Until then plan and apply refuse to launch their cut-overs again, unless ${flag} is given.`,
      );
    }),
    ...(isOpen ? ['Next: run the same command again for the VMs that are left.'] : []),
  ];
}

/** How a rollback ended, as JSON: that of an apply, with the VMs that it leaves as they are. */
export function renderRollbackJson(report: RollbackReport): string {
  const { changes, concerns } = report.plan;
  const left = changes.flatMap(({ address, target, wave, action, reason }) => {
    if (action !== 'no-op' && action !== 'defer') return [];
    return [{ address, target, wave, status: action === 'defer' ? 'waits' : 'unchanged', reason }];
  });
  const refused = concerns.flatMap(({ address, target, id, message, remedy }) =>
    address === undefined ? [] : [{ address, target, status: 'refused', code: id, reason: message, remedy }],
  );
  return renderOutcomeJson(report, [...left, ...refused]);
}

function keyOf({ target, address }: Change): string {
  return JSON.stringify([target, address]);
}
