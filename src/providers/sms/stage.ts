import { DAY, JOB_LIFETIME_DAYS, PAUSE_LIMIT_DAYS } from '../../core/limits.ts';
import type { Deadline, Evidence, StageContext, VmStage } from '../../core/journey.ts';
import {
  activeOrDueRun,
  isActive,
  type ObservedServer,
  type PastJob,
  type ReplicationRun,
} from '../../core/observed.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { connectorProblem } from './concerns.ts';
import { cutoverImage, isFinalRunUnlisted, latestCutoverRun, outputsOf, recoveryPointOf } from './images.ts';
import type { Sms, SmsJob } from './types.ts';

/** Failures in a row after which the service pauses a job (domain, learnt since). */
const MAX_FAILURES = 3;
/** Runs that a listing has of each job at least; a job with fewer has no others. */
const LISTED_RUNS = 5;

/** Finds where a VM is on AWS SMS, from its job, its deleted jobs and their runs. Pure. */
export function stageOf(context: StageContext<Sms>): VmStage {
  const { job, past } = context;
  if (job === undefined && past.length === 0 && !isUnlisted(context.server, past, context.observed))
    return WAITING;
  const jobs: readonly PastJob<Sms>[] = job === undefined ? past : [job, ...past];
  const first = firstReplicationAt(jobs, context.observed.at);
  const end = first === undefined ? undefined : first + JOB_LIFETIME_DAYS * DAY;
  const parts = job === undefined ? stageWithoutJob(context) : stageOfJob(context, job, end);
  // A job that is active after its 90 days shows that AWS has extended them.
  const isOver = end !== undefined && end <= context.observed.at && (job === undefined || !isActive(job));
  if (jobs.length === 0) return { ...parts, deadlines: [], outputs: [] };
  const stage = {
    deadlines: job === undefined ? [] : deadlinesOf(job, end),
    outputs: outputsOf(job === undefined ? past : [job], jobs),
    ...parts,
    // The image of a VM that is finalized has no successor that could be late.
    ...recoveryPointOf(jobs, parts.stage === 'finalized' ? 0 : context.observed.at),
  };
  if (!isOver && parts.stage !== 'ended') return stage;
  return { newJobProblem: lifetimeText(isOver ? end : undefined), ...stage };
}

function lifetimeText(end: Instant | undefined): string {
  const when = end === undefined ? 'have ended' : `ended at ${displayInstant(end)}`;
  return `the 90 days of its replication ${when}, and AWS ends a new job at once`;
}

type StageParts = Pick<VmStage, 'stage' | 'detail' | 'evidence' | 'activity'>;

function stageWithoutJob({ server, past, project, observed }: StageContext<Sms>): StageParts {
  const images = past.flatMap((job) => {
    const image = cutoverImage(job);
    return image === undefined ? [] : [{ job, image }];
  });
  const [proof] = images;
  if (proof !== undefined) {
    const { job, image } = proof;
    const { owner } = job;
    const by =
      owner === undefined || owner.project === project ? '' : `, finalized by project ${owner.project}`;
    return {
      stage: 'finalized',
      detail: `${image.amiId ?? 'its AMI'}${by}`,
      evidence: [image.evidence, { what: `job ${job.id} deleted${by}`, id: job.id }],
    };
  }
  if (isUnlisted(server, past, observed)) {
    const which = server.jobId === undefined ? 'a replication job' : `replication job ${server.jobId}`;
    const detail = `it had ${which} that AWS SMS no longer lists`;
    const evidence = [{ what: 'the server catalogue knows of a job', id: server.jobId ?? server.serverId }];
    return { stage: 'unproven', detail, evidence };
  }
  const lost = past.find(({ owner }) => owner?.project === project);
  if (lost?.cutoverRun !== undefined && isFinalRunUnlisted(lost)) {
    const { id, cutoverRun } = lost;
    const detail = `its job ${id} was deleted, and AWS SMS no longer lists the final run ${cutoverRun}`;
    const evidence = [
      { what: `job ${id} deleted`, id },
      { what: `final run ${cutoverRun} started`, id: cutoverRun },
    ];
    return { stage: 'unproven', detail, evidence };
  }
  if (lost !== undefined) {
    const evidence = [{ what: `job ${lost.id} deleted`, id: lost.id }, ...lastRunEvidence(lost)];
    return { stage: 'lost', detail: lossOf(lost), evidence };
  }
  return WAITING;
}

