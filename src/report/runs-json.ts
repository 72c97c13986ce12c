import type { RunHistory } from '../core/operations.ts';
import { formatInstant } from '../core/time.ts';
import { toJob, toServer } from './job-json.ts';
import { formatJson } from './json.ts';
import { toRun } from './run-json.ts';

/** A job's runs as JSON; format version 1.0, minor versions only add. `job` is null once it is deleted, or if the service tells nothing of it. */
export function renderRunsJson(jobId: string, { at, job, runs }: RunHistory): string {
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    job_id: jobId,
    job: job === undefined ? null : { ...toJob(job), server: toServer(job.server) },
    runs: runs.map(toRun),
  });
}
