import type { Concern } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { Change } from '../core/plan.ts';
import { byField, compareFields, settingsAfter } from './compare.ts';
import { changeOf } from './create.ts';
import type { TargetInput } from './input.ts';

/**
 * Takes over a job that carries no marker. Only jobs of this project are ever deleted (design, rule 1): a job that
 * will have to be replaced is made ours first, with nothing else changed, and the next plan replaces it.
 */
export function adoptJob(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob,
): { readonly change: Change; readonly concerns: readonly Concern[] } {
  const { fields, effects, stuck } = compareFields(vm, job, input.traits.fields, input.observed.at);
  const forced = fields.filter(({ forcesReplace }) => forcesReplace === true).map(({ field }) => field);
  const inPlace = forced.length > 0 ? [] : fields;
  const changes = [{ field: 'owner', after: `${input.project}/${vm.wave}` }, ...inPlace].toSorted(byField);
  const change = changeOf(input, vm, server, {
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
