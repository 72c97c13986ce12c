import { isEarlierPhase, type Phase } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import { DAY, MAX_RUNS_PER_DAY } from '../../core/limits.ts';
import { isOwnedBy, type ObservedJob, type Owner } from '../../core/observed.ts';
import type { ReplicationRun, RunHistory } from '../../core/operations.ts';
import type { ObserveScope, StepRequest, StepResult } from '../../core/provider.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import type { SmsApi } from './api.ts';
import { writeDescription } from './marker.ts';
import { FINALIZE, type SmsFacts, type SmsStep, START_CUTOVER_RUN } from './phases.ts';
import { listRuns, startRun } from './runs.ts';

/** Writes the description that identifies the run of a cut-over. */
function cutoverDescription(owner: Owner): string {
  return writeDescription('cut-over', owner);
}

/** Adds the facts of the cut-over to jobs of waves in phase cutover or later: one call for the runs of each job. */
export async function addCutoverFacts(
  jobs: readonly ObservedJob[],
  scope: ObserveScope | undefined,
  api: SmsApi,
  time: ServiceTime,
): Promise<readonly ObservedJob[]> {
  if (scope === undefined) return jobs;
  return Promise.all(
    jobs.map(async (job) => {
      if (!isOwnedBy(job, scope.project) || !isCutoverOrLater(scope.phases.get(job.owner.wave))) return job;
      const history = await listRuns(api, time, job.id);
      return history === undefined ? job : { ...job, facts: cutoverFacts(history, job.owner) };
    }),
  );
}

function isCutoverOrLater(phase: Phase | undefined): boolean {
  return phase !== undefined && !isEarlierPhase(phase, 'cutover');
}

function cutoverFacts({ runs, at }: RunHistory, owner: Owner): SmsFacts {
  const last = latestCutoverRun(runs, owner);
  const busy = runs.some(({ state }) => state === 'active');
  const onDemand = runs.filter(({ type, scheduledAt = 0 }) => type === 'on-demand' && scheduledAt > at - DAY);
  return {
    ...(last !== undefined && { cutOver: last.state }),
    ...(last?.amiId !== undefined && { ami: last.amiId }),
    ...(busy && { busy: true }),
    ...(onDemand.length >= MAX_RUNS_PER_DAY && { noRunsLeft: true }),
  };
}

/** Finds the latest run that was started for the cut-over of a job's wave. */
function latestCutoverRun(runs: readonly ReplicationRun[], owner: Owner): ReplicationRun | undefined {
  const description = cutoverDescription(owner);
  return runs.find((run) => run.type === 'on-demand' && run.description === description);
}

/** Takes one step of a job's cut-over. A LandfallError is part of the result. */
export async function takeStep(
  step: SmsStep,
  { id, owner, settings }: StepRequest,
  api: SmsApi,
  time: ServiceTime,
): Promise<StepResult> {
  try {
    switch (step) {
      case START_CUTOVER_RUN:
        return { id, detail: await startRun(api, time, id, cutoverDescription(owner)) };
      case FINALIZE:
        return { id, detail: await finalize(id, owner, settings['runOnce'] === true, api, time) };
    }
  } catch (error) {
    if (error instanceof LandfallError) return { id, error };
    throw error;
  }
}

/**
 * Deletes a job whose last run is complete, after reading its runs again: a delete cannot be undone. Returns the
 * AMI.
 */
async function finalize(
  id: string,
  owner: Owner,
  once: boolean,
  api: SmsApi,
  time: ServiceTime,
): Promise<string> {
  const history = await listRuns(api, time, id);
  if (history === undefined || history.isDeleted) return 'was deleted already';
  const last = once ? history.runs[0] : latestCutoverRun(history.runs, owner);
  if (last?.state !== 'completed') {
    throw new LandfallError('SERVICE_ERROR', `the last replication of ${id} is not complete: the job stays`, {
      source: 'service',
      remedy: `see \`landfall runs ${id}\`, and plan again`,
    });
  }
  await api.deleteReplicationJob({ replicationJobId: id }).catch((error: unknown) => {
    if (!isServiceError(error, 'ReplicationJobNotFoundException')) throw error;
  });
  return last.amiId ?? history.job?.latestAmiId ?? 'no AMI is known';
}
