import type { Destruction } from '../../../core/plan.ts';
import {
  ARCHIVE,
  END_TEST,
  factsOf,
  FINALIZE,
  hasOldCutover,
  type MgnFacts,
  type MgnJob,
  type MgnStep,
  type Position,
  RETRY,
  REVERT,
  START_CUTOVER,
  START_REPLICATION,
  START_TEST,
  TERMINATE,
} from './sequence.ts';

/** What a step ends that comes after others: the instance of a test that was launched before, or replication. */
export function destroysLater(
  step: MgnStep,
  before: readonly string[],
  job: MgnJob | undefined,
): Destruction | undefined {
  const hasTest = before.includes(START_TEST) || (job !== undefined && factsOf(job).instance !== undefined);
  if (step === FINALIZE || step === ARCHIVE) return 'finalize';
  const endsTest = step === TERMINATE || (step === START_CUTOVER && !before.includes(TERMINATE));
  return endsTest && hasTest ? 'terminate' : undefined;
}

/**
 * What the first of some steps ends: every instance that it ends counts, whether by its own call or because the service
 * ends it first.
 */
export function destroysOf(
  [step, ...remaining]: readonly [MgnStep, ...MgnStep[]],
  { lifecycle, kept = false }: Position,
  facts: MgnFacts,
): Destruction | undefined {
  const { instance, reverted } = facts;
  // Its cut-over no longer counts, but its instance may be in production: a new cut-over must be asked for.
  const isNewCutover = hasOldCutover(facts) && remaining.includes(START_CUTOVER);
  switch (step) {
    case FINALIZE:
      return 'finalize';
    case REVERT:
      return 'revert';
    case END_TEST:
      return lifecycle === 'CUTTING_OVER' ? 'revert' : undefined;
    case TERMINATE:
      if (isNewCutover) return 'rollback';
      return lifecycle === 'READY_FOR_CUTOVER' && !kept ? 'terminate' : 'revert';
    case START_CUTOVER:
      if (reverted === true) return 'rollback';
      return instance === undefined ? undefined : 'terminate';
    case START_TEST:
      // A new test on the way to the cut-over would hide that the cut-over was taken back.
      if (reverted === true && remaining.includes(START_CUTOVER)) return 'rollback';
      return instance === undefined ? undefined : 'terminate';
    case START_REPLICATION:
      return isNewCutover ? 'rollback' : undefined;
    case ARCHIVE:
    case RETRY:
      return undefined;
  }
}
