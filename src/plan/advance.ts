import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import type { Change } from '../core/plan.ts';
import { raiseForVm } from '../core/raise.ts';
import { phaseIn } from '../core/phase.ts';
import type { Decision } from './decision.ts';
import type { TargetInput } from './input.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * What a VM must still do to get to its wave's phase, once nothing else is to be changed about it: the step that it
 * can take now, or what it waits for. Nothing where its phase has no say: it has no job, and is to get one.
 *
 * @param still what is to be done otherwise: nothing
 */
export function advance(
  input: TargetInput,
  vm: DesiredVm,
  server: ObservedServer,
  job: ObservedJob | undefined,
  still: Change,
): Decision | undefined {
  const { traits, target, observed } = input;
  const verdict = traits.phases.next({
    ...phaseIn(input.phases, vm.wave),
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
