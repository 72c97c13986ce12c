import { isEarlierPhase, type Phase, type ServiceTypes, type Settings } from './desired.ts';
import type { Observed, ObservedJob, ObservedServer, PastJob } from './observed.ts';

import type { Instant } from './time.ts';

/**
 * Where a VM is on its way to AWS, in order:
 * - `not-in-catalog`: the account does not know the VM, or it is not certain which server the manifest means.
 * - `waiting`: no job of the project has replicated it, or is about to; the next step says what it waits for.
 * - `seeding`: its first replication has not completed.
 * - `replicating`: it has a recovery point, and gets new ones.
 * - `failing`: its last replication failed, or has stalled; the service tries again.
 * - `failed`: its job has failed; the service does not try again.
 * - `paused`: its job is paused.
 * - `ended`: its job has ended without a cut-over: the 90 days of SMS are over.
 * - `replicated-once`: its job was to run once, and has.
 * - `lost`: its job is gone, and no cut-over is known.
 * - `unproven`: the service no longer lists its job, or the final run of its deleted job: whether it was cut over cannot be
 *   proven.
 * - `testing`, `ready-for-cutover`, `cutting-over`, `cut-over`, `finalized`, `archived`: see docs/lifecycle.md.
 */
export const STAGES = [
  'not-in-catalog',
  'waiting',
  'seeding',
  'replicating',
  'failing',
  'failed',
  'paused',
  'ended',
  'replicated-once',
  'lost',
  'unproven',
  'testing',
  'ready-for-cutover',
  'cutting-over',
  'cut-over',
  'finalized',
  'archived',
] as const;
export type Stage = (typeof STAGES)[number];

const STOPPED_STAGES: ReadonlySet<Stage> = new Set<Stage>(['failed', 'paused', 'ended']);

/** Whether a VM in this stage has a job that no longer makes recovery points. */
export function isStopped(stage: Stage): boolean {
  return STOPPED_STAGES.has(stage);
}

/** How many VMs are in each stage, in the order of STAGES; stages without VMs are left out. */
export type StageCounts = Readonly<Partial<Record<Stage, number>>>;

export function countStages(stages: readonly Stage[]): StageCounts {
  const counts = new Map<Stage, number>();
  for (const stage of stages) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return orderedCounts((stage) => counts.get(stage) ?? 0);
}

export function addStageCounts(all: readonly StageCounts[]): StageCounts {
  return orderedCounts((stage) => all.reduce((sum, counts) => sum + (counts[stage] ?? 0), 0));
}

function orderedCounts(count: (stage: Stage) => number): StageCounts {
  return Object.fromEntries(
    STAGES.map((stage) => [stage, count(stage)] as const).filter(([, many]) => many > 0),
  );
}

/** Something that the account shows and that proves a stage. */
export interface Evidence {
  /** In words, with what it is: `run sms-run-1 completed`, `lifecycle CUTOVER`. */
  readonly what: string;
  /** The id of the resource in the account. */
  readonly id?: string;
  /** When it happened; absent where the service does not say. */
  readonly at?: Instant;
}

/** What the VM could be started from in AWS if its source were lost now. */
export interface RecoveryPoint {
  readonly kind: 'ami' | 'snapshot';
  /** Absent: the service does not name it. */
  readonly id?: string;
  /** The moment of its data, as far as the service tells. */
  readonly at?: Instant;
  /** It is older than its schedule allows. */
  readonly isOverdue: boolean;
}

/** A moment at which the service ends something by itself. */
export interface Deadline {
  /** `pause`: it deletes a paused job. `lifetime`: it ends the replication of a VM (90 days from the first). */
  readonly kind: 'pause' | 'lifetime';
  readonly at: Instant;
}

/** An image or an instance that was made of a VM. */
export interface Output {
  /** `recovery-point`: the latest replication. */
  readonly of: 'cutover' | 'test' | 'recovery-point';
  readonly kind: 'ami' | 'instance';
  readonly id: string;
  readonly at?: Instant;
}

/** Who has to do something before a VM goes on: the service by itself, the next apply, or a person. */
export type Actor = 'service' | 'apply' | 'person';

/**
 * What a VM waits for: room under a cap, a connector, a run or launch that is in progress, the time of its next run,
 * anything else that the service does, a person, a window or another time of the manifests, or other VMs that go first.
 */
export type WaitKind = 'cap' | 'connector' | 'run' | 'schedule' | 'service' | 'person' | 'window' | 'wave';

