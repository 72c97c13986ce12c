import type {
  ApplyReport,
  ChangedPrecondition,
  ChangeResult,
  VmLaunchActions,
} from '../../core/apply-result.ts';
import type { Concern } from '../../core/concern.ts';
import { type Change, isExecutable, type Plan } from '../../core/plan.ts';
import { snakeCase } from '../text/json.ts';
import { pluralize } from '../text/words.ts';
import { launchActionsJson, launchActionsText } from './outcome.ts';
import { completedVerb, countResults, ONGOING_VERBS, stepSuffix } from './results.ts';

/** One line of `apply --json`, without its time. */
export interface ApplyEvent {
  readonly '@level': 'info' | 'warn' | 'error';
  readonly '@message': string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The first line: the program's version, and that of this stream; its minor versions only add. */
export function versionEvent(version: string): ApplyEvent {
  return newEvent('info', `landfall ${version}`, 'version', { landfall: version, ui: '1.1' });
}

/** The events of a plan: its concerns, a line for each change, and the counts. */
export function planEvents(plan: Plan): readonly ApplyEvent[] {
  return [
    ...plan.concerns.map(concernEvent),
    ...plan.changes.flatMap((change) => plannedChangeEvent(change) ?? []),
    planSummaryEvent(plan),
  ];
}

function plannedChangeEvent(change: Change): ApplyEvent | undefined {
  const { address, action, reason, blockedBy } = change;
  if (action === 'no-op') return undefined;
  if (blockedBy.length > 0) {
    const words = `${address}: blocked by ${blockedBy.join(', ')}`;
    return newEvent('warn', words, 'blocked', { change: { ...changeFields(change), blocked_by: blockedBy } });
  }
  if (action === 'defer') {
    const words = `${address}: deferred: ${reason}`;
    return newEvent('info', words, 'queued', { change: { ...changeFields(change), reason } });
  }
  return newEvent('info', `${address}: plan to ${action}${stepSuffix(change)}`, 'planned_change', {
    change: { ...changeFields(change), reason, ...destructionFields(change) },
  });
}

function destructionFields({ destroys }: Change): object {
  return { destroys, irreversible: destroys === 'finalize' ? true : undefined };
}

export function startEvent(change: Change): ApplyEvent {
  return newEvent(
    'info',
    `${change.address}: ${ONGOING_VERBS[change.action]}${stepSuffix(change)}`,
    'apply_start',
    {
      hook: changeFields(change),
    },
  );
}

/** @param milliseconds since the change was started */
export function progressEvent(change: Change, milliseconds: number): ApplyEvent {
  const elapsed = toSeconds(milliseconds);
  const words = `${change.address}: still ${ONGOING_VERBS[change.action]} after ${Math.floor(elapsed)} s`;
  return newEvent('info', words, 'apply_progress', {
    hook: { ...changeFields(change), elapsed_seconds: elapsed },
  });
}

/** How one change ended: done, failed or not tried. */
export function resultEvent(result: ChangeResult): ApplyEvent {
  const { change, status } = result;
  switch (status) {
    case 'done': {
      const elapsed = toSeconds(result.milliseconds);
      const { id = change.id, alreadyExisted: wasThere, detail } = result;
      const hook = { ...changeFields(change), id, was_there: wasThere, detail, elapsed_seconds: elapsed };
      const words = `${change.address}: ${completedVerb(result)}${stepSuffix(change)} after ${elapsed} s`;
      return newEvent('info', words, 'apply_complete', { hook });
    }
    case 'failed': {
      const hook = {
        ...changeFields(change),
        ...snakeCase(result, 'code', 'message', 'remedy'),
        elapsed_seconds: toSeconds(result.milliseconds),
      };
      return newEvent('error', `${change.address}: failed: ${result.message}`, 'apply_errored', { hook });
    }
    case 'not-tried':
      return newEvent('warn', `${change.address}: not tried: ${result.reason}`, 'apply_skipped', {
        hook: { ...changeFields(change), reason: result.reason },
      });
  }
}

/**
 * The end of a run. Its last line is the counts of what was done, or what ended it: either has the exit code.
 * @param reported changes whose end has been reported
 */
export function endEvents(
  { exitCode, plan, outcome, launchActions = [], drift = [], error }: ApplyReport,
  reported: ReadonlySet<Change>,
): readonly ApplyEvent[] {
  const unreported = outcome?.results.filter(({ change }) => !reported.has(change)) ?? [];
  const body = [
    ...unreported.map(resultEvent),
    ...launchActions.map(launchActionsEvent),
    ...drift.map(changedPreconditionEvent),
  ];
  if (error !== undefined) {
    const { code, message, remedy } = error;
    const diagnostic = { severity: 'error', id: code, summary: message, detail: remedy };
    return [...body, newEvent('error', message, 'diagnostic', { diagnostic, exit_code: exitCode })];
  }
  const counts = countResults(outcome ?? { results: [], interrupted: false, milliseconds: 0 });
  const { created, updated, replaced, deleted, advanced, already_there, failed, not_tried } = counts;
  const changes = {
    operation: 'apply',
    create: created,
    update: updated,
    replace: replaced,
    delete: deleted,
    advance: advanced,
    already_there,
    failed,
    not_tried,
    deferred: plan?.summary.defer ?? 0,
    blocked: plan?.summary.blocked ?? 0,
  };
  const done = created + updated + replaced + deleted + advanced + already_there;
  const words = `Applied: ${pluralize(done, 'change')}, ${failed} failed, ${not_tried} not tried`;
  return [
    ...body,
    newEvent(exitCode === 0 ? 'info' : 'warn', words, 'change_summary', {
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
  return newEvent(level === 'warning' ? 'warn' : 'error', message, 'diagnostic', {
    diagnostic: { severity: level, id, summary: message, detail: remedy, address, target, range },
  });
}

function launchActionsEvent(one: VmLaunchActions): ApplyEvent {
  const level = one.actions.some(({ status }) => status === 'failed') ? 'warn' : 'info';
  const words = launchActionsText(one);
  return newEvent(level, words, 'launch_actions', { launch_actions: launchActionsJson(one) });
}

function changedPreconditionEvent(drift: ChangedPrecondition): ApplyEvent {
  const words = `${drift.address ?? drift.target ?? 'project'}: ${drift.what} has changed since the plan`;
  return newEvent('warn', words, 'drift', {
    drift: snakeCase(drift, 'target', 'address', 'job', 'what', 'planned', 'now'),
  });
}

function planSummaryEvent({ changes, summary }: Plan): ApplyEvent {
  const { create, update, replace, advance, defer, blocked } = summary;
  const executable = pluralize(changes.filter(isExecutable).length, 'change');
  return newEvent('info', `Plan: ${executable}, ${defer} deferred, ${blocked} blocked`, 'change_summary', {
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

function changeFields(change: Change): object {
  return snakeCase(change, 'address', 'target', 'wave', 'action', 'step', 'id');
}

function toSeconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1000;
}

function newEvent(level: ApplyEvent['@level'], message: string, type: string, more: object): ApplyEvent {
  return { '@level': level, '@message': message, type, ...more };
}
