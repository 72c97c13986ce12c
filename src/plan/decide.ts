import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import type { Change } from '../core/plan.ts';
import { adoptJob } from './adopt.ts';
import type { Decision } from './decision.ts';
import { createJob } from './create.ts';
import type { TargetInput } from './input.ts';
import { preferredJob } from './jobs.ts';
import { keepJob } from './keep.ts';
import { protectVm } from './protect.ts';
import { refuseJob } from './ownership.ts';

/** Decides one VM whose server is known, from the jobs that exist for the server. */
export function decide(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  jobs: readonly ObservedJob[],
): Decision {
  const job = preferredJob(jobs, input.project);
  if (job === undefined) {
    return { change: block(input, createJob(input, vm, server)), concerns: [] };
  }
  const refusal = refuseJob(vm, job, input.project);
  if (refusal !== undefined) return { concerns: [refusal] };

  const way = job.owner === undefined ? adoptJob : keepJob;
  const { change, concerns } = way(input, vm, server, job);
  return protectVm(vm, { change: block(input, change), concerns });
}

/** Blocks a change that validation refuses; there is nothing to refuse where nothing would be done. */
function block({ refused }: TargetInput, change: Change): Change {
  const blockedBy = refused.get(change.address);
  return blockedBy === undefined || change.action === 'no-op' ? change : { ...change, blockedBy };
}
