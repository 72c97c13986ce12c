import { type Concern, raiseForVm } from '../core/concern.ts';
import { type DesiredVm, isEarlierPhase, phaseOfWave } from '../core/desired.ts';
import { fullName } from '../core/names.ts';
import type { ChangeFacts } from '../core/journey.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import {
  type Change,
  type CreateChange,
  type FieldChange,
  type NoOpChange,
  type ReplaceChange,
  type UpdateChange,
  withBlocks,
} from '../core/plan.ts';
import type { VmJourney } from '../journey/journey.ts';
import type { JourneySubject } from '../journey/resolve.ts';
import { byField, compareFields, settingsAfter, settingsAsFields } from './compare.ts';
import { belowConcern, blockUnconfirmed, protectVm } from './destructions.ts';
import type { Decision } from './guards.ts';
import { isNamed, type TargetInput } from './input.ts';
import { changeOf, deferJob, factsOf, stepChange, withNextSteps, withReason } from './steps.ts';

/** Decides the change of one VM whose server is known, from where the VM stands. */
export function decideVm(
  input: TargetInput,
  vm: DesiredVm,
  { server, job }: Pick<JourneySubject, 'server' | 'job'>,
  journey: VmJourney,
): Decision {
  const facts = factsOf(vm, journey);
  const decision =
    job === undefined
      ? decideWithoutJob(input, vm, server, journey, facts)
      : decideWithJob(input, vm, { server, job, facts }, journey);
  return guardLifetime(input, vm, journey, decision);
}

/** The server and the job of a VM, and what a plan tells of it. */
interface VmJob {
  readonly server: ObservedServer;
  readonly job: ObservedJob;
  readonly facts: ChangeFacts;
}

function decideWithJob(input: TargetInput, vm: DesiredVm, of: VmJob, journey: VmJourney): Decision {
  const { server, job } = of;
  const { decision, concerns, connectorProblem } = journey;
  // A job that is not owned has a decision only where the wave adopts it.
  if (decision === undefined && (job.owner !== undefined || concerns.some(isCritical))) return { concerns };

  const changed =
    job.owner === undefined
      ? decideAdoption(input, vm, of)
      : decideOwnedJob(input, vm, of, isCutOver(input, vm, journey));
  const { change, unchangeable = [] } = changed;
  const own = [...concerns, ...unchangeable, ...changed.concerns];
  if (change.action === 'replace') {
    const guarded = protectVm(vm, { change: blockInvalid(input, change), concerns: changed.concerns });
    return { ...guarded, change: waitForConnector(guarded.change ?? change, connectorProblem) };
  }
  if (decision?.kind === 'refused') return { concerns };
  // Only a job that matches the manifest takes a step.
  if (change.action !== 'no-op' || decision === undefined) {
    const below = isOwnerChange(change)
      ? belowConcern(input, vm, journey, job.owner === undefined)
      : undefined;
    if (below !== undefined) return { change: withBlocks(change, [below.id]), concerns: [...own, below] };
    return { change: blockInvalid(input, withNextSteps(change, decision)), concerns: own, unchangeable };
  }
  const step = stepChange(input, vm, server, job, change, decision);
  const isRetry = decision.kind === 'step' && decision.failure !== undefined;
  const decided = protectVm(vm, { change: blockInvalid(input, step), concerns: own });
  return { ...decided, unchangeable, ...(isRetry && { isRetry }) };
}

function isOwnerChange({ fields }: Change): boolean {
  return fields.some(({ field }) => field === 'owner');
}

/** Whether a VM has been cut over, and no manifest reverses that. */
function isCutOver({ phases }: TargetInput, { wave }: DesiredVm, { stage }: VmJourney): boolean {
  const { phase, isDefault } = phaseOfWave(phases, wave);
  return stage === 'cut-over' && (isDefault === true || !isEarlierPhase(phase, 'cutover'));
}

/** Defers a change that starts a replication while no connector reaches the server: the service would refuse it. */
function waitForConnector(change: Change, problem: string | undefined): Change {
  if (problem === undefined || (change.action !== 'create' && change.action !== 'replace')) return change;
  return change.blockedBy.length > 0 ? change : deferJob(change, problem);
}

