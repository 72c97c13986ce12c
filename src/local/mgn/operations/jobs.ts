import type { Job } from '../records.ts';
import type { MgnDesk } from './desk.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { listed } from './paging.ts';
import type { PageInput } from './paging.ts';
import { logOf, wireJob } from './wire-job.ts';

interface JobInput {
  readonly jobID: string;
}

/** Jobs, the latest first. */
export function describeJobs(
  desk: MgnDesk,
  input: PageInput & {
    readonly filters?: {
      readonly jobIDs?: readonly string[];
      readonly fromDate?: string;
      readonly toDate?: string;
    };
  },
): object {
  const { jobIDs = [], fromDate, toDate } = input.filters ?? {};
  const ids = new Set(jobIDs);
  const from = fromDate === undefined ? -Infinity : Date.parse(fromDate);
  const to = toDate === undefined ? Infinity : Date.parse(toDate);
  const fits = ({ id, createdAt }: Job) =>
    (ids.size === 0 || ids.has(id)) && createdAt >= from && createdAt <= to;
  return listed<Job>(
    desk,
    {
      operation: 'Job',
      after: (cursor, count) => jobsBefore(desk, cursor === '' ? Infinity : Number(cursor), count, fits),
      cursorOf: ({ number }) => String(number),
    },
    input,
    (job) => wireJob(desk, job),
  );
}

function jobsBefore({ mgn }: MgnDesk, number: number, count: number, fits: (job: Job) => boolean): Job[] {
  const found: Job[] = [];
  for (let at = Math.min(number - 1, mgn.jobCount); at > 0 && found.length < count; at -= 1) {
    const job = mgn.jobs.get(at);
    if (job !== undefined && fits(job)) found.push(job);
  }
  return found;
}

/** The API model gives this operation no error of its own for a job that is not there. */
export function describeJobLogItems(desk: MgnDesk, input: PageInput & JobInput): object {
  const job = desk.mgn.jobsById.get(input.jobID);
  if (job === undefined) {
    throw invalid(`Job ${input.jobID} not found.`, [{ name: 'jobID', message: 'must name a job' }]);
  }
  const log = logOf(job, desk.world.now).map((item, index) => ({ item, index }));
  return listed(
    desk,
    {
      operation: 'JobLog',
      after: (cursor, count) => {
        const start = cursor === '' ? 0 : Number(cursor) + 1;
        return log.slice(start, start + count);
      },
      cursorOf: ({ index }) => String(index),
    },
    input,
    ({ item }) => item,
  );
}

export function deleteJob(desk: MgnDesk, { jobID }: JobInput): object {
  const job = desk.mgn.jobsById.get(jobID);
  if (job === undefined) throw notFound('Job', jobID);
  if (desk.mgn.activeJobs.has(job)) throw conflict(`Job ${jobID} is in progress.`, 'Job', [jobID]);
  desk.commit({ do: 'delete-job', number: job.number });
  return {};
}
