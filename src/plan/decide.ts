import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import { byText } from '../core/order.ts';
import type { Change } from '../core/plan.ts';
import { advance } from './advance.ts';
import { adoptJob } from './adopt.ts';
import type { Decision } from './decision.ts';
import { changeOf, createJob } from './create.ts';
import type { TargetInput } from './input.ts';
import { preferredJob } from './jobs.ts';
import { keepJob } from './keep.ts';
import { protectVm } from './protect.ts';
import { refuseJob } from './ownership.ts';

const NOTHING = { action: 'no-op', settings: {}, fields: [], effects: [], activeBefore: false } as const;

/** Decides one VM whose server is known, from the jobs that exist for the server. */
export function decide(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  jobs: readonly ObservedJob[],
): Decision {
  const job = preferredJob(jobs, input.project);
  if (job === undefined) {
    const still = changeOf(input, vm, server, NOTHING);
    return (
      advance(input, vm, server, undefined, still) ?? {
        change: block(input, createJob(input, vm, server)),
        concerns: [],
      }
    );
  }
  const refusal = refuseJob(vm, job, input.project);
  if (refusal !== undefined) return { concerns: [refusal] };

  const way = job.owner === undefined ? adoptJob : keepJob;
  const { change, concerns } = way(input, vm, server, job);
  // A step is for a job that is as git wants it, and ours.
  const onward = change.action === 'no-op' ? advance(input, vm, server, job, change) : undefined;
  // What is refused altogether goes nowhere any more: what else there is to say of its job does not matter.
  if (onward !== undefined && onward.change === undefined) return onward;
  const decided = onward ?? { change, concerns: [] };
  return protectVm(vm, {
    ...(decided.change !== undefined && { change: block(input, decided.change) }),
    concerns: [...concerns, ...decided.concerns],
  });
}

/** Blocks a change that validation refuses; there is nothing to refuse where nothing would be done. */
function block({ refused }: TargetInput, change: Change): Change {
  const ids = refused.get(change.address);
  if (ids === undefined || change.action === 'no-op') return change;
  return { ...change, blockedBy: [...new Set([...ids, ...change.blockedBy])].toSorted(byText) };
}