function isCritical({ severity }: Concern): boolean {
  return severity === 'critical';
}

/** Blocks a change that validation refuses. A no-op does nothing that could be refused. */
function blockInvalid({ criticalIds }: TargetInput, change: Change): Change {
  const ids = criticalIds.get(change.address);
  return ids === undefined || change.action === 'no-op' ? change : withBlocks(change, ids);
}

/** Creates a job for a VM without one, unless the VM is finalized, cannot be replicated, or its phase refuses it. */
function decideWithoutJob(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  journey: VmJourney,
  facts: ChangeFacts,
): Decision {
  const { decision, concerns, connectorProblem } = journey;
  const { settings } = vm;
  const plain: CreateChange = changeOf(
    input,
    vm,
    { server, facts },
    {
      action: 'create',
      settings,
      fields: settingsAsFields(settings),
      effects: input.traits.startEffects(settings, input.observed.at),
    },
  );
  const remaining = decision?.kind === 'create' ? (decision.remaining ?? []) : [];
  const create = remaining.length > 0 ? { ...plain, remaining } : plain;
  const change = waitForConnector(blockInvalid(input, create), connectorProblem);
  // Asked for by name, a VM is replicated from the start whatever its stage is.
  if (decision !== undefined && 'mayReplace' in decision && isNamed(input.replace, vm))
    return { change, concerns: [restartWarning(vm, journey)] };
  switch (decision?.kind) {
    case 'reached': {
      const none: NoOpChange = changeOf(input, vm, { server, facts }, { action: 'no-op' });
      return { change: withReason(none, decision.reason), concerns };
    }
    case 'refused':
      return { concerns };
    case 'create':
      return decision.unconfirmed === true
        ? blockUnconfirmed(input, vm, { change, concerns })
        : { change, concerns };
    case 'step':
    case 'wait':
    case undefined:
      return { change, concerns };
  }
}

/** Says what a VM without a job leaves behind when it is replicated from the start. */
function restartWarning(vm: DesiredVm, { stage, detail }: VmJourney): Concern {
  const state = `${stage}${detail === undefined ? '' : `: ${detail}`}`;
  return raiseForVm('replace.from-start', vm, {
    message: `${vm.address} is replicated from the start again, as --replace asks; it was ${state}`,
    remedy: 'run without --replace if its AMI is in production, or if its source is switched off',
  });
}

const LIFETIME = 'phase.ended';

/**
 * Refuses a new job of a VM that the service would end at once: its limit counts for each VM, not for each job. Only a
 * person knows whether the service has extended it, and says so with `--force=lifetime`.
 */
function guardLifetime(
  { force }: TargetInput,
  vm: DesiredVm,
  { newJobProblem }: VmJourney,
  decision: Decision,
): Decision {
  const { change } = decision;
  if (newJobProblem === undefined || force.includes('lifetime') || change === undefined) return decision;
  const startsJob =
    change.action === 'create' ||
    change.action === 'replace' ||
    (change.action === 'defer' && change.remaining === undefined);
  if (!startsJob) return decision;
  const concern = raiseForVm(LIFETIME, vm, {
    message: `${fullName(vm)} cannot be replicated again: ${newJobProblem}`,
    remedy: 'ask AWS for an extension; once you have it, run with --force=lifetime',
  });
  return { ...decision, change: withBlocks(change, [LIFETIME]), concerns: [...decision.concerns, concern] };
}

const REPLACE_NOT_POSSIBLE = 'replace.not-possible';

interface JobDecision extends Pick<Decision, 'unchangeable' | 'concerns'> {
  readonly change: NoOpChange | UpdateChange | ReplaceChange;
}

