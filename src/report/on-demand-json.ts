import type { OnDemandResult } from '../core/status.ts';
import { formatJson } from './json.ts';
import { toRun } from './run-json.ts';

/** What became of each VM's run, as JSON; format version 1.0, minor versions only add. */
export function renderOnDemandJson(results: readonly OnDemandResult[]): string {
  const many = (status: OnDemandResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return formatJson({
    format_version: '1.0',
    results: results.map(toResult),
    summary: { started: many('started'), refused: many('refused'), failed: many('failed') },
  });
}

/** `run` is there where its end was waited for, `lost` where the job went before it. */
function toResult(result: OnDemandResult): object {
  const { subject, status } = result;
  const { address, target, wave, job } = subject;
  const about = { address, target, wave, job_id: job?.id, status };
  switch (result.status) {
    case 'started':
      return {
        ...about,
        run_id: result.runId,
        run: result.run === undefined ? undefined : toRun(result.run),
        lost: result.lost,
      };
    case 'refused':
      return { ...about, reason: result.reason };
    case 'failed':
      return { ...about, code: result.code, message: result.message, remedy: result.remedy };
  }
}
