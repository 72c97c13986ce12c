import type { ObservedJob } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import { byText } from '../core/order.ts';

/** Whether a job's marker says that it belongs to the project. */
export function isOurs(job: ObservedJob, project: string): boolean {
  return job.owner?.project === project;
}

/**
 * The job that stands for a server which has several: ours if it is active, else an active one of others
 * (which is in our way), else ours that has ended, else any. Deterministic: ties go to the smaller id.
 */
export function preferredJob(jobs: readonly ObservedJob[], project: string): ObservedJob | undefined {
  const rank = (job: ObservedJob): number => (isActive(job) ? 0 : 2) + (isOurs(job, project) ? 0 : 1);
  return jobs.toSorted((a, b) => rank(a) - rank(b) || byText(a.id, b.id))[0];
}