/** What happens to a VM next. */
export interface NextStep {
  /** `nobody`: nothing is left to do. */
  readonly actor: Actor | 'nobody';
  /** In words: `apply to start the final run`; empty: nothing. */
  readonly text: string;
  /** Absent: the next apply goes on, or nothing is left to do. */
  readonly waitsFor?: WaitKind;
  /** The id of the concern that keeps the VM from its next step. */
  readonly concern?: string;
  /** The VM is where its wave wants it: the text says what a person may do after that. */
  readonly isOptional?: true;
}

/** What the service does with a VM, or is about to do. */
interface Activity {
  readonly text: string;
  /** It has not begun: the text says what it waits for. */
  readonly isWaiting?: true;
  /** Who can end the wait; absent: the service. */
  readonly actor?: Actor;
}

/** The stage of a VM, and the evidence for it. */
export interface VmStage {
  readonly stage: Stage;
  /** Details of the stage: the failure and its number of three, or the step of a transfer. */
  readonly detail?: string;
  readonly evidence: readonly Evidence[];
  readonly recoveryPoint?: RecoveryPoint;
  /** Sorted by time. */
  readonly deadlines: readonly Deadline[];
  /** Cut-over first, then test, then recovery point. */
  readonly outputs: readonly Output[];
  /** Why the service ends a new job of the VM at once, whatever its stage; absent: it does not. */
  readonly newJobProblem?: string;
  /** The latest test or cut-over was taken back, by landfall or by hand, and nothing has been launched since. */
  readonly takenBack?: { readonly what: 'test' | 'cut-over'; readonly at: Instant };
  /** What the service is doing, or about to do as soon as it can; absent: nothing. */
  readonly activity?: Activity;
}

/** The last phase that a VM in a stage has reached; a stage that is missing tells nothing of it. */
const REACHED_PHASES: Readonly<Partial<Record<Stage, Phase>>> = {
  replicating: 'replicate',
  'replicated-once': 'replicate',
  testing: 'test',
  'ready-for-cutover': 'ready',
  'cutting-over': 'ready',
  'cut-over': 'cutover',
  finalized: 'finalize',
  archived: 'archive',
};

/**
 * Whether a VM has reached a phase: it replicates and has a recovery point; its test instance has been launched; it is
 * ready; it has been cut over, finalized or archived.
 * @param wanted the phase of its wave: a VM that was to replicate once is cut over as soon as its wave says so
 */
export function hasReached(
  { stage, outputs, recoveryPoint }: Pick<VmStage, 'stage' | 'outputs' | 'recoveryPoint'>,
  phase: Phase,
  wanted?: Phase,
): boolean {
  const isOnce = stage === 'replicated-once' && wanted !== undefined && !isEarlierPhase(wanted, 'cutover');
  // A replication that has stalled or was stopped keeps what it has sent.
  const kept = recoveryPoint === undefined ? undefined : 'replicate';
  const reached = isOnce ? 'cutover' : (REACHED_PHASES[stage] ?? kept);
  if (reached === undefined || isEarlierPhase(reached, phase)) return false;
  return stage !== 'testing' || phase !== 'test' || outputs.some(({ of }) => of === 'test');
}

/** Returns when a VM was cut over, as far as the account shows it: its output, or else the first evidence with a time. */
export function cutOverAt({ outputs, evidence }: Pick<VmStage, 'outputs' | 'evidence'>): Instant | undefined {
  return outputs.find(({ of }) => of === 'cutover')?.at ?? evidence.find(({ at }) => at !== undefined)?.at;
}

/** What the stage of a VM is found from. */
export interface StageContext<Of extends ServiceTypes = ServiceTypes> {
  readonly project: string;
  readonly server: ObservedServer;
  /** The current job of the server; absent: it has none. */
  readonly job?: ObservedJob<Of>;
  /** The deleted jobs of the server, of whatever project, the latest first. */
  readonly past: readonly PastJob<Of>[];
  readonly observed: Observed<Of>;
}

/** What a plan tells of the VM of a change, beside what apply does: for those who read plans. */
export interface ChangeFacts {
  /** As written in the manifest. */
  readonly os?: string;
  /** Where the VM stands before the change, and since when, where the account tells. */
  readonly stage: Stage;
  readonly since?: Instant;
  /** The step that the change takes or defers, by the name that all services share. */
  readonly stepName?: StepName;
  /** All settings of the job before the change; absent: there is no job, or they stay as they are. */
  readonly before?: Settings;
}

/** What a step does, by a name that is the same on every service. */
export type StepName =
  | 'start-replication'
  | 'retry-replication'
  | 'start-test'
  | 'end-test'
  | 'start-cutover'
  | 'revert'
  | 'terminate-instances'
  | 'finalize'
  | 'archive';
