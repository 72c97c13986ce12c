import { byPlace } from '../core/concern.ts';
import { type DesiredVm, isEarlierPhase, phaseOfWave } from '../core/desired.ts';
import type { DriftReport, FieldDrift, ManifestDrift } from '../core/results/drift.ts';
import { isStopped } from '../core/journey.ts';
import { byKeys, byText } from '../core/lists.ts';
import type { ObservedJob } from '../core/observed.ts';
import type { Change, DeleteChange, FieldChange } from '../core/plan.ts';
import { missingSetupConcerns } from '../journey/account.ts';
import { displayInstant } from '../core/time.ts';
import { journeyOf, type VmJourney } from '../journey/journey.ts';
import { type JourneySubject, matchTarget, subjectOf } from '../journey/resolve.ts';
import { otherVmsConcerns, ownershipConcern } from '../journey/vm-concerns.ts';
import { compareFields } from './compare.ts';
import { decideVm, ownerChange } from './decide.ts';
import { isAhead, phaseOfStage } from './destructions.ts';
import type { Decision } from './guards.ts';
import { planDeletes } from './deletes.ts';
import { isSelected, type PlanInput, type TargetInput, targetInput } from './input.ts';
import { barrierGroups, holdGroups } from './steps.ts';
import { describeTarget, unresolvedVms } from './target.ts';

/**
 * Compares the accounts with the manifests, as a plan does, and returns the differences only: caps, guards and refused
 * changes have no effect on them. Pure.
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
    concerns: [
      ...(input.unreachable ?? []),
      ...input.concerns,
      ...parts.flatMap(({ concerns }) => concerns),
    ].toSorted(byPlace),
  };
}

type TargetDrift = Pick<DriftReport, 'drift' | 'matching' | 'concerns'>;

function targetDrift(input: TargetInput): TargetDrift {
  const { vms, overlapping, observed, selection, project } = input;
  const matched = matchTarget(vms, overlapping, observed);
  const { resolved } = matched;

  const decided = [...resolved.found].flatMap(([vm, server]) => {
    if (!isSelected(selection, vm)) return [];
    const subject = subjectOf(project, matched, server, vm);
    const journey = journeyOf(input, subject);
    return [{ vm, subject, journey, decision: decideVm(input, vm, subject, journey) }];
  });
  const changes = decided.flatMap(({ decision }) => decision.change ?? []);
  const refusals = decided.flatMap(({ decision }) => decision.concerns);
  const held = holdGroups(input, barrierGroups(input, matched), changes, refusals);
  const byAddress = new Map(held.map((change) => [change.address, change]));

  let matching = 0;
  const drift: ManifestDrift[] = [];
  for (const { vm, subject, journey, decision } of decided) {
    const found = vmDrift(input, vm, subject, journey, { ...decision, change: byAddress.get(vm.address) });
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
      ...otherVmsConcerns(input.target, observed, missing),
      ...input.traits.accountConcerns(input.target.name, observed, missing, undefined),
    ],
  };
}

/** Returns how a VM whose server is known differs from the manifests, which is what a plan would change or refuse. */
function vmDrift(
  input: TargetInput,
  vm: DesiredVm,
  subject: JourneySubject,
  journey: VmJourney,
  { change, unchangeable = [] }: Pick<Decision, 'unchangeable'> & { readonly change: Change | undefined },
): readonly ManifestDrift[] {
  const { job } = subject;
  if (change === undefined) return [refusedDrift(input, vm, job, journey)];
  if (job === undefined) return change.action === 'no-op' ? [] : [missingJobDrift(vm, journey)];
  const { id } = job;
  const isChanged = change.action === 'update' || change.action === 'replace';
  const { fields } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const changed = isChanged ? [...ownerDrift(input, vm, job), ...fields.map(toFieldDrift)] : [];
  const found = [
    ...(changed.length > 0 ? [newDrift(vm, 'changed', { job: id, fields: changed.toSorted(byField) })] : []),
    ...unchangeable.map(({ message }) => newDrift(vm, 'changed', { job: id, message })),
    ...(isStopped(journey.stage) || journey.stage === 'failing'
      ? [newDrift(vm, 'state', { job: id, ...stateProblem(journey) })]
      : []),
    ...phaseDrift(input, vm, job, journey),
  ];
  if (found.length > 0 || change.action === 'no-op') return found;
  return [newDrift(vm, 'not-applied', { job: id, message: stepMessage(input, vm, change) })];
}

/**
 * Returns how the phase of a VM differs from what git asks for, where no merged manifest is the cause: the VM is past the
 * phase of its wave, or its test or cut-over was taken back. A wave without a phase asks for nothing.
 */
