import type { ApplyOutcome, ChangeResult } from '../../core/apply-result.ts';
import type { Action, Change } from '../../core/plan.ts';

/** The verb for each completed action; an apply never does the last two. */
const COMPLETED_VERBS = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  advance: 'advanced',
  'no-op': 'unchanged',
  defer: 'deferred',
} as const satisfies Record<Action, string>;

/** What a result counts as, and the words for it: done, then failed and not tried. */
export const RESULT_WORDS = {
  created: 'created',
  updated: 'updated',
  replaced: 'replaced',
  deleted: 'deleted',
  advanced: 'advanced',
  already_there: 'already there',
  failed: 'failed',
  not_tried: 'not tried',
} as const;
export type ResultKind = keyof typeof RESULT_WORDS;

const RESULT_KINDS = Object.keys(RESULT_WORDS) as readonly ResultKind[];
export const DONE_KINDS = RESULT_KINDS.slice(0, -2);

/** Counts the results of an outcome by kind. */
export function countResults({ results }: ApplyOutcome): Readonly<Record<ResultKind, number>> {
  const kinds = results.map((result) => {
    if (result.status === 'not-tried') return 'not_tried';
    if (result.status === 'failed') return 'failed';
    return result.alreadyExisted === true ? 'already_there' : COMPLETED_VERBS[result.change.action];
  });
  return Object.fromEntries(
    RESULT_KINDS.map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  ) as Record<ResultKind, number>;
}

/**
 * The verb for a completed change. A job that another run created was `already there`; a job that was taken out of the
 * project and keeps replicating was `released`, not deleted.
 */
export function completedVerb({ alreadyExisted, change }: Extract<ChangeResult, { status: 'done' }>): string {
  if (alreadyExisted === true) return RESULT_WORDS.already_there;
  return change.action === 'delete' && change.replicatesOn === true
    ? 'released'
    : COMPLETED_VERBS[change.action];
}

/** The verb for each action in progress, as in Terraform. */
export const ONGOING_VERBS: Readonly<Record<Action, string>> = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  advance: 'advancing',
  'no-op': 'reading',
  defer: 'deferring',
};

/** The step of a change that takes one: ` (StartTest)`. */
export function stepSuffix(change: Change): string {
  return change.action === 'advance' ? ` (${change.step})` : '';
}
