import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import { fullName } from '../../core/names.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import type { JobHistory, JobRuns } from '../../core/status.ts';
import { formatInstant } from '../../core/time.ts';
import { toErrors } from '../plan/json.ts';
import { joinBlocks, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import type { Column } from '../text/fit.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { formatListing } from '../text/table.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { runDurationText, runStageText, stateStyle, toJob, toRun, toServer } from './jobs.ts';

/** The runs of each job, the last scheduled first, under a line on the job; then how many there are. Ends in a newline. */
export function renderRunsText({ vm, jobs }: JobRuns, options: ScreenOptions): string {
  const runs = jobs.flatMap((job) => job.runs ?? []);
  const failed = runs.filter(({ state }) => state === 'failed').length;
  const ofJobs = jobs.length === 1 ? '' : ` of ${jobs.length} jobs`;
  const total = `${pluralize(runs.length, 'run')}${ofJobs}${failed > 0 ? `, ${failed} failed` : ''}.`;
  const blocks = jobs.flatMap((job) => [
    wrapLines([jobLine(job, vm, options.colors)], options),
    runTable(job.runs ?? [], options),
  ]);
  return joinBlocks([...blocks, [total]]);
}

function jobLine({ id, state, job }: JobHistory, vm: JobRuns['vm'], colors: Colors): string {
  const { server, statusMessage } = job ?? {};
  const words = [state, ...(statusMessage === undefined ? [] : [statusMessage])].join(': ');
  const name = vm === undefined ? (server?.path ?? server?.name ?? server?.serverId) : fullName(vm);
  const shown = name === undefined ? '' : `  ${escapeTerminal(name)}`;
  return `${colors.bold(escapeTerminal(id))}${shown}  ${colors.dim(escapeTerminal(words))}`;
}

/** A heading and the lines of each run; nothing where there is none. */
export function runTable(
  runs: readonly ReplicationRun[],
  { colors, columns }: ScreenOptions,
): readonly string[] {
  const { heading, lines } = formatListing(runColumns(colors), runs, colors, columns);
  return lines.length === 0 ? [] : [heading, ...lines.flat()];
}

function runColumns(colors: Colors): readonly Column<ReplicationRun>[] {
  return [
    { title: 'RUN', cell: ({ id }) => escapeTerminal(id) },
    { title: 'STATE', cell: ({ state }) => state, style: stateStyle(colors) },
    { title: 'TYPE', cell: ({ type }) => type, fit: { drop: 4 } },
    { title: 'SCHEDULED (UTC)', cell: ({ scheduledAt }) => formatMinute(scheduledAt) },
    // The duration says it too.
    { title: 'COMPLETED (UTC)', cell: ({ completedAt }) => formatMinute(completedAt), fit: { drop: 3 } },
    { title: 'DURATION', cell: runDurationText, fit: { drop: 5 } },
    { title: 'AMI', cell: ({ amiId = '' }) => escapeTerminal(amiId), fit: { drop: 6, below: '' } },
    {
      title: 'DESCRIPTION',
      cell: ({ description = '' }) => escapeTerminal(description),
      fit: { drop: 2, below: '' },
    },
    { title: 'MESSAGE', cell: messageCell, fit: { drop: 1, below: '' } },
  ];
}

function messageCell(run: ReplicationRun): string {
  return run.state === 'active' ? runStageText(run) : escapeTerminal(run.statusMessage ?? '');
}

/**
 * The runs as JSON; format version 1.0, minor versions only add. `job_id`, `job` and `runs` are of the first job; `job` is
 * null once it is deleted, or if the service tells nothing of it.
 */
export function renderRunsJson({
  at,
  jobs,
  unreachable = [],
}: JobRuns & { readonly unreachable?: readonly Concern[] }): string {
  const [{ id, state, job, runs = [] }] = jobs;
  return formatJson({
    format_version: '1.0',
    timestamp: formatInstant(at),
    job_id: id,
    job:
      state === 'deleted' || job === undefined
        ? null
        : { ...toJob({ ...job, state }), server: toServer(job.server) },
    runs: runs.map(toRun),
    jobs: jobs.map(toHistory),
    errors: toErrors(unreachable),
  });
}

/** A job with its history as JSON. */
export function toHistory({ id, state, job, runs }: JobHistory): object {
  return {
    id,
    state,
    ...(job && snakeCase(job, 'statusMessage')),
    owner: job?.owner ?? null,
    ...(job && snakeCase(job, 'latestAmiId', 'finalizedAmi')),
    runs: runs?.map(toRun),
    milestones: job?.milestones?.map((one) => snakeCase(one, 'event', 'at', 'id')),
  };
}
