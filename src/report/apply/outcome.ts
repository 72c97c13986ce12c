import type { Colors } from 'picocolors/types.js';
import type { ApplyOutcome, ApplyReport, ChangeResult } from '../../core/apply-result.ts';
import type { Action, Plan } from '../../core/plan.ts';
import { actionsOf } from '../plan/json.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import { groupBy } from '../text/table.ts';
import { formatDuration, joinFirst } from '../text/words.ts';

type ResultWith<Status extends ChangeResult['status']> = Extract<ChangeResult, { status: Status }>;

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
  return [...details, ...gap, countsLine(plan, outcome, colors), ''].join('\n');
}

function failedLines(
  group: readonly ResultWith<'failed'>[],
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
  group: readonly ResultWith<'not-tried'>[],
  name: (result: ChangeResult) => string,
  colors: Colors,
): readonly string[] {
  const reason = escapeTerminal(group[0]?.reason ?? '');
  return [`${colors.yellow('not tried')}: ${reason}`, `  ${joinFirst(group.map(name))}`];
}

function countsLine({ summary }: Plan, outcome: ApplyOutcome, colors: Colors): string {
  const counts = countResults(outcome);
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
    `${colors.bold(outcome.interrupted ? 'Interrupted:' : 'Applied:')} ${done || 'nothing'} in ${formatDuration(outcome.milliseconds)}.`,
    ...[undone, left].filter((text) => text !== '').map((text) => `${text}.`),
  ];
  return sentences.join(' ');
}

const NO_RESULTS: ApplyOutcome = { results: [], interrupted: false, milliseconds: 0 };

/** How an apply ended, as JSON; format version 1.0, minor versions only add. Durations are in milliseconds. */
export function renderOutcomeJson({
  exitCode,
  plan,
  outcome = NO_RESULTS,
  drift,
  error,
}: ApplyReport): string {
  const counts = countResults(outcome);
  const counted = (kind: string): number => counts.get(kind) ?? 0;
  return formatJson({
    format_version: '1.0',
    exit_code: exitCode,
    plan_checksum: plan?.checksum,
    interrupted: outcome.interrupted,
    duration_ms: outcome.milliseconds,
    results: outcome.results.map(toResult),
    summary: {
      created: counted('created'),
      updated: counted('updated'),
      replaced: counted('replaced'),
      deleted: counted('deleted'),
      advanced: counted('advanced'),
      already_there: counted('already-there'),
      failed: counted('failed'),
      not_tried: counted('not-tried'),
      deferred: plan?.summary.defer ?? 0,
      blocked: plan?.summary.blocked ?? 0,
    },
    error,
    drift,
  });
}

function toResult(result: ChangeResult): object {
  const { change, status } = result;
  const { address, target, wave, step } = change;
  const about = { address, target, wave, actions: actionsOf(change), step, status };
  switch (status) {
    case 'done':
      return {
        ...about,
        id: result.id ?? change.id,
        was_there: result.alreadyExisted,
        detail: result.detail,
        duration_ms: result.milliseconds,
      };
    case 'failed': {
      const { code, message, remedy, milliseconds } = result;
      return { ...about, id: change.id, code, message, remedy, duration_ms: milliseconds };
    }
    case 'not-tried':
      return { ...about, id: change.id, reason: result.reason };
  }
}

/** What an action is called once it is done; an apply has nothing to do for the last two. */
export const COMPLETED_VERBS = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  advance: 'advanced',
  'no-op': 'unchanged',
  defer: 'deferred',
} as const satisfies Record<Action, string>;

/** What a result counts as. */
function resultKind(result: ChangeResult): string {
  if (result.status !== 'done') return result.status;
  return result.alreadyExisted === true ? 'already-there' : COMPLETED_VERBS[result.change.action];
}

/**
 * What was done, in a word; a job that another run has created was not created by this one, and one that goes on
 * replicating is not gone.
 */
export function completedVerb({
  alreadyExisted: wasThere,
  change,
}: Extract<ChangeResult, { status: 'done' }>): string {
  if (wasThere === true) return 'there already';
  return change.action === 'delete' && change.replicatesOn === true
    ? 'released'
    : COMPLETED_VERBS[change.action];
}

/** How many results of an outcome are of each kind: `created`, …, `already-there`, `failed`, `not-tried`. */
export function countResults({ results }: ApplyOutcome): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(resultKind(result), (counts.get(resultKind(result)) ?? 0) + 1);
  return counts;
}
