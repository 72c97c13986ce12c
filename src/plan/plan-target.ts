import type { Concern } from '../core/concern.ts';
import type { DesiredWave } from '../core/desired.ts';
import type { Instant } from '../core/instant.ts';
import type { ObservedServer } from '../core/observed.ts';
import type { Capacity, Change, PlannedTarget } from '../core/plan.ts';
import { applyCaps } from './caps.ts';
import { guardChanges } from './change-guards.ts';
import { guardIrreversible } from './confirm-finalize.ts';
import { decide } from './decide.ts';
import { planDeletes } from './deletes.ts';
import type { TargetInput } from './input.ts';
import { applyJobCaps } from './job-caps.ts';
import { isOurs } from './jobs.ts';
import { blockCreates, lackConcerns } from './lacks.ts';
import { resolveAll } from './resolve-all.ts';
import { selects } from './select.ts';
import { groupJobs, indexServers, type Servers } from './servers.ts';
import { uncertainVms } from './uncertain-vms.ts';

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
  const { vms, neighbours, observed, selection } = input;
  const servers = indexServers(observed);
  const resolved = resolveAll(vms, servers);
  const jobs = groupJobs(observed.jobs, servers);

  const decisions = [...resolved.found].flatMap(([vm, server]) =>
    selects(selection, vm) ? [decide(input, vm, server, jobs.get(server.serverId) ?? [])] : [],
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
  const failed = decisions.flatMap(({ concerns }) =>
    concerns.flatMap(({ id, address }) => (id === 'phase.launch-failed' ? (address ?? []) : [])),
  );
  const advancing = applyJobCaps(input, confirmed.changes, new Set(failed));
  const guarded = guardChanges(input, advancing.changes);
  const { changes } = guarded;
  const uncertain = uncertainVms(input, resolved);
  const busy = changes.length > 0 ? replicating(changes, servers) : undefined;
  const concerns = [
    ...lackConcerns(input.target.name, observed),
    ...uncertain.concerns,
    ...decisions.flatMap((decision) => decision.concerns),
    ...deletes.concerns,
    ...confirmed.concerns,
    ...guarded.concerns,
    ...input.traits.accountConcerns(input.target.name, observed, uncertain.missing, busy),
  ];
  const caps = [...capped.capacity, ...advancing.capacity];
  const capacity = guarded.concerns.length > 0 ? caps.map(untouched) : caps;
  return { target: describeTarget(input), at: observed.at, changes, concerns, capacity };
}

/** The servers that are to have a job after the run. */
function replicating(changes: readonly Change[], servers: Servers): readonly ObservedServer[] {
  const wanted = changes.filter(({ action }) => action !== 'delete');
  return wanted.flatMap(({ serverId }) => servers.byId(serverId) ?? []);
}

/** A cap of a run that is refused: it starts nothing and frees nothing. */
function untouched(capacity: Capacity): Capacity {
  return { ...capacity, freed: 0, starting: 0 };
}

/** What the plan says of the target itself. */
export function describeTarget({ target, observed, project }: TargetInput): PlannedTarget {
  const { name, provider, region, endpoint } = target;
  const managed = observed.jobs.filter((job) => isOurs(job, project)).length;
  return {
    name,
    provider,
    region,
    ...(observed.account === undefined ? {} : { account: observed.account }),
    ...(endpoint === undefined ? {} : { endpoint }),
    jobs: { managed, others: observed.jobs.length - managed },
  };
}
