import { type Concern, raiseForVm } from '../core/concern.ts';
import type { DesiredVm, Settings, SettingValue } from '../core/desired.ts';
import { byKeys, byText } from '../core/lists.ts';
import type { ObservedJob } from '../core/observed.ts';
import type { FieldChange } from '../core/plan.ts';
import type { FieldComparison, FieldRule, ProviderTraits } from '../core/provider.ts';
import type { SettingComparison } from '../core/status.ts';
import type { Instant } from '../core/time.ts';

/** How git and the account differ over one job. */
export interface Comparison {
  /** Sorted by field; those that force a replace say so. */
  readonly fields: readonly FieldChange[];
  /** What changing them in place costs, one for each field that has a cost: `forces_resync: kmsKeyId`. */
  readonly effects: readonly string[];
  /** Settings that differ and that the service cannot change on a job that exists. */
  readonly unchangeable: readonly Concern[];
}

/** Compares the settings of a job field by field, as the provider's table says. */
export function compareFields(
  vm: DesiredVm,
  job: ObservedJob,
  rules: readonly FieldRule[],
  now: Instant,
): Comparison {
  const fields: FieldChange[] = [];
  const effects: string[] = [];
  const unchangeable: Concern[] = [];
  for (const { name, rule, desired, observed, comparison } of differences(vm, job, rules, now)) {
    if (comparison === 'differs') {
      fields.push(fieldChange(name, rule, observed, desired));
      if (rule.effect !== undefined) effects.push(`${rule.effect}: ${name}`);
    } else unchangeable.push(raiseForVm(comparison.unchangeable, vm, comparison));
  }
  return { fields: fields.toSorted(byField), effects: effects.toSorted(byText), unchangeable };
}

/** Lists all settings of a VM and of its job side by side, sorted by name. A job that has done its work differs in none. */
export function compareSettings(
  vm: DesiredVm | undefined,
  job: ObservedJob | undefined,
  { fields: rules, isDone }: Pick<ProviderTraits, 'fields' | 'isDone'>,
  now: Instant,
): readonly SettingComparison[] {
  const [desired, observed] = [vm?.settings ?? {}, job?.settings ?? {}];
  const isCompared = vm !== undefined && job !== undefined && !isDone(vm, job);
  const different = new Map(
    isCompared ? [...differences(vm, job, rules, now)].map((one) => [one.name, one]) : [],
  );
  const names = new Set([...Object.keys(desired), ...Object.keys(observed), ...different.keys()]);
  return [...names].toSorted(byText).map((name): SettingComparison => {
    const sides = different.get(name) ?? { desired: desired[name], observed: observed[name] };
    return {
      name,
      ...(sides.desired !== undefined && { desired: sides.desired }),
      ...(sides.observed !== undefined && { observed: sides.observed }),
      differs: different.has(name),
    };
  });
}

interface Difference {
  readonly name: string;
  readonly rule: FieldRule;
  /** With the defaults of the rule, as `observed`. */
  readonly desired: SettingValue | undefined;
  readonly observed: SettingValue | undefined;
  readonly comparison: Exclude<FieldComparison, 'same'>;
}

/** The settings in which git and a job differ. */
function* differences(
  vm: DesiredVm,
  job: ObservedJob,
  rules: readonly FieldRule[],
  now: Instant,
): Iterable<Difference> {
  for (const [name, rule] of namedRules(rules, vm.settings, job.settings)) {
    if (rule.change === 'create-only') continue;
    const desired = vm.settings[name] ?? rule.implied?.(vm) ?? rule.default;
    const observed = job.settings[name] ?? rule.default;
    const comparison =
      rule.compare?.({ name, desired, observed, vm, job, now }) ?? plainVerdict(desired, observed);
    if (comparison !== 'same') yield { name, rule, desired, observed, comparison };
  }
}

/** Each rule under the name of its setting; that of a family under each name of it that either side has. */
function* namedRules(
  rules: readonly FieldRule[],
  desired: Settings,
  observed: Settings,
): Iterable<readonly [string, FieldRule]> {
  let names: readonly string[] | undefined;
  for (const rule of rules) {
    if (rule.family === true) {
      names ??= Object.keys({ ...observed, ...desired });
      for (const name of names) if (name.startsWith(`${rule.name}.`)) yield [name, rule];
    } else yield [rule.name, rule];
  }
}

/** All settings of a job once `fields` have changed; the marker is not a setting. */
export function settingsAfter(before: Settings, fields: readonly FieldChange[]): Settings {
  const settings = new Map(Object.entries(before));
  for (const { field, after } of fields) {
    if (field === 'owner') continue;
    if (after === undefined) settings.delete(field);
    else settings.set(field, after);
  }
  return Object.fromEntries(settings);
}

/** The latest field of each name that was made: most VMs of a wave have the same values, and share these objects. */
const latestFields = new Map<string, FieldChange>();

/** Every setting of a job that is to be created, as a change from nothing. */
export function settingsAsFields(settings: Settings): readonly FieldChange[] {
  return sortedNames(settings).map((name): FieldChange => {
    const after = settings[name];
    const known = latestFields.get(name);
    if (known !== undefined && known.after === after) return known;
    const field = after === undefined ? { field: name } : { field: name, after };
    latestFields.set(name, field);
    return field;
  });
}

/** The names of settings, sorted; those of manifests mostly are. */
function sortedNames(settings: Settings): readonly string[] {
  const names = Object.keys(settings);
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') <= name);
  return isSorted ? names : names.sort(byText);
}

export const byField = byKeys<FieldChange>(({ field }) => field);

/** A setting that git leaves out and that has no default is not compared. */
function plainVerdict(
  desired: SettingValue | undefined,
  observed: SettingValue | undefined,
): FieldComparison {
  return desired === undefined || desired === observed ? 'same' : 'differs';
}

function fieldChange(
  name: string,
  { change }: FieldRule,
  before: SettingValue | undefined,
  after: SettingValue | undefined,
): FieldChange {
  return {
    field: name,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(change === 'replace' ? { forcesReplace: true } : {}),
  };
}
