import { byPlace } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import type { DriftReport, FieldDrift, ManifestDrift } from '../core/drift.ts';
import { isStopped } from '../core/journey.ts';
import { byKeys, byText } from '../core/lists.ts';
import type { ObservedJob } from '../core/observed.ts';
import type { DeleteChange, FieldChange } from '../core/plan.ts';
import { missingSetupConcerns } from '../journey/account.ts';
import { journeyOf, type VmJourney } from '../journey/journey.ts';
import { matchTarget, subjectOf } from '../journey/resolve.ts';
import { ownershipConcern } from '../journey/vm-concerns.ts';
import { compareFields } from './compare.ts';
import { ownerChange } from './decide.ts';
import { planDeletes } from './deletes.ts';
import { isSelected, type PlanInput, type TargetInput, targetInput } from './input.ts';
import { describeTarget, unresolvedVms } from './target.ts';

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
    return [{ at: account.at, target: describeTarget(one), ...targetDrift(one) }];
  });
  return {
    project: desired.project,
    at: parts.reduce((latest, { at }) => Math.max(latest, at), 0),
    targets: parts.map(({ target }) => target).toSorted((a, b) => byText(a.name, b.name)),
    drift: parts.flatMap(({ drift }) => drift).toSorted(byTargetWaveAddressKind),
    matching: parts.reduce((sum, { matching }) => sum + matching, 0),
    concerns: [...input.concerns, ...parts.flatMap(({ concerns }) => concerns)].toSorted(byPlace),
  };
}

type TargetDrift = Pick<DriftReport, 'drift' | 'matching' | 'concerns'>;

function targetDrift(input: TargetInput): TargetDrift {
  const { vms, overlapping, observed, selection, project } = input;
  const matched = matchTarget(vms, overlapping, observed);
  const { resolved } = matched;

  let matching = 0;
  const drift: ManifestDrift[] = [];
  for (const [vm, server] of resolved.found) {
    if (!isSelected(selection, vm)) continue;
    const subject = subjectOf(project, matched, server, vm);
    const journey = journeyOf(input, subject);
    const { job } = subject;
    const found = job === undefined ? missingJobDrift(vm, journey) : jobDrift(input, vm, job, journey);
    if (found.length === 0) matching += 1;
    drift.push(...found);
  }
  const { concerns, missing } = unresolvedVms(input, resolved);
  for (const [vm, concern] of concerns) drift.push(unresolvedVmDrift(vm, concern?.message));
  drift.push(...planDeletes(input, matched).changes.map(unlistedJobDrift));
  return {
    drift,
    matching,
    concerns: [
      ...missingSetupConcerns(input.target.name, observed),
      ...input.traits.accountConcerns(input.target.name, observed, missing, undefined),
    ],
  };
}

function missingJobDrift(vm: DesiredVm, { stage, detail = '' }: VmJourney): readonly ManifestDrift[] {
  if (stage === 'finalized' || stage === 'archived') return [];
  if (stage === 'lost' || stage === 'unproven') {
    return [newDrift(vm, 'missing', { message: `its job is gone without a cut-over: ${detail}` })];
  }
  return [
    newDrift(vm, 'not-applied', { message: 'it is new in the manifests and has no replication job yet' }),
  ];
}

function jobDrift(
  input: TargetInput,
  vm: DesiredVm,
  job: ObservedJob,
  journey: VmJourney,
): readonly ManifestDrift[] {
  const { id, owner } = job;
  const { stage } = journey;
  if (ownershipConcern(vm, job, input.project) !== undefined) {
    const git = `${input.project}/${vm.wave}`;
    const account = owner === undefined ? undefined : `${owner.project}/${owner.wave}`;
    const fields = [{ field: 'owner', git, ...(account === undefined ? {} : { account }) }];
    return [newDrift(vm, 'foreign', { job: id, fields, message: foreignJobMessage(owner?.project) })];
  }
  if (input.traits.isDone(vm, job)) return [];

  const { fields, unchangeable: stuck } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const changed = [...ownerDrift(input, vm, job), ...fields.map(toFieldDrift)].toSorted(byField);
  const states = isStopped(stage) ? [newDrift(vm, 'state', { job: id, message: stateMessage(journey) })] : [];
  const stays = stuck.map(({ message }) => newDrift(vm, 'changed', { job: id, message }));
  return [
    ...(changed.length > 0 ? [newDrift(vm, 'changed', { job: id, fields: changed })] : []),
    ...stays,
    ...states,
  ];
}

/** The concern that says why a job does not replicate, or else its stage. */
function stateMessage({ stage, detail, concerns }: VmJourney): string {
  const concern = concerns.find(({ id }) => id.startsWith('job.') || id.startsWith('phase.'));
  return concern?.message ?? (detail === undefined ? stage : `${stage}: ${detail}`);
}

function foreignJobMessage(project: string | undefined): string {
  return project === undefined
    ? "the job carries no project's marker"
    : `the job carries the marker of project "${project}"`;
}

/** A job that is to be adopted carries no marker; one of a VM that has moved, that of the wave before. */
function ownerDrift({ project }: TargetInput, vm: DesiredVm, job: ObservedJob): readonly FieldDrift[] {
  // The service changes nothing on a job that is over: not even its marker.
  if (job.state === 'completed' || job.state === 'failed') return [];
  if (job.owner === undefined) return [{ field: 'owner', git: `${project}/${vm.wave}` }];
  return ownerChange(vm, job).map(toFieldDrift);
}

function toFieldDrift({ field, before, after }: FieldChange): FieldDrift {
  return {
    field,
    ...(after === undefined ? {} : { git: after }),
    ...(before === undefined ? {} : { account: before }),
  };
}

function unresolvedVmDrift(vm: DesiredVm, message: string | undefined): ManifestDrift {
  return newDrift(vm, 'unresolved', {
    message: message ?? 'nothing is known of the VMs of the account to find it in',
  });
}

function unlistedJobDrift({ address, target, wave, id: job }: DeleteChange): ManifestDrift {
  return { kind: 'unlisted', target, wave, address, job, fields: [], message: 'no manifest names it' };
}

function newDrift(
  { address, target, wave, place }: DesiredVm,
  kind: ManifestDrift['kind'],
  more: Partial<Pick<ManifestDrift, 'job' | 'fields' | 'message'>>,
): ManifestDrift {
  return { kind, target, wave, address, fields: [], place, ...more };
}

const byField = byKeys<FieldDrift>(({ field }) => field);

const byTargetWaveAddressKind = byKeys<ManifestDrift>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
  ({ kind }) => kind,
  ({ message = '' }) => message,
);
