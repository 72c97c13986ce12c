import type { Concern } from '../core/concern.ts';
import type { DesiredVm, DesiredWave } from '../core/desired.ts';
import { countStages, isStopped, type Stage, type StageCounts, type StepName } from '../core/journey.ts';
import { isOwnedBy, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import { type Capacity, type Change, isExecutable, type PlannedTarget } from '../core/plan.ts';
import type { Instant } from '../core/time.ts';
import { blockCreates, missingSetupConcerns } from '../journey/account.ts';
import { journeyOf } from '../journey/journey.ts';
import { matchTarget, type ResolvedVms, subjectOf } from '../journey/resolve.ts';
import type { Servers } from '../journey/servers.ts';
import { hasOtherVms, otherVmsConcerns, unresolvedConcern } from '../journey/vm-concerns.ts';
import { barrierGroups, holdGroups } from './steps.ts';
import { applyJobQuotas, startChanges } from './caps.ts';
import { decideVm } from './decide.ts';
import { planDeletes } from './deletes.ts';
import { guardDestructions, guardMidCutover, isAhead } from './destructions.ts';
import { guardChanges, guardQuotas } from './guards.ts';
import { type GatedVm, isSelected, type TargetInput } from './input.ts';

export interface TargetPlan {
  readonly target: PlannedTarget;
  /** The account's time. */
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly concerns: readonly Concern[];
  readonly capacity: readonly Capacity[];
  readonly stages: StageCounts;
  readonly stopped: number;
  readonly failing: number;
  readonly differing: number;
  readonly ahead: number;
}

/** Plans one target: finds its VMs, decides each change, deletes jobs that no manifest names, and applies the caps. */
export function planTarget(input: TargetInput, waves: readonly DesiredWave[]): TargetPlan {
  const { vms, overlapping, observed, selection } = input;
  const matched = matchTarget(vms, overlapping, observed);
  const { servers, resolved } = matched;

  const stages: Stage[] = [];
  let stopped = 0;
  let failing = 0;
  let differing = 0;
  let ahead = 0;
  const takenBack = new Map<string, Instant>();
  const closings = new Map<string, Instant>();
  const gated = new Map<string, GatedVm>();
  const changed: Change[] = [];
  const retries = new Set<string>();
  const ofDecisions: Concern[] = [];
  for (const [vm, server] of resolved.found) {
    if (!isSelected(selection, vm)) continue;
    const subject = subjectOf(input.project, matched, server, vm);
    const journey = journeyOf(input, subject);
    stages.push(journey.stage);
    if (journey.takenBack !== undefined) takenBack.set(vm.address, journey.takenBack.at);
    const { change, concerns, unchangeable = [], isRetry } = decideVm(input, vm, subject, journey);
    for (const concern of concerns) ofDecisions.push(concern);
    if (change === undefined) continue;
    if (change.action === 'no-op') {
      if (isStopped(journey.stage)) stopped += 1;
      else if (journey.stage === 'failing') failing += 1;
      else if (unchangeable.length > 0) differing += 1;
      else if (isAhead(input, vm, journey)) ahead += 1;
    }
    if (isRetry === true) retries.add(change.address);
    if (input.gates === undefined) {
      changed.push(change);
      continue;
    }
    gated.set(vm.address, { vm, journey });
    const gate = input.gates.gate(change, vm, journey, observed.at);
    if (gate.closesAt !== undefined) closings.set(vm.address, gate.closesAt);
    changed.push(gate.change);
  }
  const deletes = planDeletes(input, matched);
  const wanted = [...blockCreates(observed, changed), ...deletes.changes];
  const starts = startChanges(input, waves, { servers, resolved, gated }, wanted);
  const unresolved = unresolvedVms(input, resolved);
  const ofVms = [
    ...selectedConcerns(input),
    ...[...unresolved.concerns.values()].filter((concern) => concern !== undefined),
    ...ofDecisions,
  ];
  const groups = barrierGroups(input, matched);
  const held = (all: readonly Change[]): readonly Change[] => holdGroups(input, groups, all, ofVms);
  // A step that waits for others asks for no confirmation; one that is not confirmed keeps the others back.
  const midway = guardMidCutover(input, guardQuotas(input, { changes: starts.changes, concerns: [] }));
  const confirmed = guardDestructions(input, { ...midway, changes: held(midway.changes) }, takenBack);
  const advancing = applyJobQuotas(input, held(confirmed.changes), retries, groups, waves);
  const guarded = guardChanges(input, advancing.changes);
  const jobs = new Map(observed.jobs.map((job) => [job.id, job]));
  const changes = guarded.changes.map((change) =>
    withJobFacts(withClosing(change, closings.get(change.address)), jobs, input.traits.stepNames),
  );
  const busy = changes.length > 0 ? serversWithJob(changes, servers) : undefined;
  const concerns = [
    ...missingSetupConcerns(input.target.name, observed, vms),
    ...otherVmsConcerns(input.target, observed, unresolved.missing),
    ...ofVms,
    ...deletes.concerns,
    ...confirmed.concerns,
    ...guarded.concerns,
    ...input.traits.accountConcerns(input.target.name, observed, unresolved.missing, busy),
  ];
  const caps = [...starts.capacity, ...advancing.capacity];
  const capacity = guarded.concerns.length > 0 ? caps.map(withoutEffect) : caps;
  unresolved.concerns.forEach(() => stages.push('not-in-catalog'));
  const target = describeTarget(input);
  return {
    ...{ target, at: observed.at, changes, concerns, capacity },
    ...{ stages: countStages(stages), stopped, failing, differing, ahead },
  };
}

/** Notes from when on a change must not start. */
function withClosing(change: Change, closesAt: Instant | undefined): Change {
  if (closesAt === undefined || !isExecutable(change)) return change;
  return change.action === 'update' || change.action === 'delete' ? change : { ...change, closesAt };
}

/** Adds to what a plan tells of a VM its step, and the settings of its job unless they stay as they are. */
function withJobFacts(
  change: Change,
  jobs: ReadonlyMap<string, ObservedJob>,
  stepNames: Readonly<Record<string, StepName>>,
): Change {
  const { facts, id, step, settings } = change;
  if (facts === undefined || id === undefined) return change;
  const stepName = step === undefined ? undefined : stepNames[step];
  const before = jobs.get(id)?.settings;
  const isKept = before === undefined || before === settings;
  if (stepName === undefined && isKept) return change;
  return {
    ...change,
    facts: { ...facts, ...(stepName !== undefined && { stepName }), ...(!isKept && { before }) },
  };
}

/** The concerns about selected VMs that reading the account has raised. */
function selectedConcerns({ observed, vms, selection }: TargetInput): readonly Concern[] {
  const { concerns = [] } = observed;
  if (concerns.length === 0) return concerns;
  const selected = new Set<string>();
  for (const vm of vms) if (isSelected(selection, vm)) selected.add(vm.address);
  return concerns.filter(({ address }) => selected.has(address ?? ''));
}

/** Returns the servers that have a job after the run. */
function serversWithJob(changes: readonly Change[], servers: Servers): readonly ObservedServer[] {
  const busy: ObservedServer[] = [];
  for (const { action, serverId } of changes) {
    const server = action === 'delete' ? undefined : servers.byId(serverId);
    if (server !== undefined) busy.push(server);
  }
  return busy;
}

/** A cap of a run that is refused: it starts nothing and frees nothing. */
function withoutEffect(capacity: Capacity): Capacity {
  return { ...capacity, freed: 0, starting: 0 };
}

/** Describes the target itself for the plan. */
export function describeTarget({
  target,
  traits,
  observed,
  project,
}: Pick<TargetInput, 'target' | 'traits' | 'observed' | 'project'>): PlannedTarget {
  const { name, provider, region, endpoint } = target;
  const managed = observed.jobs.filter((job) => isOwnedBy(job, project)).length;
  return {
    name,
    provider,
    region,
    ...(observed.account === undefined ? {} : { account: observed.account }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(observed.credentials === undefined ? {} : { credentials: observed.credentials }),
    at: observed.at,
    jobs: { managed, others: observed.jobs.length - managed },
    columns: Object.fromEntries(
      traits.fields.flatMap(({ name, column }) => (column === undefined ? [] : [[name, column]])),
    ),
  };
}

/**
 * The concerns of the selected VMs whose server is not certain, by VM; and how many VMs the account cannot know, because
 * its catalogue is not available or the built-in endpoint has other VMs.
 */
export function unresolvedVms(
  { target, traits, observed, selection }: TargetInput,
  resolved: ResolvedVms,
): { readonly concerns: ReadonlyMap<DesiredVm, Concern | undefined>; readonly missing: number } {
  const vms = [...resolved.problems.keys(), ...resolved.sharedServers.keys()];
  const isForeign = hasOtherVms(target, resolved);
  const concerns = new Map(
    vms
      .filter((vm) => isSelected(selection, vm))
      .map((vm) => [vm, unresolvedConcern(vm, resolved, observed, traits.inventory, isForeign)]),
  );
  return { concerns, missing: [...concerns.values()].filter((concern) => concern === undefined).length };
}
