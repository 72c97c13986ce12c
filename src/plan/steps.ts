import type { DesiredVm } from '../core/desired.ts';
import { isActive, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import type { AdvanceChange, Change, DeferredStep, NoOpChange, UpdateChange } from '../core/plan.ts';
import type { VmJourney } from '../journey/journey.ts';
import type { TargetInput } from './input.ts';

/** What a change says of its VM: one of the manifests, or one that only the account has. */
type ChangedVm = Pick<DesiredVm, 'address' | 'label' | 'target' | 'wave'> & Partial<Pick<DesiredVm, 'place'>>;

/** The parts that all changes of a VM share; without a job nothing is active before. */
export function changeOf(
  { project }: Pick<TargetInput, 'project'>,
  { address, label, target, wave, place }: ChangedVm,
  { serverId }: ObservedServer,
  job?: ObservedJob,
) {
  const owner = { project, wave };
  return {
    ...{ address, target, wave, serverId, owner, blockedBy: [] },
    ...(place !== undefined && { place }),
    ...(label !== undefined && { label }),
    ...{ settings: {}, fields: [], effects: [], activeBefore: job !== undefined && isActive(job) },
  };
}

/**
 * Returns the change of a job that matches the manifest: the step towards its wave's phase that it can take now, or what
 * it waits for.
 *
 * @param unchanged the change of a job that takes no step
 */
export function stepChange(
  input: Pick<TargetInput, 'project'>,
  vm: ChangedVm,
  server: ObservedServer,
  job: ObservedJob,
  unchanged: NoOpChange,
  decision: Exclude<NonNullable<VmJourney['decision']>, { kind: 'refused' }>,
): Change {
  const base = { ...changeOf(input, vm, server, job), id: job.id, settings: job.settings };
  switch (decision.kind) {
    case 'reached':
      return withReason(unchanged, decision.reason);
    case 'wait': {
      const { reason } = decision;
      const [step, ...remaining] = 'remaining' in decision ? decision.remaining : [];
      const blockedBy = 'concern' in decision ? [decision.concern.id] : [];
      const wait: DeferredStep = { ...base, action: 'defer', reason, remaining, blockedBy };
      return step === undefined ? wait : { ...wait, step };
    }
    case 'step': {
      const { step, remaining, effects, destroys, checks } = decision;
      const change: AdvanceChange = { ...base, action: 'advance', step, remaining, effects };
      return {
        ...change,
        ...(destroys !== undefined && { destroys }),
        ...(checks !== undefined && { checks }),
      };
    }
    case 'create':
      return unchanged;
  }
}

/** Adds to an update the steps that follow it: what the next apply does must not come as a surprise. */
export function withNextSteps(change: NoOpChange | UpdateChange, decision: VmJourney['decision']): Change {
  if (change.action !== 'update' || decision === undefined) return change;
  if (decision.kind === 'wait' && 'remaining' in decision && decision.remaining.length > 0)
    return { ...change, remaining: decision.remaining };
  if (decision.kind !== 'step') return change;
  const effects = [...change.effects, ...decision.effects.map((effect) => `then: ${effect}`)];
  return { ...change, effects, remaining: [decision.step, ...decision.remaining] };
}

/** Gives an unchanged job a reason, where there is one. */
export function withReason(change: NoOpChange, reason: string | undefined): NoOpChange {
  return reason === undefined ? change : { ...change, reason };
}