/** Where a VM is that the account knows nothing of. All such VMs share it. */
const WAITING: VmStage = { stage: 'waiting', evidence: [], deadlines: [], outputs: [] };

/** Whether the catalogue knows of a job of the server that the listing of jobs does not have. */
function isUnlisted(
  { hadJob, jobId }: ObservedServer,
  past: readonly PastJob<Sms>[],
  observed: StageContext<Sms>['observed'],
): boolean {
  if (jobId === undefined) return hadJob === true && past.length === 0;
  return !past.some(({ id }) => id === jobId) && !listedIds(observed).has(jobId);
}

const LISTED = new WeakMap<StageContext<Sms>['observed'], ReadonlySet<string>>();

/** Returns the ids of all jobs that an account lists. They are collected once: thousands of servers may ask. */
function listedIds(observed: StageContext<Sms>['observed']): ReadonlySet<string> {
  const { jobs, pastJobs = [] } = observed;
  const ids = LISTED.get(observed) ?? new Set([...jobs, ...pastJobs].map(({ id }) => id));
  LISTED.set(observed, ids);
  return ids;
}

/** The latest run of a job that has ended, and when. */
function lastRunEvidence({ runs = [] }: PastJob<Sms>): readonly Evidence[] {
  const last = runs.find(({ state }) => state === 'completed' || state === 'failed');
  if (last === undefined) return [];
  const { id, state, completedAt } = last;
  return [{ what: `run ${id} ${state}`, id, ...(completedAt !== undefined && { at: completedAt }) }];
}

/** Describes how a job came to be deleted, as far as its runs tell. */
function lossOf(job: PastJob<Sms>): string {
  const { id, runs = [], latestAmiId } = job;
  const failures = failuresOf(job);
  const latest = runs.find(({ amiId }) => amiId !== undefined)?.amiId ?? latestAmiId;
  const rest = latest === undefined ? 'it had never replicated' : `its latest AMI is ${latest}`;
  if (failures.length < MAX_FAILURES) return `job ${id} was deleted before the cut-over; ${rest}`;
  const words = failures[0]?.statusMessage;
  return `job ${id} failed ${MAX_FAILURES} times and was deleted${words === undefined ? '' : `: ${words}`}; ${rest}`;
}

/** @param end the end of the VM's 90 days; undefined: it has not replicated, or nobody knows since when */
function stageOfJob(context: StageContext<Sms>, job: SmsJob, end: Instant | undefined): StageParts {
  const { observed, server } = context;
  const { id, state, statusMessage, settings } = job;
  const at = stateSince(job, end);
  const own: Evidence = { what: `job ${id} ${state}`, id, ...(at !== undefined && { at }) };
  const activity = activityOf(job, observed.at, connectorProblem(server, observed));
  const reverted = job.revertedRun === undefined ? [] : [revertedEvidence(job.revertedRun)];
  const evidence = [own, ...reverted];
  const common = activity === undefined ? { evidence } : { evidence, activity };
  const image = settings.runOnce === true ? undefined : cutoverImage(job);
  if (image !== undefined) {
    return {
      ...common,
      stage: 'cut-over',
      detail: image.amiId ?? 'its AMI',
      evidence: [image.evidence, own],
    };
  }
  const run = latestCutoverRun(job);
  const mayRun = isActive(job) && state !== 'paused';
  if (run?.state === 'active' || (run?.state === 'pending' && mayRun)) {
    return {
      ...common,
      stage: 'cutting-over',
      evidence: [{ what: `run ${run.id} ${run.state}`, id: run.id }],
    };
  }
  switch (state) {
    case 'completed': {
      if (settings.runOnce !== true) {
        return {
          ...common,
          stage: 'ended',
          detail: 'the 90 days of its replication are over',
          evidence: [own, ...lastRunEvidence(job)],
        };
      }
      const once = cutoverImage(job);
      return {
        ...common,
        stage: 'replicated-once',
        ...(once?.amiId !== undefined && { detail: once.amiId }),
        evidence: once === undefined ? [own] : [once.evidence, own],
      };
    }
    case 'failed':
      return { ...common, stage: 'failed', ...optional('detail', statusMessage) };
    case 'paused':
      return { ...common, stage: 'paused', ...optional('detail', messageOf(job)) };
    case 'failing': {
      const count = Math.max(1, failuresOf(job).length);
      const words = messageOf(job);
      return {
        ...common,
        stage: 'failing',
        detail: `failure ${count} of ${MAX_FAILURES}${words === undefined ? '' : `: ${words}`}`,
      };
    }
    case 'pending':
    case 'active':
    case 'unknown':
      return { stage: hasReplicated(job) ? 'replicating' : 'seeding', ...common };
  }
}

