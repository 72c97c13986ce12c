import type { Colors } from 'picocolors/types.js';
import type { ApplyOutcome, ChangeResult } from '../core/apply-result.ts';
import type { Plan } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { countOutcome } from './outcome-counts.ts';
import { duration, firstOf } from './words.ts';

type Of<Status extends ChangeResult['status']> = Extract<ChangeResult, { status: Status }>;

/**
 * What an apply did: failures with what to do about them, what was not tried and why, and the counts.
 * Ends in a newline.
 */
export function renderOutcomeText(
  plan: Plan,
  outcome: ApplyOutcome,
  { colors }: { readonly colors: Colors },
): string {
  // An address is unique within its target only.
  const name = ({ change: { target, address } }: ChangeResult): string =>
    escapeTerminal(plan.targets.length > 1 ? `${target} ${address}` : address);
  const failed = outcome.results.filter((result) => result.status === 'failed');
  const notTried = outcome.results.filter((result) => result.status === 'not-tried');
  const details = [
    ...[...groupBy(failed, ({ code, remedy = '' }) => JSON.stringify([code, remedy])).values()].flatMap(
      (group) => failedLines(group, name, colors),
    ),
    ...[...groupBy(notTried, ({ reason }) => reason).values()].flatMap((group) =>
      notTriedLines(group, name, colors),
    ),
  ];
  const gap = details.length > 0 ? [''] : [];
  return [...details, ...gap, countLine(plan, outcome, colors), ''].join('\n');
}

function failedLines(
  group: readonly Of<'failed'>[],
  name: (result: ChangeResult) => string,
  colors: Colors,
): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { code, remedy } = first;
  return [
    `${colors.red('failed')} ${colors.dim(escapeTerminal(code))}`,
    ...group.map((result) => `  ${name(result)}: ${escapeTerminal(result.message)}`),
    ...(remedy === undefined ? [] : [`  ${colors.cyan('fix')}: ${escapeTerminal(remedy)}`]),
  ];
}

function notTriedLines(
  group: readonly Of<'not-tried'>[],
  name: (result: ChangeResult) => string,
  colors: Colors,
): readonly string[] {
  const reason = escapeTerminal(group[0]?.reason ?? '');
  return [`${colors.yellow('not tried')}: ${reason}`, `  ${firstOf(group.map(name))}`];
}

function countLine({ summary }: Plan, outcome: ApplyOutcome, colors: Colors): string {
  const counts = countOutcome(outcome);
  const counted = (kinds: readonly (readonly [string, string])[]): string =>
    kinds
      .flatMap(([kind, word]) => (counts.has(kind) ? [`${counts.get(kind) ?? 0} ${word}`] : []))
      .join(', ');
  const done = counted([
    ['created', 'created'],
    ['updated', 'updated'],
    ['replaced', 'replaced'],
    ['deleted', 'deleted'],
    ['advanced', 'advanced'],
    ['already-there', 'there already'],
  ]);
  const undone = counted([
    ['failed', 'failed'],
    ['not-tried', 'not tried'],
  ]);
  const left = [
    ...(summary.defer > 0 ? [`${summary.defer} deferred to a later run`] : []),
    ...(summary.blocked > 0 ? [`${summary.blocked} blocked by critical concerns`] : []),
  ].join(', ');
  const sentences = [
    `${colors.bold(outcome.interrupted ? 'Interrupted:' : 'Applied:')} ${done || 'nothing'} in ${duration(outcome.milliseconds)}.`,
    ...[undone, left].filter((text) => text !== '').map((text) => `${text}.`),
  ];
  return sentences.join(' ');
}
