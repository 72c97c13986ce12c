import { byPlace, type Concern } from '../core/concern.ts';
import type { DesiredVm, Target } from '../core/desired.ts';
import { addStageCounts } from '../core/journey.ts';
import { addToGroup, byKeys, byText } from '../core/lists.ts';
import { limitsOf, type Observed } from '../core/observed.ts';
import { type Change, isExecutable, type Plan, type Summary, withBlocks } from '../core/plan.ts';
import { checksum } from './checksum.ts';
import { type Gates, gatesOfInput, isSelected, type PlanInput, targetInput } from './input.ts';
import { planTarget, type TargetPlan } from './target.ts';

/**
 * Compares what git wants with what the accounts hold. Pure: the same input in any order gives the same plan to the
 * byte, and time is the accounts' own (`Observed.at`).
 *
 * Plans the targets of `observed`. A narrowed selection changes nothing outside itself; caps count everything all
 * the same.
 *
 * @throws LandfallError `INTERNAL` if a target's provider is not known
 */
export function planProject(input: PlanInput): Plan {
  const { desired, observed } = input;
  const refused = criticalIdsByAddress(input.concerns);
  const gates = gatesOfInput(input);
  const parts = desired.targets
    .toSorted((a, b) => byText(a.name, b.name))
    .flatMap((target) => {
      const account = observed.get(target.name);
      return account === undefined ? [] : [planTargetOf(input, target, account, refused, gates)];
    });

  const { unreachable = [] } = input;
  const names = new Set(parts.map(({ target }) => target.name));
  const plan = combineParts(desired.project, parts, [...unreachable, ...concernsInScope(input, names)]);
  const { overrides = [] } = gates ?? {};
  const { windows = [] } = desired;
  const whole = withChecksum({
    ...plan,
    waves: desired.waves
      .filter(({ name, target }) => names.has(target) && input.selection?.wave?.(name) !== false)
      .toSorted((a, b) => byText(a.name, b.name)),
    ...(windows.length > 0 && { windows }),
    ...(overrides.length > 0 && { overrides }),
  });
  return input.policies === undefined ? whole : withPolicies(whole, input.policies);
}

/**
 * Adds to a plan what policies it does not meet. A critical one blocks its change, or the whole run where it is about the
 * plan. One that is set aside warns.
 */
export function withPolicies(plan: Plan, { check, overrides }: NonNullable<PlanInput['policies']>): Plan {
  const blocks = new Map<number, string[]>();
  const ofRun: string[] = [];
  const concerns = check(plan).map(({ policy, change: index, message, isFailure }): Concern => {
    const { name, remedy, place } = policy;
    const id = `policy.${name}` as const;
    const isSetAside = overrides.some((one) => one.policy === name);
    const severity = isSetAside ? 'warning' : isFailure === true ? 'critical' : policy.severity;
    const change = index === undefined ? undefined : plan.changes[index];
    if (severity === 'critical' && index !== undefined) addToGroup(blocks, index, id);
    else if (severity === 'critical') ofRun.push(id);
    const forced = `to set it aside for one run, add --override-policy ${name} --reason TEXT`;
    return {
      ...{ id, severity, message, place },
      remedy:
        severity === 'critical'
          ? remedy === undefined
            ? forced
            : `${remedy}; ${forced}`
          : (remedy ?? 'read the policy'),
      ...(change !== undefined && { address: change.address, target: change.target }),
      ...(change?.label !== undefined && { shownAs: `${change.wave}/${change.label}` }),
    };
  });
  const changes = plan.changes.map((change, index) => {
    const ids = [...(blocks.get(index) ?? []), ...(isExecutable(change) ? ofRun : [])];
    return ids.length === 0 ? change : withBlocks(change, ids);
  });
  // What is blocked ends nothing: without changes, nothing limits how long the plan can be applied.
  const others: Omit<Plan, 'validUntil'> = Object.fromEntries(
    Object.entries(plan).filter(([key]) => key !== 'validUntil'),
  ) as unknown as Plan;
  return withChecksum({
    ...others,
    ...sumUp(changes, [...plan.concerns, ...concerns]),
    ...(overrides.length > 0 && { policyOverrides: overrides }),
  });
}

/** Adds the checksum of a plan. It is made once somebody reads it: what people see of most plans does not have it. */
export function withChecksum(plan: Omit<Plan, 'checksum'>): Plan {
  let made: string | undefined;
  return {
    ...plan,
    get checksum() {
      return (made ??= checksum(plan.targets, plan.changes));
    },
  };
}

