import type { ApplyReport, ChangedPrecondition, ChangeResult } from '../core/apply-result.ts';
import type { Concern } from '../core/concern.ts';
import { type Action, type Change, isExecutable, type Plan } from '../core/plan.ts';
import { count } from './count.ts';
import { countOutcome, DONE, doneWord } from './outcome-counts.ts';

/** One line of `apply --json`, without the time at which it is said. */
export interface ApplyEvent {
  readonly '@level': 'info' | 'warn' | 'error';
  readonly '@message': string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What is being done, as Terraform says it. */
const DOING: Readonly<Record<Action, string>> = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  advance: 'advancing',
  'no-op': 'reading',
  defer: 'deferring',
};

/** The first line: the program's version, and that of this stream; its minor versions only add. */
export function versionEvent(version: string): ApplyEvent {
  return event('info', `landfall ${version}`, 'version', { landfall: version, ui: '1.0' });
}

/** What a plan comes to: what it warns of, a line for each change, and the counts. */
export function planEvents(plan: Plan): readonly ApplyEvent[] {
  return [
    ...plan.concerns.map(concernEvent),
    ...plan.changes.flatMap((change) => plannedEvent(change) ?? []),
    summaryOfPlan(plan),
  ];
}

function plannedEvent(change: Change): ApplyEvent | undefined {
  const { address, action, reason, blockedBy } = change;
  if (action === 'no-op') return undefined;
  if (blockedBy.length > 0) {
    const words = `${address}: blocked by ${blockedBy.join(', ')}`;
    return event('warn', words, 'blocked', { change: { ...about(change), blocked_by: blockedBy } });
  }
  if (action === 'defer') {
    const words = `${address}: deferred${reason === undefined ? '' : `: ${reason}`}`;
    return event('info', words, 'queued', { change: { ...about(change), reason } });
  }
  return event('info', `${address}: plan to ${action}${stepWords(change)}`, 'planned_change', {
    change: { ...about(change), reason, irreversible: change.irreversible },
  });
}

export function startEvent(change: Change): ApplyEvent {
  return event('info', `${change.address}: ${DOING[change.action]}${stepWords(change)}`, 'apply_start', {
    hook: about(change),
  });
}

/** @param milliseconds since the change was started */
export function progressEvent(change: Change, milliseconds: number): ApplyEvent {
  const elapsed = seconds(milliseconds);
  const words = `${change.address}: still ${DOING[change.action]} after ${Math.floor(elapsed)} s`;
  return event('info', words, 'apply_progress', { hook: { ...about(change), elapsed_seconds: elapsed } });
}

/** How one change ended: done, failed or not tried. */
export function resultEvent(result: ChangeResult): ApplyEvent {
  const { change, status } = result;
  switch (status) {
    case 'done': {
      const elapsed = seconds(result.milliseconds);
      const { id = change.id, alreadyExisted: wasThere, detail } = result;
      const hook = { ...about(change), id, was_there: wasThere, detail, elapsed_seconds: elapsed };
      const words = `${change.address}: ${doneWord(result)}${stepWords(change)} after ${elapsed} s`;
      return event('info', words, 'apply_complete', { hook });
    }
    case 'failed': {
      const { code, message, remedy } = result;
      const hook = {
        ...about(change),
        code,
        message,
        remedy,
        elapsed_seconds: seconds(result.milliseconds),
      };
      return event('error', `${change.address}: failed: ${message}`, 'apply_errored', { hook });
    }
    case 'not-tried':
      return event('warn', `${change.address}: not tried: ${result.reason}`, 'apply_skipped', {
        hook: { ...about(change), reason: result.reason },
      });
  }
}

/**
 * The end of a run. Its last line is the counts of what was done, or what ended it: either has the exit code.
 * @param told changes whose end has been said
 */
export function endEvents(
  { exitCode, plan, outcome, drift = [], error }: ApplyReport,
  told: ReadonlySet<Change>,
): readonly ApplyEvent[] {
  const untold = outcome?.results.filter(({ change }) => !told.has(change)) ?? [];
  const body = [...untold.map(resultEvent), ...drift.map(driftEvent)];
  if (error !== undefined) {
    const { code, message, remedy } = error;
    const diagnostic = { severity: 'error', id: code, summary: message, detail: remedy };
    return [...body, event('error', message, 'diagnostic', { diagnostic, exit_code: exitCode })];
  }
  const counts = outcome === undefined ? new Map<string, number>() : countOutcome(outcome);
  const counted = (kind: string): number => counts.get(kind) ?? 0;
  const changes = {
    operation: 'apply',
    create: counted(DONE.create),
    update: counted(DONE.update),
    replace: counted(DONE.replace),
    delete: counted(DONE.delete),
    advance: counted(DONE.advance),
    already_there: counted('already-there'),
    failed: counted('failed'),
    not_tried: counted('not-tried'),
    deferred: plan?.summary.defer ?? 0,
    blocked: plan?.summary.blocked ?? 0,
  };
  const { failed, not_tried: notTried } = changes;
  const done = [...counts.values()].reduce((sum, number) => sum + number, 0) - failed - notTried;
  const words = `Applied: ${count(done, 'change')}, ${failed} failed, ${notTried} not tried`;
  return [
    ...body,
    event(exitCode === 0 ? 'info' : 'warn', words, 'change_summary', {
      changes,
      interrupted: outcome?.interrupted ?? false,
      exit_code: exitCode,
    }),
  ];
}

/** A concern, or what is wrong with the manifests; critical ones are errors, of one VM or target. */
export function concernEvent(concern: Concern): ApplyEvent {
  const { id, severity, message, remedy, address, target, place } = concern;
  const level = severity === 'warning' ? 'warning' : 'error';
  const range = place && { filename: place.file, start: { line: place.line, column: place.column } };
  return event(level === 'warning' ? 'warn' : 'error', message, 'diagnostic', {
    diagnostic: { severity: level, id, summary: message, detail: remedy, address, target, range },
  });
}

function driftEvent(drift: ChangedPrecondition): ApplyEvent {
  const { target, address, job, what, planned, now } = drift;
  const words = `${address ?? target ?? 'project'}: ${what} has changed since the plan`;
  return event('warn', words, 'drift', { drift: { target, address, job, what, planned, now } });
}

function summaryOfPlan({ changes, summary }: Plan): ApplyEvent {
  const { create, update, replace, advance, defer, blocked } = summary;
  const deeds = count(changes.filter(isExecutable).length, 'change');
  return event('info', `Plan: ${deeds}, ${defer} deferred, ${blocked} blocked`, 'change_summary', {
    changes: {
      operation: 'plan',
      create,
      update,
      replace,
      delete: summary.delete,
      advance,
      deferred: defer,
      blocked,
    },
  });
}

function about({ address, target, wave, action, step, id }: Change): object {
  return { address, target, wave, action, step, id };
}

function stepWords({ action, step }: Change): string {
  return action === 'advance' && step !== undefined ? ` (${step})` : '';
}

function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1000;
}

function event(level: ApplyEvent['@level'], message: string, type: string, more: object): ApplyEvent {
  return { '@level': level, '@message': message, type, ...more };
}
