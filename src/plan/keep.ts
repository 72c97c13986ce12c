import type { Concern } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { Change, FieldChange } from '../core/plan.ts';
import { byField, compareFields, settingsAfter } from './compare.ts';
import { changeOf } from './create.ts';
import type { TargetInput } from './input.ts';
import { raiseForVm } from '../core/raise.ts';
import { means } from './select.ts';

const NOT_POSSIBLE = 'replace.not-possible';

/** The way of a VM whose job is ours: nothing, an update in place, or a job in place of the old one. */
export function keepJob(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob,
): { readonly change: Change; readonly concerns: readonly Concern[] } {
  const { fields, effects, stuck } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const { id, state } = job;
  const activeBefore = isActive(job);
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true);
  const asked = means(input.replace, vm);
  const done = input.traits.isDone(vm, job);

  // The service changes nothing on a job that has failed: a setting that was mended needs a new job.
  const { replace } = input.traits;
  const mended = state === 'failed' && fields.length > 0 && replace === undefined;

  if (asked || mended || (forced.length > 0 && !done)) {
    const change = changeOf(input, vm, server, {
      action: 'replace',
      id,
      settings: vm.settings,
      fields,
      reason: whyReplace(asked, mended, forced),
      effects: [
        ...input.traits.effects('replace', input.target, job),
        ...input.traits.startEffects(vm.settings, input.observed.at),
      ],
      activeBefore,
    });
    if (replace === undefined) return { change, concerns: [] };
    return {
      change: { ...change, effects: [], blockedBy: [NOT_POSSIBLE] },
      concerns: [raiseForVm(NOT_POSSIBLE, vm, { message: replace.refusal, remedy: replace.remedy })],
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
  if (done) return { change: changeOf(input, vm, server, { ...still, reason: 'completed' }), concerns: [] };
  // Nor on one that has completed: not even its marker.
  const ended = state === 'completed' || state === 'failed';
  const changes = ended ? [] : [...moved(vm, job), ...fields].toSorted(byField);
  const concerns = [...input.traits.jobConcerns(vm, job), ...stuck];
  if (changes.length === 0) return { change: changeOf(input, vm, server, still), concerns };
  const settings = settingsAfter(job.settings, changes);
  const update = { ...still, action: 'update', settings, fields: changes, effects } as const;
  return { change: changeOf(input, vm, server, update), concerns };
}

function whyReplace(asked: boolean, mended: boolean, forced: readonly FieldChange[]): string {
  if (asked) return 'asked for with --replace';
  if (mended) return 'the job has failed, and a failed job cannot be changed';
  return `${forced.map(({ field }) => field).join(', ')} cannot change in place`;
}

/** The marker names a wave: a VM that moved to another one takes its job along. */
export function moved(vm: DesiredVm, { owner }: ObservedJob): readonly FieldChange[] {
  if (owner === undefined || owner.wave === vm.wave) return [];
  const { project } = owner;
  return [{ field: 'owner', before: `${project}/${owner.wave}`, after: `${project}/${vm.wave}` }];
}
