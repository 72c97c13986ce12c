import type { Colors } from 'picocolors/types.js';
import type { RunHistory, ReplicationRun } from '../core/operations.ts';
import { count } from './count.ts';
import { escapeTerminal } from './escape.ts';
import { type Column, listing } from './listing.ts';
import { runSpan, stageText, stateStyle } from './run-words.ts';
import { minute } from './time.ts';

/** A job's runs, the last scheduled first, under a line on the job. Ends in a newline. */
export function renderRunsText(
  jobId: string,
  { job, runs, isDeleted }: RunHistory,
  { colors }: { readonly colors: Colors },
): string {
  const { heading, lines } = listing(columns(colors), runs, colors);
  const { server } = job ?? {};
  const words = [
    isDeleted ? 'deleted' : (job?.state ?? 'unknown'),
    ...(job?.statusMessage === undefined ? [] : [job.statusMessage]),
  ];
  const name = server === undefined ? '' : `  ${server.path ?? server.name ?? server.serverId}`;
  const about = `${colors.bold(escapeTerminal(jobId))}${escapeTerminal(name)}  ${colors.dim(escapeTerminal(words.join(': ')))}`;
  const failed = runs.filter(({ state }) => state === 'failed').length;
  const total = `${count(runs.length, 'run')}${failed > 0 ? `, ${failed} failed` : ''}.`;
  return [about, ...(lines.length > 0 ? ['', heading, ...lines] : []), '', total, ''].join('\n');
}

function columns(colors: Colors): readonly Column<ReplicationRun>[] {
  return [
    { title: 'RUN', cell: ({ id }) => escapeTerminal(id) },
    { title: 'STATE', cell: ({ state }) => state, style: stateStyle(colors) },
    { title: 'TYPE', cell: ({ type }) => type },
    { title: 'SCHEDULED (UTC)', cell: ({ scheduledAt }) => minute(scheduledAt) },
    { title: 'COMPLETED (UTC)', cell: ({ completedAt }) => minute(completedAt) },
    { title: 'DURATION', cell: runSpan },
    { title: 'AMI', cell: ({ amiId = '' }) => escapeTerminal(amiId) },
    { title: 'DESCRIPTION', cell: ({ description = '' }) => escapeTerminal(description) },
    { title: 'MESSAGE', cell: message },
  ];
}

function message(run: ReplicationRun): string {
  return run.state === 'active' ? stageText(run) : escapeTerminal(run.statusMessage ?? '');
}
