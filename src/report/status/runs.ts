import type { Colors } from 'picocolors/types.js';
import type { RunHistory } from '../../core/operations.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import { formatInstant } from '../../core/time.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import { type Column, formatListing } from '../text/table.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { runDurationText, runStageText, stateStyle, toJob, toRun, toServer } from './jobs.ts';

/** A job's runs, the last scheduled first, under a line on the job. Ends in a newline. */
export function renderRunsText(
  jobId: string,
  { job, runs, isDeleted }: RunHistory,
  { colors }: { readonly colors: Colors },
): string {
  const { heading, lines } = formatListing(runColumns(colors), runs, colors);
  const { server } = job ?? {};
  const words = [
    isDeleted ? 'deleted' : (job?.state ?? 'unknown'),
    ...(job?.statusMessage === undefined ? [] : [job.statusMessage]),
  ];
  const name = server === undefined ? '' : `  ${server.path ?? server.name ?? server.serverId}`;
  const about = `${colors.bold(escapeTerminal(jobId))}${escapeTerminal(name)}  ${colors.dim(escapeTerminal(words.join(': ')))}`;
  const failed = runs.filter(({ state }) => state === 'failed').length;
  const total = `${pluralize(runs.length, 'run')}${failed > 0 ? `, ${failed} failed` : ''}.`;
  return [about, ...(lines.length > 0 ? ['', heading, ...lines] : []), '', total, ''].join('\n');
}

/** The columns of a table of runs. */
export function runColumns(colors: Colors): readonly Column<ReplicationRun>[] {
  return [
    { title: 'RUN', cell: ({ id }) => escapeTerminal(id) },
    { title: 'STATE', cell: ({ state }) => state, style: stateStyle(colors) },
    { title: 'TYPE', cell: ({ type }) => type },
    { title: 'SCHEDULED (UTC)', cell: ({ scheduledAt }) => formatMinute(scheduledAt) },
    { title: 'COMPLETED (UTC)', cell: ({ completedAt }) => formatMinute(completedAt) },
    { title: 'DURATION', cell: runDurationText },
    { title: 'AMI', cell: ({ amiId = '' }) => escapeTerminal(amiId) },
    { title: 'DESCRIPTION', cell: ({ description = '' }) => escapeTerminal(description) },
    { title: 'MESSAGE', cell: messageCell },
  ];
}

function messageCell(run: ReplicationRun): string {
  return run.state === 'active' ? runStageText(run) : escapeTerminal(run.statusMessage ?? '');
}

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
