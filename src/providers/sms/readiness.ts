import type { Stage } from '../../core/journey.ts';
import { DAY, MAX_RUNS_PER_DAY } from '../../core/limits.ts';
import { activeOrDueRun, type ObservedJob } from '../../core/observed.ts';
import type { ReadinessContext } from '../../core/provider.ts';
import { displayInstant, formatDuration, type Instant } from '../../core/time.ts';

const PAST_CUTOVER: ReadonlySet<Stage> = new Set<Stage>(['cut-over', 'replicated-once', 'finalized']);

/** Lists why a VM on AWS SMS is not ready for a phase; empty: it is ready, or past the phase. Pure. */
export function notReady(context: ReadinessContext): readonly string[] {
  const { phase, stage } = context;
  switch (phase) {
    case 'replicate':
    case 'test':
    case 'ready':
    case 'archive':
      return [];
    case 'cutover':
      return PAST_CUTOVER.has(stage.stage) ? [] : notReadyForCutover(context);
    case 'finalize': {
      if (!PAST_CUTOVER.has(stage.stage))
        return [`it is not cut over: ${stageProblem(context) ?? 'it is replicating'}`];
      const isReplicating = stage.activity !== undefined && stage.activity.isWaiting !== true;
      return isReplicating ? ['a replication of it is in progress'] : [];
    }
  }
}

function notReadyForCutover(context: ReadinessContext): readonly string[] {
  const { stage, now, connectorProblem } = context;
  const problem = stage.stage === 'cutting-over' ? undefined : stageProblem(context);
  const ofConnector = connectorProblem === undefined ? [] : [connectorProblem];
  if (problem !== undefined) return [problem, ...ofConnector];
  // The final run is under way: it needs a connector, and nothing else.
  if (stage.stage === 'cutting-over') return ofConnector;
  return [
    ...recoveryPointProblem(context),
    ...ofConnector,
    ...runProblems(context.job, now, connectorProblem),
  ];
}

/** Describes why a VM in its stage cannot be cut over; undefined: the stage does not prevent it. */
function stageProblem({ stage: { stage, detail, activity } }: ReadinessContext): string | undefined {
  const words = detail === undefined ? '' : `: ${detail}`;
  switch (stage) {
    case 'waiting':
      return 'it has no replication job';
    case 'seeding': {
      const progress = activity === undefined || activity.isWaiting === true ? '' : ` (${activity.text})`;
      return `its first replication has not completed${progress}`;
    }
    case 'failing':
      return `its replication fails${words}`;
    case 'failed':
      return `its job has failed${words}`;
    case 'paused':
      return `its job is paused${words}`;
    case 'ended':
      return `its replication has ended${words}`;
    case 'lost':
      return detail ?? 'its job is gone';
    case 'unproven':
      return `whether it was cut over cannot be proven${words}`;
    case 'cutting-over':
      return 'its final run has not completed';
    case 'not-in-catalog':
    case 'replicating':
    case 'replicated-once':
    case 'testing':
    case 'ready-for-cutover':
    case 'cut-over':
    case 'finalized':
    case 'archived':
      return undefined;
  }
}

function recoveryPointProblem({ stage: { recoveryPoint }, now }: ReadinessContext): readonly string[] {
  if (recoveryPoint === undefined) return ['it has no AMI'];
  if (!recoveryPoint.isOverdue) return [];
  const { id, at } = recoveryPoint;
  const age = at === undefined ? '' : `, ${formatDuration(now - at)} old`;
  return [`its next AMI is overdue: the latest is ${id ?? 'not named'}${age}`];
}

/** Checks whether the service would accept an on-demand run: none beside another, two in 24 hours. */
function runProblems(
  job: ReadinessContext['job'],
  now: Instant,
  connectorProblem: string | undefined,
): readonly string[] {
  if (job === undefined) return [];
  const isDue = activeOrDueRun(job, job.runs ?? [], now)?.state === 'pending';
  const nextAt = nextOnDemandRunAt(job, now);
  return [
    // A dead connector is the reason that has been given.
    ...(isDue && connectorProblem === undefined ? ['a run is due and has not started'] : []),
    ...(nextAt === undefined
      ? []
      : [
          `it has had its two on-demand runs of 24 hours: the next one may start at ${displayInstant(nextAt)}`,
        ]),
  ];
}

/** When a job may have its next on-demand run, if it has had all that it may have in 24 hours; undefined: now. */
export function nextOnDemandRunAt({ runs = [] }: ObservedJob, now: Instant): Instant | undefined {
  const recent = runs.flatMap(({ type, scheduledAt = 0 }) =>
    type === 'on-demand' && scheduledAt > now - DAY ? [scheduledAt] : [],
  );
  const blocking = recent.toSorted((a, b) => b - a)[MAX_RUNS_PER_DAY - 1];
  return blocking === undefined ? undefined : blocking + DAY;
}
