import type { Concern } from '../core/concern.ts';
import type { DesiredVm, DesiredWave } from '../core/desired.ts';
import {
  type ChangeFacts,
  countStages,
  isStopped,
  type Stage,
  type StageCounts,
  type StepName,
} from '../core/journey.ts';
import { isOwnedBy, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import { type Capacity, type Change, isExecutable, type PlannedTarget } from '../core/plan.ts';
import type { Instant } from '../core/time.ts';
import { blockCreates, missingSetupConcerns } from '../journey/account.ts';
import { journeyOf, type VmJourney } from '../journey/journey.ts';
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
  const facts = new Map<string, ChangeFacts>();
  const decisions = [...resolved.found].flatMap(([vm, server]) => {
    if (!isSelected(selection, vm)) return [];
    const subject = subjectOf(input.project, matched, server, vm);
    const journey = journeyOf(input, subject);
    stages.push(journey.stage);
    if (journey.takenBack !== undefined) takenBack.set(vm.address, journey.takenBack.at);
    facts.set(vm.address, factsOf(vm, journey, subject.job));
    const decision = decideVm(input, vm, { ...subject, journey });
    if (decision.change?.action === 'no-op') {
      if (isStopped(journey.stage)) stopped += 1;
      else if (journey.stage === 'failing') failing += 1;
      else if ((decision.unchangeable ?? []).length > 0) differing += 1;
      else if (isAhead(input, vm, journey)) ahead += 1;
    }
    if (decision.change === undefined || input.gates === undefined) return [decision];
    gated.set(vm.address, { vm, journey });
    const { change, closesAt } = input.gates.gate(decision.change, vm, journey, observed.at);
    if (closesAt !== undefined) closings.set(vm.address, closesAt);
    return [{ ...decision, change }];
  });
  const deletes = planDeletes(input, matched);
  const decided = blockCreates(
    observed,
    decisions.flatMap(({ change }) => change ?? []),
  );
  const wanted = [...decided, ...deletes.changes];
  const starts = startChanges(input, waves, { servers, resolved, gated }, wanted);
  const unresolved = unresolvedVms(input, resolved);
  const selected = new Set<string>(
    vms.filter((vm) => isSelected(selection, vm)).map(({ address }) => address),
  );
  const ofVms = [
    ...(observed.concerns ?? []).filter(({ address }) => selected.has(address ?? '')),
    ...[...unresolved.concerns.values()].filter((concern) => concern !== undefined),
    ...decisions.flatMap((decision) => decision.concerns),
  ];
  const groups = barrierGroups(input, matched);
  const held = (all: readonly Change[]): readonly Change[] => holdGroups(input, groups, all, ofVms);
  // A step that waits for others asks for no confirmation; one that is not confirmed keeps the others back.
  const midway = guardMidCutover(input, guardQuotas(input, { changes: starts.changes, concerns: [] }));
  const confirmed = guardDestructions(input, { ...midway, changes: held(midway.changes) }, takenBack);
  const retries = decisions.flatMap(({ change, isRetry }) =>
    isRetry === true && change !== undefined ? [change.address] : [],
  );
  const advancing = applyJobQuotas(input, held(confirmed.changes), new Set(retries), groups, waves);
  const guarded = guardChanges(input, advancing.changes);
  const { stepNames } = input.traits;
  const changes = guarded.changes.map((change) =>
    withFacts(withClosing(change, closings.get(change.address)), facts.get(change.address), stepNames),
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
  stages.push(...[...unresolved.concerns].map(() => 'not-in-catalog' as const));
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

/** What a plan tells of a VM; `before` is all settings of its job. */
function factsOf(
  { os }: DesiredVm,
  { stage, evidence }: VmJourney,
  job: ObservedJob | undefined,
): ChangeFacts {
  const since = evidence.find(({ at }) => at !== undefined)?.at;
  return {
    ...(os !== undefined && { os }),
    stage,
    ...(since !== undefined && { since }),
    ...(job !== undefined && { before: job.settings }),
  };
}

/** Adds to a change what a plan tells of its VM. Settings that stay as they are, are not told twice. */
function withFacts(
  change: Change,
  facts: ChangeFacts | undefined,
  stepNames: Readonly<Record<string, StepName>>,
): Change {
  if (facts === undefined || change.action === 'delete') return change;
  const { before, ...others } = facts;
  const stepName = change.step === undefined ? undefined : stepNames[change.step];
  return {
    ...change,
    facts: {
      ...others,
      ...(stepName !== undefined && { stepName }),
      ...(before !== undefined && before !== change.settings && { before }),
    },
  };
}

/** Returns the servers that have a job after the run. */
function serversWithJob(changes: readonly Change[], servers: Servers): readonly ObservedServer[] {
  const wanted = changes.filter(({ action }) => action !== 'delete');
  return wanted.flatMap(({ serverId }) => servers.byId(serverId) ?? []);
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
