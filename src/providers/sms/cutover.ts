import { isEarlierPhase, type Phase } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import {
  isOwnedBy,
  type ObservedJob,
  type ObserveScope,
  type Owner,
  type PastJob,
  type RunState,
} from '../../core/observed.ts';
import type { StepRequest, StepResult } from '../../core/provider.ts';
import { isServiceError } from '../aws/errors.ts';
import type { ServiceTime } from '../aws/middleware.ts';
import type { SmsApi, SmsContext } from './api.ts';
import { deleteJob, updateJob } from './change-job.ts';
import { type CutoverMark, writeDescription } from './marker.ts';
import { cutoverFacts } from './phases.ts';
import type { SmsSettings } from './settings.ts';
import { listRuns, startRun } from './runs.ts';
import { CUTOVER_TEXT, cutoverImage, isFinalRunUnlisted, latestCutoverRun } from './images.ts';
import { FINALIZE, REVERT, type Sms, type SmsJob, type SmsStep, START_CUTOVER_RUN } from './types.ts';

/** Writes the description that identifies the run of a cut-over. */
function cutoverDescription(owner: Owner): string {
  return writeDescription(CUTOVER_TEXT, owner);
}

/**
 * Adds to jobs of waves in phase cutover or later what saved plans of the cut-over depend on. Reads all runs of these and
 * of jobs that were cut over, a call each, where the latest ones do not show a cut-over that has not failed.
 */
export async function addCutoverFacts(
  jobs: readonly SmsJob[],
  scope: ObserveScope | undefined,
  api: SmsApi,
  time: ServiceTime,
): Promise<readonly SmsJob[]> {
  if (scope === undefined) return jobs;
  const isCutOver = (wave: string): boolean => isCutoverOrLater(scope.phases.get(wave));
  const isConcerned = (job: SmsJob): boolean =>
    isOwnedBy(job, scope.project) && (isCutOver(job.owner.wave) || job.cutoverRun !== undefined);
  if (!jobs.some(isConcerned)) return jobs;
  return Promise.all(
    jobs.map(async (job) => {
      if (!isConcerned(job)) return job;
      const isCuttingOver = isCutOver(job.owner?.wave ?? '');
      const seen = isSettled(latestCutoverRun(job)?.state)
        ? job
        : { ...job, ...(await allRuns(job, api, time)) };
      return isCuttingOver ? { ...seen, facts: cutoverFacts(seen, time.now()) } : seen;
    }),
  );
}

/**
 * Adds all runs to deleted jobs of the project that were cut over, by the mark of the step that started the final run,
 * where the listing does not have that run: a call each. The AMI is written into a job before it is deleted, so these are
 * jobs that someone else deleted, and jobs that had ended, which take no such note.
 */
export async function addPastCutovers(
  jobs: readonly PastJob<Sms>[],
  scope: ObserveScope | undefined,
  api: SmsApi,
  time: ServiceTime,
): Promise<readonly PastJob<Sms>[]> {
  if (scope === undefined) return jobs;
  return Promise.all(
    jobs.map(async (job) =>
      isOwnedBy(job, scope.project) && isFinalRunUnlisted(job)
        ? { ...job, ...(await allRuns(job, api, time)) }
        : job,
    ),
  );
}

function isSettled(state: RunState | undefined): boolean {
  return state === 'pending' || state === 'active' || state === 'completed';
}

async function allRuns(
  { id }: Pick<ObservedJob, 'id'>,
  api: SmsApi,
  time: ServiceTime,
): Promise<Pick<ObservedJob, 'runs'>> {
  const history = await listRuns(api, time, id);
  return history === undefined ? {} : { runs: history.runs };
}

function isCutoverOrLater(phase: Phase | undefined): boolean {
  return phase !== undefined && !isEarlierPhase(phase, 'cutover');
}

/** Takes one step of a job's cut-over. A LandfallError is part of the result. */
export async function takeStep(
  step: SmsStep,
  request: StepRequest<SmsSettings>,
  context: SmsContext,
): Promise<StepResult> {
  const { id } = request;
  try {
    switch (step) {
      case START_CUTOVER_RUN:
        return { id, detail: await startFinalRun(request, context) };
      case REVERT:
        return { id, detail: await revert(request, context) };
      case FINALIZE:
        return { id, detail: await finalize(request, context) };
    }
  } catch (error) {
    if (error instanceof LandfallError) return { id, error };
    throw error;
  }
}

/** Starts the run of a cut-over, and writes its id into the job: later listings no longer have the run. */
async function startFinalRun(
  { id, owner, settings }: StepRequest<SmsSettings>,
  context: SmsContext,
): Promise<string> {
  const cutoverRun = await startRun(context, id, cutoverDescription(owner));
  await mark(id, owner, settings, { cutoverRun }, context.api).catch((error: unknown) => {
    // The run has begun, and its own description says what it is for.
    if (!(error instanceof LandfallError)) throw error;
  });
  return cutoverRun;
}

/** Takes a cut-over back: writes into the job that its run no longer counts, and the runs before. Destroys nothing. */
async function revert(
  { id, owner, settings }: StepRequest<SmsSettings>,
  { api, time }: SmsContext,
): Promise<string> {
  const { job, runs } = (await listRuns(api, time, id)) ?? {};
  if (job === undefined) return 'was deleted already';
  const run = latestCutoverRun({ ...job, owner, runs: runs ?? [] });
  const revertedRun = run?.id ?? job.revertedRun;
  await mark(id, owner, settings, revertedRun === undefined ? {} : { revertedRun }, api);
  return revertedRun ?? 'no run of a cut-over is known';
}

/** Writes how far the cut-over of a job is into its description. */
async function mark(
  replicationJobId: string,
  owner: Owner,
  { description = '' }: SmsSettings,
  cutover: CutoverMark,
  api: SmsApi,
): Promise<void> {
  await updateJob({ replicationJobId, description: writeDescription(description, owner, cutover) }, api);
}

/**
 * Deletes a job whose last run is complete, after reading its runs again: a delete cannot be undone. Before that, it
 * writes the AMI into the job, which the service still lists afterwards: this proves the cut-over later.
 * @returns the AMI
 */
async function finalize(
  { id, owner, settings }: StepRequest<SmsSettings>,
  { api, time }: SmsContext,
): Promise<string> {
  const history = await listRuns(api, time, id);
  if (history === undefined || history.isDeleted) return 'was deleted already';
  const { job, runs } = history;
  const image = job && cutoverImage({ ...job, owner, runs });
  if (image === undefined) {
    throw new LandfallError('SERVICE_ERROR', `the last replication of ${id} is not complete: the job stays`, {
      source: 'service',
      remedy: `see \`landfall runs ${id}\`, and plan again`,
    });
  }
  if (image.amiId !== undefined && settings.runOnce !== true) {
    await mark(id, owner, settings, { finalizedAmi: image.amiId }, api).catch((error: unknown) => {
      // A job that has ended takes no update. Its listing proves the cut-over if it has the run, or the id of the run.
      const isProven =
        job !== undefined && (job.cutoverRun !== undefined || cutoverImage({ ...job, owner }) !== undefined);
      if (!isProven || !isServiceError(error, 'OperationNotPermittedException')) throw error;
    });
  }
  await deleteJob(id, api);
  return image.amiId ?? 'no AMI is known';
}
