import { byPlace } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import type { DriftReport, FieldDrift, ManifestDrift } from '../core/manifest-drift.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import { byKeys, byText } from '../core/order.ts';
import type { Change, FieldChange } from '../core/plan.ts';
import { compareFields } from './compare.ts';
import { planDeletes } from './deletes.ts';
import type { PlanInput, TargetInput } from './input.ts';
import { preferredJob } from './jobs.ts';
import { lackConcerns } from './lacks.ts';
import { moved } from './keep.ts';
import { refuseJob } from './ownership.ts';
import { describeTarget } from './plan-target.ts';
import { resolveAll } from './resolve-all.ts';
import { selects } from './select.ts';
import { groupJobs, indexServers } from './servers.ts';
import { targetInput } from './target-input.ts';
import { uncertainVms } from './uncertain-vms.ts';

/**
 * Holds what the accounts have against the manifests, as a plan does, and says only where they differ: neither caps
 * nor guards nor what validation refuses change what is there. Pure, as planning is.
 *
 * @throws LandfallError `INTERNAL` if a target's provider is not known
 */
export function findDrift(input: PlanInput): DriftReport {
  const { desired, observed } = input;
  const parts = desired.targets.flatMap((target) => {
    const account = observed.get(target.name);
    if (account === undefined) return [];
    const one = targetInput(input, target, account, new Map());
    return [{ at: account.at, target: describeTarget(one), ...ofTarget(one) }];
  });
  return {
    project: desired.project,
    at: parts.reduce((latest, { at }) => Math.max(latest, at), 0),
    targets: parts.map(({ target }) => target).toSorted((a, b) => byText(a.name, b.name)),
    drift: parts.flatMap(({ drift }) => drift).toSorted(inOrder),
    matching: parts.reduce((sum, { matching }) => sum + matching, 0),
    concerns: [...input.concerns, ...parts.flatMap(({ concerns }) => concerns)].toSorted(byPlace),
  };
}

type OfTarget = Pick<DriftReport, 'drift' | 'matching' | 'concerns'>;

function ofTarget(input: TargetInput): OfTarget {
  const { vms, neighbours, observed, selection, project } = input;
  const servers = indexServers(observed);
  const resolved = resolveAll(vms, servers);
  const jobs = groupJobs(observed.jobs, servers);

  let matching = 0;
  const drift: ManifestDrift[] = [];
  for (const [vm, server] of resolved.found) {
    if (!selects(selection, vm)) continue;
    const job = preferredJob(jobs.get(server.serverId) ?? [], project);
    const found = job === undefined ? [withoutJob(vm, server)] : ofJob(input, vm, job);
    if (found.length === 0) matching += 1;
    drift.push(...found);
  }
  const { concerns: uncertain, missing } = uncertainVms(input, resolved);
  const why = new Map(uncertain.map(({ address, message }) => [address, message]));
  for (const vm of [...resolved.problems.keys(), ...resolved.rivals.keys()]) {
    if (selects(selection, vm)) drift.push(unresolved(vm, why.get(vm.address)));
  }
  // The VMs of neighbours matter to deletes only, as in a plan.
  const kept = neighbours.vms.length === 0 ? resolved : resolveAll([...vms, ...neighbours.vms], servers);
  drift.push(...planDeletes(input, servers, kept).changes.map(unlisted));
  return {
    drift,
    matching,
    concerns: [
      ...lackConcerns(input.target.name, observed),
      ...input.traits.accountConcerns(input.target.name, observed, missing, undefined),
    ],
  };
}

function withoutJob(vm: DesiredVm, { hadJob }: ObservedServer): ManifestDrift {
  return hadJob === true
    ? about(vm, 'missing', { message: 'it had a replication job, and the job is gone' })
    : about(vm, 'not-applied', { message: 'it is new in git, and has no replication job yet' });
}

function ofJob(input: TargetInput, vm: DesiredVm, job: ObservedJob): readonly ManifestDrift[] {
  const { id, owner } = job;
  if (refuseJob(vm, job, input.project) !== undefined) {
    const git = `${input.project}/${vm.wave}`;
    const account = owner === undefined ? undefined : `${owner.project}/${owner.wave}`;
    const fields = [{ field: 'owner', git, ...(account === undefined ? {} : { account }) }];
    return [about(vm, 'foreign', { job: id, fields, message: whose(owner?.project) })];
  }
  if (input.traits.isDone(vm, job)) return [];

  const { fields, stuck } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const changed = [...ownerOf(input, vm, job), ...fields.map(sides)].toSorted(byField);
  const states = input.traits
    .jobConcerns(vm, job)
    .map(({ message }) => about(vm, 'state', { job: id, message }));
  const stays = stuck.map(({ message }) => about(vm, 'changed', { job: id, message }));
  return [
    ...(changed.length > 0 ? [about(vm, 'changed', { job: id, fields: changed })] : []),
    ...stays,
    ...states,
  ];
}

function whose(project: string | undefined): string {
  return project === undefined
    ? "the job carries no project's marker"
    : `the job carries the marker of project "${project}"`;
}

/** A job that is to be adopted carries no marker; one of a VM that has moved, that of the wave before. */
function ownerOf({ project }: TargetInput, vm: DesiredVm, job: ObservedJob): readonly FieldDrift[] {
  // The service changes nothing on a job that is over: not even its marker.
  if (job.state === 'completed' || job.state === 'failed') return [];
  if (job.owner === undefined) return [{ field: 'owner', git: `${project}/${vm.wave}` }];
  return moved(vm, job).map(sides);
}

function sides({ field, before, after }: FieldChange): FieldDrift {
  return {
    field,
    ...(after === undefined ? {} : { git: after }),
    ...(before === undefined ? {} : { account: before }),
  };
}

function unresolved(vm: DesiredVm, message: string | undefined): ManifestDrift {
  return about(vm, 'unresolved', {
    message: message ?? 'nothing is known of the VMs of the account to find it in',
  });
}

function unlisted({ address, target, wave, id }: Change): ManifestDrift {
  const job = id === undefined ? {} : { job: id };
  return { kind: 'unlisted', target, wave, address, ...job, fields: [], message: 'no manifest names it' };
}

function about(
  { address, target, wave, place }: DesiredVm,
  kind: ManifestDrift['kind'],
  more: Partial<Pick<ManifestDrift, 'job' | 'fields' | 'message'>>,
): ManifestDrift {
  return { kind, target, wave, address, fields: [], place, ...more };
}

const byField = byKeys<FieldDrift>(({ field }) => field);

const inOrder = byKeys<ManifestDrift>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
  ({ kind }) => kind,
  ({ message = '' }) => message,
);
