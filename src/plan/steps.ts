import type { Concern } from '../core/concern.ts';
import type { DesiredVm, Settings } from '../core/desired.ts';
import type { ChangeFacts } from '../core/journey.ts';
import { addToGroup, groupBy } from '../core/lists.ts';
import { shortName } from '../core/names.ts';
import { isActive, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import {
  type Action,
  type AdvanceChange,
  type Change,
  type CreateChange,
  type DeferredJob,
  type DeferredStep,
  isExecutable,
  type NoOpChange,
  type ReplaceChange,
  type UpdateChange,
} from '../core/plan.ts';
import type { VmJourney } from '../journey/journey.ts';
import { type MatchedTarget, subjectOf } from '../journey/resolve.ts';
import { isSelected, type TargetInput } from './input.ts';

/** What a change says of its VM: one of the manifests, or one that only the account has. */
type ChangedVm = Pick<DesiredVm, 'address' | 'label' | 'target' | 'wave'> & Partial<Pick<DesiredVm, 'place'>>;

/** Shared, as each change of a hundred thousand VMs would have four of its own. */
const NONE: readonly never[] = [];
const NO_SETTINGS: Settings = {};

/** What a change is about, beside its VM. */
interface ChangeSubject {
  readonly server: ObservedServer;
  /** Absent: nothing is active before the change. */
  readonly job?: ObservedJob | undefined;
  /** What the plan tells of a VM of the manifests. */
  readonly facts?: ChangeFacts | undefined;
}

/** An action, and those of its parts that all changes have; absent: none. */
type ActionParts<Name extends Action> = { readonly action: Name } & Partial<
  Pick<CreateChange, 'settings' | 'fields' | 'effects'>
>;

type SharedParts<Name extends Action> = Required<ActionParts<Name>> &
  Pick<CreateChange, 'address' | 'target' | 'wave' | 'serverId' | 'owner' | 'blockedBy' | 'activeBefore'> & {
    place?: NonNullable<ChangedVm['place']>;
    label?: string;
    facts?: ChangeFacts;
  };

/** Makes the parts that all changes have. */
export function changeOf<Name extends Action>(
  { project }: Pick<TargetInput, 'project'>,
  { address, label, target, wave, place }: ChangedVm,
  { server: { serverId }, job, facts }: ChangeSubject,
  { action, settings = NO_SETTINGS, fields = NONE, effects = NONE }: ActionParts<Name>,
): SharedParts<Name> {
  // Spread parts would take most of the time of a plan of many VMs.
  const change: SharedParts<Name> = {
    address,
    target,
    wave,
    action,
    serverId,
    owner: { project, wave },
    blockedBy: NONE,
    settings,
    fields,
    effects,
    activeBefore: job !== undefined && isActive(job),
  };
  if (place !== undefined) change.place = place;
  if (label !== undefined) change.label = label;
  if (facts !== undefined) change.facts = facts;
  return change;
}

/** What a plan tells of a VM, whatever it does. */
export function factsOf({ os }: DesiredVm, { stage, evidence }: VmJourney): ChangeFacts {
  const since = evidence.find(({ at }) => at !== undefined)?.at;
  const facts: { -readonly [Fact in keyof ChangeFacts]: ChangeFacts[Fact] } = { stage };
  if (os !== undefined) facts.os = os;
  if (since !== undefined) facts.since = since;
  return facts;
}

/**
 * Returns the change of a job that matches the manifest: the step towards its wave's phase that it can take now, or what
 * it waits for.
 *
 * @param unchanged the change of a job that takes no step
 */
export function stepChange(
  input: Pick<TargetInput, 'project'>,
  vm: ChangedVm,
  server: ObservedServer,
  job: ObservedJob,
  unchanged: NoOpChange,
  decision: Exclude<NonNullable<VmJourney['decision']>, { kind: 'refused' }>,
): Change {
  if (decision.kind === 'create') return unchanged;
  if (decision.kind === 'reached') return withReason(unchanged, decision.reason);
  const { facts } = unchanged;
  const base = {
    ...changeOf(input, vm, { server, job, facts }, { action: 'advance', settings: job.settings }),
    id: job.id,
  };
  switch (decision.kind) {
    case 'wait': {
      const { reason } = decision;
      const [step, ...remaining] = 'remaining' in decision ? decision.remaining : [];
      const blockedBy = 'concern' in decision ? [decision.concern.id] : [];
      const wait: DeferredStep = { ...base, action: 'defer', reason, remaining, blockedBy };
      return step === undefined ? wait : { ...wait, step };
    }
    case 'step': {
      const { step, remaining, effects, destroys, checks } = decision;
      const change: AdvanceChange = { ...base, step, remaining, effects };
      return {
        ...change,
        ...(destroys !== undefined && { destroys }),
        ...(checks !== undefined && { checks }),
      };
    }
  }
}

/** Adds to an update the steps that follow it: what the next apply does must not come as a surprise. */
export function withNextSteps(change: NoOpChange | UpdateChange, decision: VmJourney['decision']): Change {
  if (change.action !== 'update' || decision === undefined) return change;
  if (decision.kind === 'wait' && 'remaining' in decision && decision.remaining.length > 0)
    return { ...change, remaining: decision.remaining };
  if (decision.kind !== 'step') return change;
  const effects = [...change.effects, ...decision.effects.map((effect) => `then: ${effect}`)];
  return { ...change, effects, remaining: [decision.step, ...decision.remaining] };
}

/** Gives an unchanged job a reason, where there is one. */
export function withReason(change: NoOpChange, reason: string | undefined): NoOpChange {
  return reason === undefined ? change : { ...change, reason };
}

/** VMs that take the step which starts their cut-over in one run, or not at all. */
interface BarrierGroup {
  /** In words: `application crm`. */
  readonly name: string;
  /** Those that have not taken the step yet, selected or not. */
  readonly open: readonly DesiredVm[];
}

/** The group of each VM that waits at the barrier of its application or wave, by the address of the VM. */
export type BarrierGroups = ReadonlyMap<string, BarrierGroup>;

/**
 * Finds the VMs of each application, or wave, that start their cut-over together. A VM that has started it is not among
 * them: a launch that failed is tried again without the others. Empty where the service has no such step.
 */
export function barrierGroups(
  { traits, project }: TargetInput,
  matched: Pick<MatchedTarget, 'resolved' | 'jobs' | 'past'>,
): BarrierGroups {
  const { barrier } = traits.phases;
  const groups = new Map<string, DesiredVm[]>();
  if (barrier === undefined) return new Map();
  const { found, problems, sharedServers } = matched.resolved;
  for (const vm of [...found.keys(), ...problems.keys(), ...sharedServers.keys()]) {
    const together = vm.advance?.together ?? 'application';
    // What waits for others of its wave cannot start together with them.
    if (together === 'each' || vm.after !== undefined) continue;
    const server = found.get(vm);
    const job = server === undefined ? undefined : subjectOf(project, matched, server, vm).job;
    if (job !== undefined && barrier.isPast(job)) continue;
    const application = barrier.applicationOf(vm, job);
    if (together === 'wave') addToGroup(groups, JSON.stringify([vm.wave]), vm);
    else if (application !== undefined) addToGroup(groups, JSON.stringify([vm.wave, application]), vm);
  }
  return new Map(
    [...groups].flatMap(([key, open]) => {
      const [wave = '', application] = JSON.parse(key) as readonly string[];
      const name = application === undefined ? `wave ${wave}` : `application ${application}`;
      return open.map(({ address }) => [address, { name, open }] as const);
    }),
  );
}

/**
 * Defers the step at the barrier for each group of which a VM cannot take it in this run, and says which VM and why.
 * A blocked step stays blocked.
 *
 * @param concerns those that may be why a VM has no change
 */
export function holdGroups(
  input: Pick<TargetInput, 'traits' | 'selection'>,
  groups: BarrierGroups,
  changes: readonly Change[],
  concerns: readonly Concern[],
): readonly Change[] {
  const step = input.traits.phases.barrier?.step;
  const isTaken = (change: Change | undefined): change is AdvanceChange =>
    change?.action === 'advance' && isExecutable(change) && change.step === step;
  if (groups.size === 0 || !changes.some(isTaken)) return changes;
  const byAddress = new Map<string, Change>(changes.map((change) => [change.address, change]));
  const refusals = new Map<string, Concern>();
  for (const concern of concerns)
    if (concern.severity === 'critical' && concern.address !== undefined)
      refusals.set(concern.address, concern);
  const reasons = new Map<BarrierGroup, string | undefined>();
  const reasonOf = (group: BarrierGroup): string | undefined => {
    const missing = group.open.flatMap((vm): readonly MissingVm[] => {
      const change = byAddress.get(vm.address);
      if (isTaken(change)) return [];
      const reason = isSelected(input.selection, vm)
        ? missingReason(change, refusals.get(vm.address))
        : 'left out of this run (--vm)';
      return [{ name: shortName(vm), reason }];
    });
    return missing.length === 0 ? undefined : waitReason(missing, group.name);
  };
  return changes.map((change) => {
    const group = groups.get(change.address);
    if (group === undefined || !isTaken(change)) return change;
    if (!reasons.has(group)) reasons.set(group, reasonOf(group));
    const reason = reasons.get(group);
    return reason === undefined ? change : deferStep(change, reason);
  });
}

/** A VM that keeps the others of its group back. */
interface MissingVm {
  readonly name: string;
  readonly reason: string;
}

/** Why a VM does not take the step in this run. */
function missingReason(change: Change | undefined, refusal: Concern | undefined): string {
  if (change === undefined)
    return refusal === undefined ? 'its server is not certain' : `refused: ${refusal.id}`;
  if (change.blockedBy.length > 0) return `blocked: ${change.blockedBy.join(', ')}`;
  switch (change.action) {
    case 'defer':
      return change.reason;
    case 'advance':
      return `takes ${change.step} first`;
    case 'create':
      return 'starts its replication first';
    case 'update':
      return `changes ${change.fields.map(({ field }) => field).join(', ')} first`;
    case 'replace':
      return 'its job is replaced first';
    case 'delete':
    case 'no-op':
      return refusal === undefined ? 'it stays as it is' : `refused: ${refusal.id}`;
  }
}

/** VMs that a reason names at most. */
const NAMED = 3;

/** Says which VMs a group waits for: `waits for db01 of application crm: waits for its initial sync`. */
function waitReason(missing: readonly MissingVm[], group: string): string {
  const [[shared, same] = ['', []]] = groupBy(missing, ({ reason }) => reason);
  const isShared = same.length === missing.length;
  const names = missing
    .slice(0, NAMED)
    .map(({ name, reason }) => (isShared ? name : `${name} (${reason})`))
    .join(', ');
  const more = missing.length - NAMED;
  const others = more <= 0 ? '' : ` and ${more} ${more === 1 ? 'other' : 'others'}`;
  return `waits for ${names}${others} of ${group}${isShared ? `: ${shared}` : ''}`;
}

/** What a deferred change waits for, and until when, as far as that is known. */
type Hold = Pick<DeferredJob, 'heldBy' | 'opensAt'>;

/** What a deferred change waits for, without why. */
export function holdOf({ heldBy, opensAt }: Change): Hold {
  return { ...(heldBy !== undefined && { heldBy }), ...(opensAt !== undefined && { opensAt }) };
}

/** Leaves a step to a later run. */
export function deferStep(
  change: Omit<AdvanceChange, 'closesAt'>,
  reason: string,
  hold: Hold = {},
): DeferredStep {
  return { ...change, action: 'defer', reason, effects: [], ...hold };
}

/** Leaves the start of a replication to a later run. */
export function deferJob(
  change: Omit<CreateChange, 'closesAt' | 'seed'> | Omit<ReplaceChange, 'closesAt'>,
  reason: string,
  hold: Hold = {},
): DeferredJob {
  return { ...change, action: 'defer', reason, effects: [], ...hold };
}