/**
 * Makes one plan of those of the targets.
 * @param concerns those that no target has raised
 */
export function combineTargets(
  project: string,
  parts: readonly TargetPlan[],
  concerns: readonly Concern[],
): Plan {
  return withChecksum(combineParts(project, parts, concerns));
}

function combineParts(
  project: string,
  parts: readonly TargetPlan[],
  concerns: readonly Concern[],
): Omit<Plan, 'checksum'> {
  const targets = parts.map(({ target }) => target);
  const changes = parts.flatMap((part) => part.changes).toSorted(byTargetWaveAddress);
  const all = [...concerns, ...parts.flatMap((part) => part.concerns)];
  return {
    project,
    at: parts.reduce((latest, { at }) => Math.max(latest, at), 0),
    targets,
    ...sumUp(changes, all),
    capacity: parts.flatMap(({ capacity }) => capacity),
    stopped: parts.reduce((sum, { stopped }) => sum + stopped, 0),
    failing: parts.reduce((sum, { failing }) => sum + failing, 0),
    differing: parts.reduce((sum, { differing }) => sum + differing, 0),
    ahead: parts.reduce((sum, { ahead }) => sum + ahead, 0),
    stages: addStageCounts(parts.map(({ stages }) => stages)),
  };
}

/** The parts of a plan that follow from its changes and concerns. */
export function sumUp(
  changes: readonly Change[],
  concerns: readonly Concern[],
): Pick<Plan, 'changes' | 'concerns' | 'summary' | 'validUntil'> {
  let validUntil = Infinity;
  for (const change of changes)
    if (change.closesAt !== undefined && isExecutable(change))
      validUntil = Math.min(validUntil, change.closesAt);
  return {
    changes,
    concerns: concerns.toSorted(byPlace),
    summary: summarise(changes, concerns),
    ...(validUntil < Infinity && { validUntil }),
  };
}

function planTargetOf(
  input: PlanInput,
  target: Target,
  observed: Observed,
  refused: ReadonlyMap<string, readonly string[]>,
  gates: Gates | undefined,
): TargetPlan {
  const { desired, selection = {} } = input;
  const waves = desired.waves
    .filter((wave) => wave.target === target.name && selection.wave?.(wave.name) !== false)
    .toSorted((a, b) => byText(a.name, b.name));
  const limited = { ...target, limits: limitsOf(target, observed) };
  return planTarget(targetInput(input, limited, observed, refused, gates), waves);
}

/** The order of the changes of a plan. */
export const byTargetWaveAddress = byKeys<Change>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
);

/**
 * Counts changes by what is done; a blocked change counts as blocked and as nothing else. So does a VM that a
 * critical concern refuses before there is a change to show, as one that the catalogue does not know.
 */
function summarise(changes: readonly Change[], concerns: readonly Concern[]): Summary {
  const summary = { create: 0, update: 0, replace: 0, delete: 0, advance: 0, defer: 0, noOp: 0, blocked: 0 };
  for (const { action, blockedBy } of changes) {
    summary[blockedBy.length > 0 ? 'blocked' : action === 'no-op' ? 'noOp' : action] += 1;
  }
  const refused = new Set(
    concerns.flatMap(({ severity, address = '' }) =>
      severity === 'critical' && address !== '' ? [address] : [],
    ),
  );
  if (refused.size > 0) for (const { address } of changes) refused.delete(address);
  summary.blocked += refused.size;
  return summary;
}

/** The concerns of validation that a plan shows: those of the VMs it plans, and those about no single VM. */
function concernsInScope(
  { concerns, desired, selection = {} }: PlanInput,
  targets: ReadonlySet<string>,
): readonly Concern[] {
  if (concerns.length === 0) return concerns;
  const vms = new Map<string, DesiredVm>(desired.vms.map((vm) => [vm.address, vm]));
  return concerns.filter(({ address, target }) => {
    const vm = address === undefined ? undefined : vms.get(address);
    if (vm === undefined) return target === undefined || targets.has(target);
    return targets.has(vm.target) && isSelected(selection, vm);
  });
}

/** Ids of the critical concerns of each VM, by its address; sorted, each once. */
function criticalIdsByAddress(concerns: readonly Concern[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { severity, address, id } of concerns) {
    if (severity === 'critical' && address !== undefined) addToGroup(ids, address, id);
  }
  return new Map([...ids].map(([address, list]) => [address, [...new Set(list)].toSorted(byText)]));
}
