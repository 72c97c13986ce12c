import { isEarlierPhase, type Phase } from '../../core/desired.ts';

/** The API's own words for the steps of a migration (domain, MGN: agentless flow). */
export const START_REPLICATION = 'StartReplication';
export const START_TEST = 'StartTest';
export const END_TEST = 'ChangeServerLifeCycleState READY_FOR_CUTOVER';
export const REVERT = 'ChangeServerLifeCycleState READY_FOR_TEST';
export const TERMINATE = 'TerminateTargetInstances';
export const START_CUTOVER = 'StartCutover';
export const FINALIZE = 'FinalizeCutover';
export const ARCHIVE = 'MarkAsArchived';

/** Where a source server stands, as far as its next steps go. */
export interface Position {
  readonly lifecycle: Lifecycle;
  /** There is an instance that a test or a cut-over has launched. */
  readonly instance: boolean;
  /** The test or cut-over that the lifecycle is in has launched its instance. */
  readonly launched: boolean;
}

/** The states from which a way leads on; DISCOVERED and PENDING_INSTALLATION have no job, and DISCONNECTED no way. */
const ON_THE_WAY = [
  'STOPPED',
  'NOT_READY',
  'READY_FOR_TEST',
  'TESTING',
  'READY_FOR_CUTOVER',
  'CUTTING_OVER',
] as const;
export type Lifecycle = (typeof ON_THE_WAY)[number];

/** Whether a word of the service is a state from which a way leads on. */
export function isOnTheWay(lifecycle: string | undefined): lifecycle is Lifecycle {
  return (ON_THE_WAY as readonly (string | undefined)[]).includes(lifecycle);
}

/**
 * All steps from where a server stands to a phase, in the order that the service demands: an instance can be
 * terminated only after the lifecycle has been changed, and goes before the next one is launched.
 */
export function wayTo(phase: Phase, position: Position): readonly string[] {
  const { lifecycle, launched } = position;
  const rid = position.instance ? [TERMINATE] : [];
  switch (lifecycle) {
    case 'STOPPED':
      return [START_REPLICATION, ...wayTo(phase, { ...position, lifecycle: 'NOT_READY' })];
    case 'NOT_READY':
    case 'READY_FOR_TEST':
      return [...rid, ...(isEarlierPhase(phase, 'test') ? [] : [START_TEST, ...fromTest(phase)])];
    case 'TESTING':
      if (isEarlierPhase(phase, 'test')) return [REVERT, ...rid];
      return launched ? fromTest(phase) : [START_TEST, ...fromTest(phase)];
    case 'READY_FOR_CUTOVER':
      if (isEarlierPhase(phase, 'test')) return [REVERT, ...rid];
      // The test is over, and the cut-over has not begun: that is as far as the phase goes.
      return isEarlierPhase(phase, 'cutover') ? [] : [...rid, START_CUTOVER, ...fromCutover(phase)];
    case 'CUTTING_OVER':
      if (isEarlierPhase(phase, 'cutover'))
        return [REVERT, ...rid, ...(phase === 'test' ? [START_TEST] : [])];
      return launched ? fromCutover(phase) : [START_CUTOVER, ...fromCutover(phase)];
  }
}

/** The steps that follow a test whose instance is launched. */
function fromTest(phase: Phase): readonly string[] {
  return isEarlierPhase(phase, 'cutover') ? [] : [END_TEST, TERMINATE, START_CUTOVER, ...fromCutover(phase)];
}

/** The steps that follow a cut-over whose instance is launched. */
function fromCutover(phase: Phase): readonly string[] {
  if (isEarlierPhase(phase, 'finalize')) return [];
  return phase === 'archive' ? [FINALIZE, ARCHIVE] : [FINALIZE];
}
