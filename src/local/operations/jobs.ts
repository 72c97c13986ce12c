import { isOver } from '../simulation/job-state.ts';
import type { Job } from '../simulation/records.ts';
import { comingRun } from '../simulation/run-life.ts';
import type { World } from '../simulation/world.ts';
import { settingsOf } from './create-job.ts';
import type { Desk } from './desk.ts';
import type { Inputs, JobInput } from './inputs.ts';
import { pageOf } from './page.ts';
import { invalid, notPermitted, ServiceError } from './service-error.ts';
import { wireJob } from './wire.ts';

export function getReplicationJobs(desk: Desk, input: Inputs['GetReplicationJobs']): object {
  const { world } = desk;
  const { replicationJobId } = input;
  const only = replicationJobId === undefined ? undefined : world.jobsById.get(replicationJobId);
  const { items, nextToken } = pageOf<Job>(
    {
      operation: 'GetReplicationJobs',
      filter: replicationJobId ?? '',
      tokenKey: world.tokenKey,
      after: (cursor, count) =>
        replicationJobId === undefined
          ? world.jobs.slice(Number(cursor), Number(cursor) + count)
          : [only].filter((job) => job !== undefined),
      cursorOf: ({ number }) => String(number),
    },
    input,
  );
  return { replicationJobList: items.map((job) => wireJob(desk, job)), nextToken };
}

/** The job of that id, deleted ones too. */
function findJob(world: World, id: string): Job {
  const job = world.jobsById.get(id);
  if (job === undefined) throw noJob(id);
  return job;
}

const noJob = (id: string) =>
  new ServiceError('ReplicationJobNotFoundException', `Replication job ${id} not found.`);

export function updateReplicationJob(desk: Desk, input: Inputs['UpdateReplicationJob']): object {
  const job = findJob(desk.world, input.replicationJobId);
  if (job.state === 'DELETED') throw noJob(job.id);
  if (isOver(job)) throw notPermitted(`Replication job ${job.id} cannot be updated in state ${job.state}.`);
  if (job.runOnce && input.frequency !== undefined) {
    throw invalid('frequency cannot be specified for a replication job that runs once.');
  }
  const encrypted = input.encrypted ?? job.settings.encrypted ?? false;
  if (input.kmsKeyId !== undefined && !encrypted) {
    throw invalid('kmsKeyId can be specified only when encrypted is true.');
  }
  const next = input.nextReplicationRunStartTime;
  if (next !== undefined && job.runOnce && comingRun(job) === undefined) {
    throw notPermitted(`Replication job ${job.id} has no next replication run.`);
  }
  desk.commit({
    do: 'update',
    job: job.number,
    settings: settingsOf(input),
    ...(encrypted ? {} : { dropKey: true }),
    ...(next === undefined ? {} : { nextRunAt: Math.round(next * 1000) }),
  });
  return {};
}

export function deleteReplicationJob(desk: Desk, { replicationJobId }: JobInput): object {
  const job = findJob(desk.world, replicationJobId);
  if (job.state === 'DELETED') throw noJob(job.id);
  // Asking again while it is being deleted changes nothing.
  if (job.state !== 'DELETING') desk.commit({ do: 'delete', job: job.number });
  return {};
}
