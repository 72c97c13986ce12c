import type { ApplyOutcome, ApplyReport, ChangeResult } from '../core/apply-result.ts';
import { formatJson } from './json.ts';
import { countOutcome } from './outcome-counts.ts';
import { actionsOf } from './plan-json.ts';

const NOTHING: ApplyOutcome = { results: [], interrupted: false, milliseconds: 0 };

/** How an apply ended, as JSON; format version 1.0, minor versions only add. Durations are in milliseconds. */
export function renderOutcomeJson({ exitCode, plan, outcome = NOTHING, drift, error }: ApplyReport): string {
  const counts = countOutcome(outcome);
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
