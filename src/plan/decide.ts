import { type Concern, raiseForVm } from '../core/concern.ts';
import { type DesiredVm, phaseOfWave } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import { isActive, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import type { Change, FieldChange } from '../core/plan.ts';
import { preferredJob } from '../journey/servers.ts';
import { ownershipConcern } from '../journey/vm-concerns.ts';
import { byField, compareFields, settingsAfter, settingsAsFields } from './compare.ts';
import { type Decision, protectVm } from './guards.ts';
import { isNamed, type TargetInput } from './input.ts';

const NO_OP = { action: 'no-op', settings: {}, fields: [], effects: [], activeBefore: false } as const;

/** Decides one VM whose server is known, from the jobs that exist for the server. */
export function decideVm(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  jobs: readonly ObservedJob[],
): Decision {
  const job = preferredJob(jobs, input.project);
  if (job === undefined) {
    const still = newChange(input, vm, server, NO_OP);
    return (
      decidePhaseStep(input, vm, server, undefined, still) ?? {
        change: blockRefused(input, createChange(input, vm, server)),
        concerns: [],
      }
    );
  }
  const refusal = ownershipConcern(vm, job, input.project);
  if (refusal !== undefined) return { concerns: [refusal] };

  const way = job.owner === undefined ? decideAdoption : decideOwnedJob;
  const { change, concerns } = way(input, vm, server, job);
  // A step is for a job that is as git wants it, and ours.
  const onward = change.action === 'no-op' ? decidePhaseStep(input, vm, server, job, change) : undefined;
  // What is refused altogether goes nowhere any more: what else there is to say of its job does not matter.
  if (onward !== undefined && onward.change === undefined) return onward;
  const decided = onward ?? { change, concerns: [] };
  return protectVm(vm, {
    ...(decided.change !== undefined && { change: blockRefused(input, decided.change) }),
    concerns: [...concerns, ...decided.concerns],
  });
}

/** Blocks a change that validation refuses; there is nothing to refuse where nothing would be done. */
function blockRefused({ criticalIds: refused }: TargetInput, change: Change): Change {
  const ids = refused.get(change.address);
  if (ids === undefined || change.action === 'no-op') return change;
  return { ...change, blockedBy: [...new Set([...ids, ...change.blockedBy])].toSorted(byText) };
}

const REPLACE_NOT_POSSIBLE = 'replace.not-possible';

/** The way of a VM whose job is ours: nothing, an update in place, or a job in place of the old one. */
function decideOwnedJob(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob,
): { readonly change: Change; readonly concerns: readonly Concern[] } {
  const {
    fields,
    effects,
    unchangeable: stuck,
  } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const { id, state } = job;
  const activeBefore = isActive(job);
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true);
  const asked = isNamed(input.replace, vm);
  const done = input.traits.isDone(vm, job);

  // The service changes nothing on a job that has failed: a setting that was mended needs a new job.
  const { replace } = input.traits;
  const mended = state === 'failed' && fields.length > 0 && replace === undefined;

  if (asked || mended || (forced.length > 0 && !done)) {
    const change = newChange(input, vm, server, {
      action: 'replace',
      id,
      settings: vm.settings,
      fields,
      reason: replaceReason(asked, mended, forced),
      effects: [
        ...input.traits.effects('replace', input.target, job),
        ...input.traits.startEffects(vm.settings, input.observed.at),
      ],
      activeBefore,
    });
    if (replace === undefined) return { change, concerns: [] };
    return {
      change: { ...change, effects: [], blockedBy: [REPLACE_NOT_POSSIBLE] },
      concerns: [raiseForVm(REPLACE_NOT_POSSIBLE, vm, { message: replace.refusal, remedy: replace.remedy })],
    };
  }

  const still = {
    action: 'no-op',
    id,
    settings: job.settings,
    fields: [],
    effects: [],
    activeBefore,
  } as const;
  if (done) return { change: newChange(input, vm, server, { ...still, reason: 'completed' }), concerns: [] };
  // Nor on one that has completed: not even its marker.
  const ended = state === 'completed' || state === 'failed';
  const changes = ended ? [] : [...ownerChange(vm, job), ...fields].toSorted(byField);
  const concerns = [...input.traits.jobConcerns(vm, job), ...stuck];
  if (changes.length === 0) return { change: newChange(input, vm, server, still), concerns };
  const settings = settingsAfter(job.settings, changes);
  const update = { ...still, action: 'update', settings, fields: changes, effects } as const;
  return { change: newChange(input, vm, server, update), concerns };
}