function phaseDrift(
  { phases }: TargetInput,
  vm: DesiredVm,
  job: ObservedJob | undefined,
  journey: VmJourney,
): readonly ManifestDrift[] {
  const { stage, detail, takenBack, concerns } = journey;
  const { phase } = phaseOfWave(phases, vm.wave);
  const id = job === undefined ? {} : { job: job.id };
  const asked = `its wave asks for phase ${phase}`;
  if (isAhead({ phases }, vm, journey)) {
    const last = job?.milestones?.at(-1);
    const when = last === undefined ? '' : ` (${last.event} ${displayInstant(last.at)})`;
    const words = stage.replaceAll('-', ' ');
    const message = `${words}${detail === undefined ? '' : `: ${detail}`}${when}; ${asked}`;
    const refusal = concerns.find(({ id: of }) => of.startsWith('phase.'));
    const keep = `set \`phase: ${phaseOfStage(stage) ?? phase}\` in its wave to keep it there`;
    return [newDrift(vm, 'phase', { ...id, message, remedy: refusal?.remedy ?? keep })];
  }
  if (takenBack === undefined || isEarlierPhase(phase, takenBack.what === 'test' ? 'test' : 'cutover'))
    return [];
  const { what, at } = takenBack;
  const message = `its ${what} was taken back ${displayInstant(at)}; ${asked}`;
  const remedy =
    what === 'test'
      ? 'apply to launch the test again, or set `phase: replicate` in its wave'
      : `set \`phase: ready\` in its wave to keep it so, or run apply with --confirm-cutover ${vm.wave}`;
  return [newDrift(vm, 'phase', { ...id, message, remedy })];
}

function missingJobDrift(vm: DesiredVm, { stage, detail = '' }: VmJourney): ManifestDrift {
  return stage === 'lost' || stage === 'unproven'
    ? newDrift(vm, 'missing', { message: `its job is gone without a cut-over: ${detail}` })
    : newDrift(vm, 'not-applied', {
        message: 'it is new in the manifests and has no replication job yet',
      });
}

/** The drift of a VM for which a plan has no change, because a concern refuses it. */
function refusedDrift(
  input: TargetInput,
  vm: DesiredVm,
  job: ObservedJob | undefined,
  journey: VmJourney,
): ManifestDrift {
  const { project } = input;
  const { stage } = journey;
  if (job !== undefined && ownershipConcern(vm, job, project) !== undefined) {
    const { id, owner } = job;
    const account = owner === undefined ? {} : { account: `${owner.project}/${owner.wave}` };
    const fields = [{ field: 'owner', git: `${project}/${vm.wave}`, ...account }];
    return newDrift(vm, 'foreign', { job: id, fields, message: foreignJobMessage(owner?.project) });
  }
  if (job === undefined && stage !== 'finalized') return missingJobDrift(vm, journey);
  const id = job === undefined ? {} : { job: job.id };
  const [ofPhase] = phaseDrift(input, vm, job, journey);
  return ofPhase ?? newDrift(vm, 'state', { ...id, ...stateProblem(journey) });
}

/** Describes a step towards the phase of the VM's wave that a plan takes or waits for. */
function stepMessage({ phases, traits }: TargetInput, { wave }: DesiredVm, change: Change): string {
  const { step = '', reason = '' } = change;
  const what = change.action === 'advance' ? (traits.phases.stepTexts[step] ?? step) : reason;
  return `phase ${phaseOfWave(phases, wave).phase} is not reached: ${what}`;
}

/** What the concern about a VM that does not replicate says, or else its stage. */
function stateProblem({ stage, detail, concerns }: VmJourney): Pick<ManifestDrift, 'message' | 'remedy'> {
  const concern = concerns.find(({ id }) => id.startsWith('job.') || id.startsWith('phase.'));
  if (concern === undefined) return { message: detail === undefined ? stage : `${stage}: ${detail}` };
  const { message, remedy } = concern;
  return { message, ...(remedy !== undefined && { remedy }) };
}

function foreignJobMessage(project: string | undefined): string {
  return project === undefined
    ? "the job carries no project's marker"
    : `the job carries the marker of project "${project}"`;
}

/** A job that is to be adopted carries no marker; one of a VM that has moved, that of the wave before. */
function ownerDrift({ project }: TargetInput, vm: DesiredVm, job: ObservedJob): readonly FieldDrift[] {
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
    message: message ?? 'its server is not known',
  });
}

function unlistedJobDrift(change: DeleteChange): ManifestDrift {
  return newDrift(change, 'unlisted', { job: change.id, message: 'no manifest names it' });
}

function newDrift(
  {
    address,
    label,
    target,
    wave,
    place,
  }: Pick<ManifestDrift, 'address' | 'label' | 'target' | 'wave' | 'place'>,
  kind: ManifestDrift['kind'],
  more: Partial<Pick<ManifestDrift, 'job' | 'fields' | 'message' | 'remedy'>>,
): ManifestDrift {
  return {
    ...{ kind, target, wave, address, fields: [] },
    ...(label !== undefined && { label }),
    ...(place !== undefined && { place }),
    ...more,
  };
}

const byField = byKeys<FieldDrift>(({ field }) => field);

const byTargetWaveAddressKind = byKeys<ManifestDrift>(
  ({ target }) => target,
  ({ wave }) => wave,
  ({ address }) => address,
  ({ kind }) => kind,
  ({ message = '' }) => message,
);
