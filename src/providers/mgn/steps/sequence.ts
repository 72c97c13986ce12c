import { isEarlierPhase, type Phase, type Settings } from '../../../core/desired.ts';
import type { ObservedJob } from '../../../core/observed.ts';
import type { StepPhase } from '../../../core/plan.ts';

/** The names that the API gives the steps of a migration (domain, MGN: agentless flow). */
export const START_REPLICATION = 'StartReplication' as const;
export const START_TEST = 'StartTest' as const;
export const END_TEST = 'ChangeServerLifeCycleState READY_FOR_CUTOVER' as const;
export const REVERT = 'ChangeServerLifeCycleState READY_FOR_TEST' as const;
export const TERMINATE = 'TerminateTargetInstances' as const;
export const START_CUTOVER = 'StartCutover' as const;
export const FINALIZE = 'FinalizeCutover' as const;
export const ARCHIVE = 'MarkAsArchived' as const;
/** Begins the initiation of a stalled replication again; for servers of both kinds (API reference). */
export const RETRY = 'RetryDataReplication' as const;

/** Every step that `takeSteps` takes. */
export type MgnStep =
  | typeof START_REPLICATION
  | typeof START_TEST
  | typeof END_TEST
  | typeof REVERT
  | typeof TERMINATE
  | typeof START_CUTOVER
  | typeof FINALIZE
  | typeof ARCHIVE
  | typeof RETRY;

/** What each step does to a phase. */
export const STEP_PHASES: Readonly<Record<MgnStep, StepPhase>> = {
  [START_REPLICATION]: { begins: 'replicate' },
  [START_TEST]: { begins: 'test' },
  [END_TEST]: { begins: 'ready' },
  [REVERT]: 'back',
  [TERMINATE]: { finishes: 'ready' },
  [START_CUTOVER]: { begins: 'cutover' },
  [FINALIZE]: { begins: 'finalize' },
  [ARCHIVE]: { begins: 'archive' },
  [RETRY]: { finishes: 'replicate' },
};

/** A state of post-launch actions, as the service reports it. */
export type PostLaunchState = 'SUCCESS' | 'IN_PROGRESS' | 'FAILED';

/** The facts of a source server's job. They are written into saved plans, as what must still hold. */
export type MgnFacts = Readonly<{
  /** The service's own word; later versions may have more of them. */
  lifecycle?: string;
  /** The state of a replication that does not run: `STALLED`, `PAUSED`. */
  replication?: string;
  /** How often landfall has retried a stalled replication since it last went on, and when last; absent: not at all. */
  retries?: number;
  retriedAt?: number;
  /** Whether all disks have been shipped once, so that there is a snapshot to launch; absent before replication. */
  shipped?: boolean;
  archived?: true;
  /** Its application or wave must still be archived: all servers of it are. */
  groupsOpen?: true;
  /** The status of the newest launch, and what it launched. */
  launch?: string;
  launchOf?: 'test' | 'cutover';
  launchError?: string;
  /** The id of the launched instance. */
  instance?: string;
  /** The service's own word on the first boot of the instance: `WAITING`, `SUCCEEDED`, `STOPPED`, `UNKNOWN`. */
  firstBoot?: string;
  /** The post-launch actions of the newest launch: the worst of their states; absent: there are none. */
  postLaunch?: PostLaunchState;
  /** The same of those that must succeed for the cut-over; absent: none must. */
  postLaunchRequired?: PostLaunchState;
  /** The names of those that have failed, with the reasons; and of those among them that must succeed. */
  postLaunchError?: string;
  postLaunchRequiredError?: string;
  /** None has begun, because Systems Manager has not found the instance. */
  postLaunchAwaited?: true;
  /** How many launches of the same kind have failed since the last that succeeded. */
  failedLaunches?: number;
  /** The latest cut-over was taken back after it was launched. */
  reverted?: true;
  /** A job of the service processes the server. */
  busy?: true;
  /** The name of its application. */
  application?: string;
  /** The application has the marker of the project. */
  ownApplication?: true;
  /** The marks of the post-launch documents that landfall has written. */
  documents?: string;
}>;