/** When a job that has stopped got into its state; its last run tells, and of one that has ended the 90 days. */
function stateSince(job: SmsJob, end: Instant | undefined): Instant | undefined {
  const { state, settings } = job;
  if (state === 'paused' || state === 'failed') return failuresOf(job)[0]?.completedAt;
  if (state !== 'completed') return undefined;
  return settings.runOnce === true ? lastRunEvidence(job)[0]?.at : end;
}

function revertedEvidence(id: string): Evidence {
  return { what: `the cut-over by run ${id} was taken back`, id };
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: string });
}

/** The service's words on the latest failure of a job. */
function messageOf(job: PastJob<Sms>): string | undefined {
  return failuresOf(job)[0]?.statusMessage ?? job.statusMessage;
}

/** The failed runs since the last successful one, the latest first. */
function failuresOf({ runs = [] }: PastJob<Sms>): readonly ReplicationRun[] {
  const ended = runs.filter(({ state }) => state === 'completed' || state === 'failed');
  const success = ended.findIndex(({ state }) => state === 'completed');
  return success < 0 ? ended : ended.slice(0, success);
}

/** Whether a job has had a successful run; a listing may not go back to it, and the AMI tells then. */
function hasReplicated({ runs = [], latestAmiId }: PastJob<Sms>): boolean {
  return latestAmiId !== undefined || runs.some(({ state }) => state === 'completed');
}

/** What a job does, or what its due run waits for: a connector, or one of the 50 runs at once. */
function activityOf(job: SmsJob, at: Instant, connector: string | undefined): VmStage['activity'] {
  const run = activeOrDueRun(job, job.runs ?? [], at);
  if (run === undefined) return undefined;
  if (run.state === 'active') {
    const words = [run.stage ?? run.statusMessage, run.progress].filter((word) => word !== undefined);
    return { text: words.length === 0 ? 'replicating' : words.join(' ') };
  }
  return connector === undefined
    ? { text: 'waits for its turn: 50 VMs replicate at once', isWaiting: true }
    : { text: connector, isWaiting: true, actor: 'person' };
}

/** When the service deletes a paused job, and when it ends the VM's replication (domain: SMS rules, learnt since). */
function deadlinesOf(job: SmsJob, end: Instant | undefined): readonly Deadline[] {
  if (!isActive(job)) return [];
  const paused = job.state === 'paused' ? stateSince(job, end) : undefined;
  const deadlines: readonly Deadline[] = [
    ...(paused === undefined ? [] : [{ kind: 'pause' as const, at: paused + PAUSE_LIMIT_DAYS * DAY }]),
    ...(end === undefined ? [] : [{ kind: 'lifetime' as const, at: end }]),
  ];
  return deadlines.toSorted((a, b) => a.at - b.at);
}

/**
 * The first replication of a VM over all of its jobs. A listing has the latest runs of a job only: of a job with more of
 * them, the seed time counts, which is never later than the first run.
 */
function firstReplicationAt(jobs: readonly PastJob<Sms>[], now: Instant): Instant | undefined {
  const times = jobs.flatMap(({ runs = [], settings, latestAmiId }) => {
    const started = runs.filter(
      ({ state }) => state === 'active' || state === 'completed' || state === 'failed',
    );
    const oldest = started.at(-1)?.scheduledAt;
    const seed = Date.parse(settings.seedReplicationTime ?? '');
    if (oldest !== undefined && runs.length < LISTED_RUNS) return [oldest];
    if (oldest === undefined && latestAmiId === undefined) return [];
    return [Number.isNaN(seed) || seed > now ? (oldest ?? []) : Math.min(seed, oldest ?? seed)].flat();
  });
  return times.length === 0 ? undefined : Math.min(...times);
}
