import type { Freshness } from '../../core/apply-result.ts';
import { type Concern, unreachableTargets } from '../../core/concern.ts';
import type { SettingValue } from '../../core/desired.ts';
import type { StageCounts } from '../../core/journey.ts';
import { type Change, type FieldChange, hasChanges, type Plan, type PlannedTarget } from '../../core/plan.ts';
import { formatInstant } from '../../core/time.ts';
import { formatJson, snakeCase } from '../text/json.ts';

/** The plan as JSON of `schemas/plan.schema.json`; of a saved plan with its freshness. Ends in a newline. */
export function renderPlanJson(plan: Plan, freshness?: Freshness): string {
  const { noOp, blocked, ...counts } = plan.summary;
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(plan.at),
    has_changes: hasChanges(plan),
    checksum: plan.checksum,
    valid_until: plan.validUntil === undefined ? undefined : formatInstant(plan.validUntil),
    overrides: plan.overrides,
    targets: plan.targets.map((target) => ({ ...toTarget(target), jobs: target.jobs })),
    changes: plan.changes.map(toChange),
    concerns: plan.concerns.map(toConcern),
    errors: toErrors(plan.concerns),
    capacity: plan.capacity.map((cap) =>
      snakeCase(cap, 'target', 'wave', 'of', 'limit', 'active', 'freed', 'starting', 'deferred'),
    ),
    summary: { ...counts, no_op: noOp, blocked },
    stages: toStages(plan.stages),
    freshness: freshness && { status: freshness.status, drift: freshness.drift, reason: freshness.reason },
  });
}

/** A target as JSON. */
export function toTarget(target: PlannedTarget): object {
  return snakeCase(target, 'name', 'provider', 'account', 'region', 'endpoint', 'credentials');
}

/** Counts by stage as JSON: `cut-over` is `cut_over`. */
export function toStages(stages: StageCounts): object {
  return Object.fromEntries(
    Object.entries(stages).map(([stage, count]) => [stage.replaceAll('-', '_'), count]),
  );
}

function toChange(change: Change): object {
  return {
    ...snakeCase(change, 'address', 'target', 'wave', 'id'),
    change: { actions: actionsOf(change), before: valuesBefore(change), after: valuesAfter(change) },
    ...snakeCase(change, 'step', 'destroys'),
    starts_at: change.seed && formatInstant(change.seed.at),
    irreversible: change.destroys === 'finalize' ? true : undefined,
    ...snakeCase(change, 'remaining', 'reason', 'heldBy', 'opensAt', 'closesAt', 'effects', 'blockedBy'),
  };
}

/** Terraform's way of saying it: what is done, in order. */
export function actionsOf({ action }: Change): readonly string[] {
  return action === 'replace' ? ['delete', 'create'] : [action];
}

/** Null where there is no job yet; all that is lost where it goes. */
function valuesBefore({ action, id, fields, settings }: Change): Record<string, SettingValue> | null {
  if (action === 'delete') return { ...settings };
  return id === undefined ? null : fieldValues(fields, (field) => field.before);
}

/** Null where no job is left. */
function valuesAfter({ action, fields }: Change): Record<string, SettingValue> | null {
  return action === 'delete' ? null : fieldValues(fields, (field) => field.after);
}

function fieldValues(
  fields: readonly FieldChange[],
  pick: (field: FieldChange) => SettingValue | undefined,
): Record<string, SettingValue> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = pick(field);
      return value === undefined ? [] : [[field.field, value]];
    }),
  );
}

/** A concern as JSON, here and wherever else concerns are shown. */
export function toConcern({ id, severity, code, address, target, place, message, remedy }: Concern): object {
  return { id, severity, code, address, target, ...place, message, remedy };
}

/** Why targets could not be read, as JSON, sorted by target; undefined if all could. */
export function toErrors(concerns: readonly Concern[]): readonly object[] | undefined {
  const unread = unreachableTargets(concerns);
  if (unread.length === 0) return undefined;
  return unread.map((one) => snakeCase(one, 'target', 'code', 'message', 'remedy'));
}