/** What MGN has of its own. */
export interface Mgn {
  readonly step: MgnStep;
  readonly facts: MgnFacts;
  readonly settings: Settings;
}
export type MgnJob = ObservedJob<Mgn>;

/** Returns the facts of a job, which `serverFacts` has written. */
export function factsOf({ facts = {} }: MgnJob): MgnFacts {
  return facts;
}

/** Whether the instance of a server is that of its cut-over: taken back, a cut-over does not count. */
export function hasCutoverInstance({ instance, launchOf, lifecycle, reverted }: MgnFacts): boolean {
  if (instance === undefined) return false;
  if (lifecycle === 'DISCONNECTED') return launchOf === 'cutover' && reverted !== true;
  return lifecycle === 'CUTOVER' || (lifecycle === 'CUTTING_OVER' && launchOf !== 'test');
}

/** Says of a server in the state DISCONNECTED how far it had come, and which instance may still run. */
export function disconnectedWords(facts: MgnFacts): string {
  const { instance } = facts;
  const words = 'disconnected from AWS MGN before';
  if (hasCutoverInstance(facts))
    return `${words} its cut-over was finalized; ${instance ?? ''} may run in production`;
  return `${words} it was cut over${instance === undefined ? '' : `; its instance ${instance} may still run`}`;
}

/** The state of a source server, as far as it decides on the next steps. */
export interface Position {
  readonly lifecycle: Lifecycle;
  /** There is an instance that a test or a cut-over has launched. */
  readonly instance: boolean;
  /** The test or cut-over that the lifecycle is in has launched its instance. */
  readonly launched: boolean;
  /** The instance is that of a cut-over: taken back to `ready`, the server keeps it. */
  readonly kept?: boolean;
  /** Its wave skips the test. */
  readonly skipTest?: boolean;
}

/** States with further steps. DISCOVERED and PENDING_INSTALLATION have no job; DISCONNECTED has no further step. */
const MIGRATING_STATES = [
  'STOPPED',
  'NOT_READY',
  'READY_FOR_TEST',
  'TESTING',
  'READY_FOR_CUTOVER',
  'CUTTING_OVER',
] as const;
type Lifecycle = (typeof MIGRATING_STATES)[number];

/** Whether a lifecycle state of the service has further steps. */
export function isMigrating(lifecycle: string | undefined): lifecycle is Lifecycle {
  return (MIGRATING_STATES as readonly (string | undefined)[]).includes(lifecycle);
}

/**
 * Lists all steps from a server's position to a phase, in the order that the service requires: an instance can be
 * terminated only after the lifecycle has been changed. A cut-over ends the instance of its test by itself (domain, MGN:
 * learnt since); any other instance is terminated before the next one is launched. Taken back to `ready`, a cut-over
 * keeps its instance.
 */
export function stepsTo(phase: Phase, position: Position): readonly MgnStep[] {
  const { lifecycle, launched, kept = false } = position;
  const terminate = position.instance ? [TERMINATE] : [];
  switch (lifecycle) {
    case 'STOPPED':
      return [START_REPLICATION, ...stepsTo(phase, { ...position, lifecycle: 'NOT_READY' })];
    case 'NOT_READY':
    case 'READY_FOR_TEST':
      return [...terminate, ...stepsFromTest(phase, position)];
    case 'TESTING':
      if (isEarlierPhase(phase, 'test')) return [REVERT, ...terminate];
      return launched ? stepsAfterTest(phase, true) : [START_TEST, ...stepsAfterTest(phase, true)];
    case 'READY_FOR_CUTOVER':
      if (isEarlierPhase(phase, 'test')) return [REVERT, ...terminate];
      // The test has ended and the cut-over has not started: phase test is reached.
      if (isEarlierPhase(phase, 'ready')) return [];
      if (phase === 'ready') return kept ? [] : terminate;
      return [...(kept ? terminate : []), START_CUTOVER, ...stepsAfterCutover(phase)];
    case 'CUTTING_OVER':
      if (phase === 'ready') return [END_TEST];
      if (isEarlierPhase(phase, 'cutover'))
        return [REVERT, ...terminate, ...(phase === 'test' ? [START_TEST] : [])];
      return launched ? stepsAfterCutover(phase) : [START_CUTOVER, ...stepsAfterCutover(phase)];
  }
}