function replaceReason(asked: boolean, mended: boolean, forced: readonly FieldChange[]): string {
  if (asked) return 'asked for with --replace';
  if (mended) return 'the job has failed, and a failed job cannot be changed';
  return `${forced.map(({ field }) => field).join(', ')} cannot change in place`;
}

/** The marker names a wave: a VM that moved to another one takes its job along. */
export function ownerChange(vm: DesiredVm, { owner }: ObservedJob): readonly FieldChange[] {
  if (owner === undefined || owner.wave === vm.wave) return [];
  const { project } = owner;
  return [{ field: 'owner', before: `${project}/${owner.wave}`, after: `${project}/${vm.wave}` }];
}

/**
 * Takes over a job that carries no marker. Only jobs of this project are ever deleted (design, rule 1): a job that
 * will have to be replaced is made ours first, with nothing else changed, and the next plan replaces it.
 */
function decideAdoption(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob,
): { readonly change: Change; readonly concerns: readonly Concern[] } {
  const {
    fields,
    effects,
    unchangeable: stuck,
  } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true).map(({ field }) => field);
  const inPlace = forced.length > 0 ? [] : fields;
  const changes = [{ field: 'owner', after: `${input.project}/${vm.wave}` }, ...inPlace].toSorted(byField);
  const change = newChange(input, vm, server, {
    action: 'update',
    id: job.id,
    settings: settingsAfter(job.settings, changes),
    fields: changes,
    reason: 'adopted: no project owned the job',
    effects:
      forced.length > 0
        ? [`the next plan replaces the job: ${forced.join(', ')} cannot change in place`]
        : effects,
    activeBefore: isActive(job),
  });
  return { change, concerns: forced.length > 0 ? [] : [...input.traits.jobConcerns(vm, job), ...stuck] };
}

/** A change of a VM of the manifests: what every such change says of the VM, and what this one does. */
function newChange(
  { project }: TargetInput,
  { address, target, wave, place }: DesiredVm,
  { serverId }: ObservedServer,
  deed: Omit<Change, 'address' | 'target' | 'wave' | 'serverId' | 'owner' | 'blockedBy' | 'place'>,
): Change {
  return { address, target, wave, serverId, owner: { project, wave }, blockedBy: [], place, ...deed };
}

/** A job for a VM that has none. */
function createChange(input: TargetInput, vm: DesiredVm, server: ObservedServer): Change {
  return newChange(input, vm, server, {
    action: 'create',
    settings: vm.settings,
    fields: settingsAsFields(vm.settings),
    effects: input.traits.startEffects(vm.settings, input.observed.at),
    activeBefore: false,
  });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * What a VM must still do to get to its wave's phase, once nothing else is to be changed about it: the step that it
 * can take now, or what it waits for. Nothing where its phase has no say: it has no job, and is to get one.
 *
 * @param still what is to be done otherwise: nothing
 */
function decidePhaseStep(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob | undefined,
  still: Change,
): Decision | undefined {
  const { traits, target, observed } = input;
  const verdict = traits.phases.next({
    ...phaseOfWave(input.phases, vm.wave),
    vm,
    server,
    job,
    target,
    now: observed.at,
  });
  switch (verdict?.kind) {
    case undefined:
      return undefined;
    case 'reached':
      return {
        change: verdict.reason === undefined ? still : { ...still, reason: verdict.reason },
        concerns: [],
      };
    case 'wait': {
      const { reason, remaining } = verdict;
      const [step] = remaining;
      const change = { ...still, action: 'defer', reason, remaining: remaining.slice(1) } as const;
      return { change: step === undefined ? change : { ...change, step }, concerns: [] };
    }
    case 'step': {
      const { step, remaining, effects, irreversible, warning } = verdict;
      // What was to be said of staying as it is, such as that the job is done, is not why it goes on.
      const change: Mutable<Change> = { ...still, action: 'advance', step, remaining, effects };
      delete change.reason;
      return {
        change: irreversible === true ? { ...change, irreversible } : change,
        concerns: warning === undefined ? [] : [raiseForVm(warning.id, vm, warning)],
      };
    }
    case 'refused':
      return { concerns: [raiseForVm(verdict.id, vm, verdict)] };
  }
}
