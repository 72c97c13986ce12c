import { type Concern, unreachableTargets } from '../concern.ts';
import type { DesiredWave, MaintenanceWindow, SettingValue } from '../desired.ts';
import type { StageCounts } from '../journey.ts';
import { type Change, type FieldChange, hasChanges, type Plan, type PlannedTarget } from '../plan.ts';
import { formatInstant } from '../time.ts';

/** The minor version of the format: 1 of `1.1`. */
export const PLAN_MINOR_VERSION = 1;

/**
 * A plan as data of `schemas/plan.schema.json`: what is printed as JSON, and what policies read. Keys that it does not
 * have are undefined.
 */
export function planData(plan: Plan) {
  const { noOp, blocked, ...counts } = plan.summary;
  const waves = new Map(plan.waves?.map((wave) => [wave.name, wave]));
  return {
    format_version: `1.${PLAN_MINOR_VERSION}`,
    landfall_version: plan.origin?.version,
    project: plan.project,
    commit: plan.origin?.commit,
    timestamp: formatInstant(plan.at),
    has_changes: hasChanges(plan),
    checksum: plan.checksum,
    valid_until: plan.validUntil === undefined ? undefined : formatInstant(plan.validUntil),
    overrides: plan.overrides,
    policy_overrides: plan.policyOverrides,
    targets: plan.targets.map((target) => ({
      ...toTarget(target),
      observed_at: target.at === undefined ? undefined : formatInstant(target.at),
      jobs: target.jobs,
    })),
    waves: plan.waves?.map(toWave),
    windows: plan.windows?.map(toWindow),
    changes: plan.changes.map((change) => toChange(change, waves.get(change.wave))),
    concerns: plan.concerns.map(toConcern),
    errors: toErrors(plan.concerns),
    capacity: plan.capacity.map((cap) =>
      snakeCase(cap, 'target', 'wave', 'of', 'limit', 'active', 'freed', 'starting', 'deferred'),
    ),
    summary: { ...counts, no_op: noOp, blocked },
    stages: toStages(plan.stages),
  };
}

function toWave({ suspend, cutover, dependsOn, place, ...wave }: DesiredWave): object {
  const { finalizeAfter, ...times } = cutover ?? { timeZone: 'UTC' };
  return {
    ...snakeCase(wave, 'name', 'target', 'labels', 'phase', 'owner', 'priority'),
    suspended: suspend === true,
    protected: wave.protect,
    depends_on: dependsOn ?? [],
    cutover: cutover && {
      at: times.at === undefined ? undefined : formatInstant(times.at),
      until: times.until === undefined ? undefined : formatInstant(times.until),
      time_zone: times.timeZone,
      finalize_after_seconds: finalizeAfter === undefined ? undefined : finalizeAfter / 1000,
    },
    ...place,
  };
}

function toWindow({ duration, place, ...window }: MaintenanceWindow): object {
  return {
    ...snakeCase(window, 'name', 'kind', 'schedule', 'timeZone', 'phases', 'waves', 'strict', 'reason'),
    duration_seconds: duration / 1000,
    ...place,
  };
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

function toChange(change: Change, wave: DesiredWave | undefined) {
  const { facts, place } = change;
  return {
    ...snakeCase(change, 'address', 'target', 'wave', 'id', 'action'),
    os: facts?.os,
    stage: facts?.stage,
    since: facts?.since === undefined ? undefined : formatInstant(facts.since),
    labels: wave?.labels,
    phase: wave?.phase,
    change: { actions: actionsOf(change), before: valuesBefore(change), after: valuesAfter(change) },
    settings: settingsOf(change),
    ...snakeCase(change, 'step'),
    step_name: facts?.stepName,
    ...snakeCase(change, 'destroys'),
    starts_at: change.seed && formatInstant(change.seed.at),
    irreversible: change.destroys === 'finalize' ? true : undefined,
    ...snakeCase(change, 'remaining', 'reason', 'heldBy', 'opensAt', 'closesAt', 'effects', 'blockedBy'),
    ...place,
  };
}

/** All settings of the job before and after the change; null where there is no job. */
function settingsOf({ action, id, settings, facts }: Change): object {
  const before = id === undefined ? null : { ...(facts?.before ?? settings) };
  return { before, after: action === 'delete' ? null : { ...settings } };
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

/**
 * Copies fields of a value under the same names in snake_case, in the order of `keys`; fields that it does not have are
 * left out. Instants, in fields named `at` or that end in `At`, become times in UTC.
 */
export function snakeCase<T extends object>(
  value: T,
  ...keys: readonly (keyof T & string)[]
): Record<string, unknown> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const field: unknown = value[key];
      if (field === undefined) return [];
      const isInstant = /^at$|At$/.test(key) && typeof field === 'number';
      return [[toSnakeCase(key), isInstant ? formatInstant(field) : field]];
    }),
  );
}

/** `vmManagerId` → `vm_manager_id`; names of VMware are one word. */
function toSnakeCase(key: string): string {
  return key
    .replace('vmWare', 'vmware')
    .replace('VCenter', 'Vcenter')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