/** The steps of a server that has not been tested and has no instance. */
function stepsFromTest(phase: Phase, { skipTest = false }: Position): readonly MgnStep[] {
  if (isEarlierPhase(phase, 'test')) return [];
  if (!skipTest) return [START_TEST, ...stepsAfterTest(phase, true)];
  return stepsAfterTest(phase, false);
}

/** The steps that follow a test whose instance is launched, or one that is skipped. */
function stepsAfterTest(phase: Phase, hasInstance: boolean): readonly MgnStep[] {
  if (isEarlierPhase(phase, 'ready')) return [];
  if (phase === 'ready') return hasInstance ? [END_TEST, TERMINATE] : [END_TEST];
  return [END_TEST, START_CUTOVER, ...stepsAfterCutover(phase)];
}

/** The steps that follow a cut-over whose instance is launched. */
function stepsAfterCutover(phase: Phase): readonly MgnStep[] {
  if (isEarlierPhase(phase, 'finalize')) return [];
  return phase === 'archive' ? [FINALIZE, ARCHIVE] : [FINALIZE];
}

/** Whether a job of the service processes a server. */
export function isBusy({ busy, launch }: MgnFacts): boolean {
  return busy === true || launch === 'PENDING' || launch === 'IN_PROGRESS';
}

/** Whether the instance of a server that is not being cut over is that of an earlier cut-over. */
export function hasOldCutover({ instance, launchOf, reverted }: MgnFacts): boolean {
  return instance !== undefined && (reverted === true || launchOf === 'cutover');
}

/** Lists the effects of a step that the reader of a plan might not expect. `lag`: in words, for a cut-over. */
export function stepEffects(
  step: MgnStep,
  { lifecycle, instance, archived }: MgnFacts,
  lag?: string,
): readonly string[] {
  const next = instance === undefined ? '' : `; ${instance} is terminated next`;
  const ends = instance === undefined ? [] : [`AWS MGN first terminates ${instance}`];
  switch (step) {
    case START_REPLICATION:
      return ['replication starts over: all disks are shipped again'];
    case START_TEST:
      return ['launches a test instance', ...ends];
    case END_TEST:
      if (lifecycle === 'CUTTING_OVER')
        return [
          'the cut-over is taken back',
          ...(instance === undefined ? [] : [`${instance} continues to run, and is no longer the cut-over`]),
        ];
      if (lifecycle !== 'TESTING') return ['skips the test'];
      return ['the test counts as passed'];
    case REVERT:
      return [`the ${lifecycle === 'CUTTING_OVER' ? 'cut-over is taken back' : 'test is ended'}${next}`];
    case TERMINATE:
      return [`terminates ${instance ?? 'the instance'}`];
    case START_CUTOVER:
      return [
        'launches the cut-over instance',
        ...ends,
        lag === undefined
          ? 'it lacks changes on the source after the last snapshot'
          : `its data is ${lag} behind the source`,
      ];
    case FINALIZE:
      return [
        'replication ends permanently, and the data that it stored in AWS is deleted',
        `${instance ?? 'the cut-over instance'} stays`,
      ];
    case ARCHIVE:
      return archived === true
        ? ['archives its application or wave']
        : ['the source server cannot be brought back from the archive'];
    case RETRY:
      return ['its initiation begins again; disks that were shipped are kept'];
  }
}
