import type { Evidence, Output, RecoveryPoint, VmStage } from '../../core/journey.ts';
import { DAY } from '../../core/limits.ts';
import type { PastJob, ReplicationRun } from '../../core/observed.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { readDescription } from './marker.ts';
import type { Sms } from './types.ts';

const HOUR = DAY / 24;

/** The text of the description of runs that are started for a cut-over. */
export const CUTOVER_TEXT = 'cut-over';

/** The image of a cut-over, and what proves it. */
export interface CutoverImage {
  /** Absent: the service has the image, and does not name it any more. */
  readonly amiId?: string;
  readonly at?: Instant;
  readonly evidence: Evidence;
}

/** Finds the latest run that was started for a cut-over by the job's project, unless that was taken back. */
export function latestCutoverRun({
  runs = [],
  owner,
  revertedRun,
}: PastJob<Sms>): ReplicationRun | undefined {
  const reverted = runs.findIndex(({ id }) => id === revertedRun);
  const current = reverted < 0 ? runs : runs.slice(0, reverted);
  return current.find(({ type, description }) => {
    if (type !== 'on-demand' || description === undefined) return false;
    const { text, owner: starter } = readDescription(description);
    return text === CUTOVER_TEXT && starter !== undefined && starter.project === owner?.project;
  });
}

/** Whether a job has the id of its final run and neither that run nor its AMI: only a call for the job shows them. */
export function isFinalRunUnlisted({ finalizedAmi, cutoverRun, runs = [] }: PastJob<Sms>): boolean {
  return finalizedAmi === undefined && cutoverRun !== undefined && !runs.some(({ id }) => id === cutoverRun);
}

/**
 * Finds the image of a VM's cut-over: the finalizing step has written it into the job, or the cut-over's run has
 * completed, or the job was to run once and has.
 */
export function cutoverImage(job: PastJob<Sms>): CutoverImage | undefined {
  const { id, finalizedAmi, settings, runs = [], latestAmiId } = job;
  if (finalizedAmi !== undefined) {
    const at = runs.find(({ amiId }) => amiId === finalizedAmi)?.completedAt;
    const when = at === undefined ? {} : { at };
    return {
      amiId: finalizedAmi,
      ...when,
      evidence: { what: `job ${id} finalized`, id: finalizedAmi, ...when },
    };
  }
  const once = settings.runOnce === true;
  const run = once ? runs.find(({ state }) => state === 'completed') : latestCutoverRun(job);
  if (run?.state !== 'completed') {
    if (!once || latestAmiId === undefined) return undefined;
    return { amiId: latestAmiId, evidence: { what: `job ${id} replicated once`, id: latestAmiId } };
  }
  const amiId = run.amiId ?? (once ? latestAmiId : undefined);
  const when = run.completedAt === undefined ? {} : { at: run.completedAt };
  return {
    ...(amiId !== undefined && { amiId }),
    ...when,
    evidence: { what: `run ${run.id} completed`, id: run.id, ...when },
  };
}

/** The latest image of a VM; overdue once the next one should have been made. */
export function recoveryPointOf(
  jobs: readonly PastJob<Sms>[],
  now: Instant,
): { readonly recoveryPoint?: RecoveryPoint } {
  for (const job of jobs) {
    const run = job.runs?.find(({ state, amiId }) => state === 'completed' && amiId !== undefined);
    const id = run?.amiId ?? job.latestAmiId;
    if (id === undefined) continue;
    const at = run?.completedAt;
    return {
      recoveryPoint: {
        kind: 'ami',
        id,
        ...(at !== undefined && { at }),
        isOverdue: isOverdue(job, run, now),
      },
    };
  }
  return {};
}

/** The next image comes a frequency and the time of a run after the last one; an hour more is no delay. */
function isOverdue({ settings }: PastJob<Sms>, run: ReplicationRun | undefined, now: Instant): boolean {
  const { frequency } = settings;
  const { scheduledAt, completedAt } = run ?? {};
  if (frequency === undefined || completedAt === undefined) return false;
  const duration = scheduledAt === undefined ? 0 : completedAt - scheduledAt;
  return now - completedAt > frequency * HOUR + duration + HOUR;
}

/**
 * Lists the images of a VM.
 * @param current those of whose cut-over it is: a VM that is replicated again has left its earlier cut-over behind
 */
export function outputsOf(
  current: readonly PastJob<Sms>[],
  jobs: readonly PastJob<Sms>[],
): readonly Output[] {
  const outputs: Output[] = [];
  for (const job of current) {
    const image = cutoverImage(job);
    if (image?.amiId === undefined) continue;
    const { amiId: id, at } = image;
    outputs.push({ of: 'cutover', kind: 'ami', id, ...(at !== undefined && { at }) });
    break;
  }
  const { recoveryPoint } = recoveryPointOf(jobs, 0);
  if (recoveryPoint?.id !== undefined) {
    const { id, at } = recoveryPoint;
    outputs.push({ of: 'recovery-point', kind: 'ami', id, ...(at !== undefined && { at }) });
  }
  return outputs;
}

/** Describes why the VM's job cannot be cut over any more. */
export function endedText({ recoveryPoint }: VmStage): string {
  if (recoveryPoint?.id === undefined) return 'it has no AMI';
  const { id, at } = recoveryPoint;
  return `its latest AMI is ${id}${at === undefined ? '' : ` of ${displayInstant(at)}`}`;
}