/** Decides about a job of the project: nothing, an update in place, or a new job in place of the old one. */
function decideOwnedJob(input: TargetInput, vm: DesiredVm, of: VmJob, cutOver: boolean): JobDecision {
  const { job } = of;
  const { traits, observed } = input;
  const compared = compareFields(vm, job, traits.fields, observed.at);
  const { effects, unchangeable } = compared;
  const { state } = job;
  // A new job would replicate a VM from the start that has been cut over.
  const fields = cutOver ? compared.fields.filter((field) => !field.forcesReplace) : compared.fields;
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true);
  const asked = isNamed(input.replace, vm);
  const done = traits.isDone(vm, job);
  // The service changes nothing on a job that has failed: a setting that was corrected needs a new job.
  const corrected = state === 'failed' && fields.length > 0 && traits.replace === undefined && !cutOver;

  if (asked || corrected || (forced.length > 0 && !done)) {
    return decideReplace(input, vm, job, {
      ...changeOf(input, vm, of, { action: 'replace', settings: vm.settings, fields }),
      id: job.id,
      reason: replaceReason(asked, corrected, forced),
    });
  }

  const { id, settings } = job;
  const none = changeOf(input, vm, of, { action: 'no-op', settings });
  const unchanged: NoOpChange = Object.assign(none, { id });
  if (done) return { change: withReason(unchanged, 'completed'), concerns: [] };
  // The service changes nothing on a job that has completed either, not even its marker.
  const ended = state === 'completed' || state === 'failed';
  const changes = ended ? [] : [...ownerChange(vm, job), ...fields].toSorted(byField);
  const concerns: readonly Concern[] = [];
  if (changes.length === 0) return { change: unchanged, concerns, unchangeable };
  const after = settingsAfter(settings, changes);
  const update = { ...unchanged, action: 'update', id, settings: after, fields: changes, effects } as const;
  return { change: update, concerns, unchangeable };
}

/** A replace with its effects; blocked where the service cannot replace a job. */
function decideReplace(
  { traits, target, observed }: TargetInput,
  vm: DesiredVm,
  job: ObservedJob,
  change: ReplaceChange,
): JobDecision {
  const { replace } = traits;
  if (replace !== undefined) {
    const { refusal: message, remedy } = replace;
    return {
      change: withBlocks(change, [REPLACE_NOT_POSSIBLE]),
      concerns: [raiseForVm(REPLACE_NOT_POSSIBLE, vm, { message, remedy })],
    };
  }
  const starts = traits.startEffects(vm.settings, observed.at);
  return {
    change: { ...change, effects: [...traits.effects('replace', target, job), ...starts] },
    concerns: [],
  };
}

function replaceReason(asked: boolean, corrected: boolean, forced: readonly FieldChange[]): string {
  if (asked) return 'asked for with --replace';
  if (corrected) return 'the job has failed, and a failed job cannot be changed';
  return `${forced.map(({ field }) => field).join(', ')} cannot change in place`;
}

/** The change of a job's marker, which names a wave: a VM that moved to another wave keeps its job. */
export function ownerChange(vm: DesiredVm, { owner }: ObservedJob): readonly FieldChange[] {
  if (owner === undefined || owner.wave === vm.wave) return [];
  const { project } = owner;
  return [{ field: 'owner', before: `${project}/${owner.wave}`, after: `${project}/${vm.wave}` }];
}

/**
 * Takes over a job that carries no marker. Only jobs of this project are ever deleted (design, rule 1): a job that
 * must be replaced is marked as ours first, with nothing else changed, and the next plan replaces it.
 */
function decideAdoption(input: TargetInput, vm: DesiredVm, of: VmJob): JobDecision {
  const { job } = of;
  const { traits, observed, project } = input;
  // Of what has completed, only the marker can change.
  const { fields, effects, unchangeable } = traits.isDone(vm, job)
    ? { fields: [], effects: [], unchangeable: [] }
    : compareFields(vm, job, traits.fields, observed.at);
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true).map(({ field }) => field);
  const marker: FieldChange = { field: 'owner', after: `${project}/${vm.wave}` };
  const adopt = (inPlace: readonly FieldChange[], costs: readonly string[]): UpdateChange => {
    const changes = [marker, ...inPlace].toSorted(byField);
    return {
      ...changeOf(input, vm, of, {
        action: 'update',
        settings: settingsAfter(job.settings, changes),
        fields: changes,
        effects: costs,
      }),
      id: job.id,
      reason: vm.adopt ? 'adopted: no project owned the job' : 'its agent has reported it',
    };
  };
  if (forced.length > 0) {
    const next = `the next plan replaces the job: ${forced.join(', ')} cannot change in place`;
    return { change: adopt([], [next]), concerns: [] };
  }
  return { change: adopt(fields, effects), concerns: [], unchangeable };
}
