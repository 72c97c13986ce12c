import type { Concern } from '../core/concern.ts';
import type { DesiredWave } from '../core/desired.ts';
import type { ObservedServer } from '../core/observed.ts';
import type { Capacity, Change, PlannedTarget } from '../core/plan.ts';
import type { Instant } from '../core/time.ts';
import { blockCreates, missingSetupConcerns } from '../journey/account.ts';
import { resolveAll, type ResolvedVms } from '../journey/resolve.ts';
import { groupJobs, indexServers, isOwnedBy, type Servers } from '../journey/servers.ts';
import {
  ambiguousVmConcern,
  mismatchedVmConcern,
  sharedServerConcern,
  unknownVmConcern,
} from '../journey/vm-concerns.ts';
import { applyCaps, applyJobQuotas } from './caps.ts';
import { decideVm } from './decide.ts';
import { planDeletes } from './deletes.ts';
import { guardChanges, guardIrreversible } from './guards.ts';
import { isSelected, type TargetInput } from './input.ts';

export interface TargetPlan {
  readonly target: PlannedTarget;
  /** The account's time. */
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly concerns: readonly Concern[];
  readonly capacity: readonly Capacity[];
}

/** Plans one target: finds its VMs, decides each, deletes what is left over, and holds it all against the caps. */
export function planTarget(input: TargetInput, waves: readonly DesiredWave[]): TargetPlan {
  const { vms, overlapping: neighbours, observed, selection } = input;
  const servers = indexServers(observed);
  const resolved = resolveAll(vms, servers);
  const jobs = groupJobs(observed.jobs, servers);

  const decisions = [...resolved.found].flatMap(([vm, server]) =>
    isSelected(selection, vm) ? [decideVm(input, vm, server, jobs.get(server.serverId) ?? [])] : [],
  );
  // The VMs of neighbours matter to deletes only.
  const kept = neighbours.vms.length === 0 ? resolved : resolveAll([...vms, ...neighbours.vms], servers);
  const deletes = planDeletes(input, servers, kept);
  const decided = blockCreates(
    observed,
    decisions.flatMap(({ change }) => change ?? []),
  );
  const wanted = [...decided, ...deletes.changes];
  const capped = applyCaps(input, waves, servers, resolved, wanted);
  const confirmed = guardIrreversible(input, { changes: capped.changes, concerns: [] });
  const retries = decisions.flatMap(({ change, isRetry }) =>
    isRetry === true && change !== undefined ? [change.address] : [],
  );
  const advancing = applyJobQuotas(input, confirmed.changes, new Set(retries));
  const guarded = guardChanges(input, advancing.changes);
  const { changes } = guarded;
  const uncertain = unresolvedVmConcerns(input, resolved);
  const busy = changes.length > 0 ? serversWithJob(changes, servers) : undefined;
  const concerns = [
    ...missingSetupConcerns(input.target.name, observed),
    ...uncertain.concerns,
    ...decisions.flatMap((decision) => decision.concerns),
    ...deletes.concerns,
    ...confirmed.concerns,
    ...guarded.concerns,
    ...input.traits.accountConcerns(input.target.name, observed, uncertain.missing, busy),
  ];
  const caps = [...capped.capacity, ...advancing.capacity];
  const capacity = guarded.concerns.length > 0 ? caps.map(withoutEffect) : caps;
  return { target: describeTarget(input), at: observed.at, changes, concerns, capacity };
}

/** The servers that are to have a job after the run. */
function serversWithJob(changes: readonly Change[], servers: Servers): readonly ObservedServer[] {
  const wanted = changes.filter(({ action }) => action !== 'delete');
  return wanted.flatMap(({ serverId }) => servers.byId(serverId) ?? []);
}

/** A cap of a run that is refused: it starts nothing and frees nothing. */
function withoutEffect(capacity: Capacity): Capacity {
  return { ...capacity, freed: 0, starting: 0 };
}

/** What the plan says of the target itself. */
export function describeTarget({ target, observed, project }: TargetInput): PlannedTarget {
  const { name, provider, region, endpoint } = target;
  const managed = observed.jobs.filter((job) => isOwnedBy(job, project)).length;
  return {
    name,
    provider,
    region,
    ...(observed.account === undefined ? {} : { account: observed.account }),
    ...(endpoint === undefined ? {} : { endpoint }),
    jobs: { managed, others: observed.jobs.length - managed },
  };
}

/**
 * What there is to say of the selected VMs whose server is not certain; and how many the account cannot know, since
 * its own inventory is not there.
 */
export function unresolvedVmConcerns(
  { traits, observed, selection }: TargetInput,
  { problems, sharedServers: rivals, byServer }: ResolvedVms,
): { readonly concerns: readonly Concern[]; readonly missing: number } {
  const concerns: Concern[] = [];
  let missing = 0;
  for (const [vm, problem] of problems) {
    if (!isSelected(selection, vm)) continue;
    if (problem.kind === 'ambiguous') concerns.push(ambiguousVmConcern(vm, problem.candidates));
    else if (problem.kind === 'mismatch')
      concerns.push(mismatchedVmConcern(vm, problem.server, problem.mismatched));
    else if (observed.catalog === 'available')
      concerns.push(unknownVmConcern(vm, problem.similar, traits.inventory));
    else missing += 1;
  }
  for (const [vm, server] of rivals) {
    if (isSelected(selection, vm))
      concerns.push(sharedServerConcern(vm, server, byServer.get(server.serverId) ?? []));
  }
  return { concerns, missing };
}
