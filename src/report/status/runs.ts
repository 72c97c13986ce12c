import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import { fullName } from '../../core/names.ts';
import type { ReplicationRun } from '../../core/observed.ts';
import type { ServerLaunch } from '../../core/operations.ts';
import type { JobHistory, JobRuns } from '../../core/status.ts';
import { displaySecond, formatDuration, formatInstant } from '../../core/time.ts';
import { toErrors } from '../plan/json.ts';
import { joinBlocks, type ScreenOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import type { Column } from '../text/fit.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { foldRows, formatListing } from '../text/table.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { runDurationText, runStageText, stateStyle, toJob, toRun, toServer } from './jobs.ts';

/** The runs of each job, the last scheduled first, under a line on the job; then how many there are. Ends in a newline. */
export function renderRunsText({ vm, jobs }: JobRuns, options: ScreenOptions): string {
  const runs = jobs.flatMap((job) => job.runs ?? []);
  const failed = runs.filter(({ state }) => state === 'failed').length;
  const ofJobs = jobs.length === 1 ? '' : ` of ${jobs.length} jobs`;
  const launches = jobs.flatMap((job) => job.launches ?? []);
  const failedLaunches = launches.filter(({ result }) => result === 'failed').length;
  const total = jobs.some((job) => job.launches !== undefined)
    ? countText(pluralize(launches.length, 'job'), failedLaunches)
    : countText(`${pluralize(runs.length, 'run')}${ofJobs}`, failed);
  const blocks = jobs.flatMap((job) => [
    wrapLines([jobLine(job, vm, options.colors)], options),
    runTable(job.runs ?? [], options),
    ...launchBlocks(job.launches ?? [], options, false),
  ]);
  return joinBlocks([...blocks, [total]]);
}

function countText(what: string, failed: number): string {
  return `${what}${failed > 0 ? `, ${failed} failed` : ''}.`;
}

/** The launches of a server as a table, then the post-launch actions of the latest, and with `log` what its log says. */
export function launchBlocks(
  launches: readonly ServerLaunch[],
  options: ScreenOptions,
  log = true,
): readonly (readonly string[])[] {
  const { colors, columns = Infinity } = options;
  if (launches.length === 0) return [];
  const { heading, lines } = formatListing(launchColumns(colors), launches, colors, columns);
  const acted = launches.find(({ actions = [] }) => actions.length > 0);
  const actions = acted?.actions?.map(({ name, document, status, mustSucceed, error = '' }) =>
    [name, document, status, mustSucceed === true ? 'must succeed' : '', error].map(escapeTerminal),
  );
  const [latest] = launches;
  const items = (latest?.log ?? []).map(({ at, event, detail = '' }) => [
    displaySecond(at),
    escapeTerminal(event),
    escapeTerminal(detail),
  ]);
  const block = (title: string, id: string, rows: readonly (readonly string[])[]): readonly string[] => [
    colors.bold(`${title} ${escapeTerminal(id)}`),
    ...foldRows(rows, columns - 2, {}, Infinity).flatMap((folded) => folded.map((line) => `  ${line}`)),
  ];
  return [
    [heading, ...lines.flat()],
    ...(acted === undefined || actions === undefined
      ? []
      : [block('Post-launch actions of', acted.id, actions)]),
    ...(log && items.length > 0 ? [block('Log of', latest?.id ?? '', items)] : []),
  ];
}

function launchColumns(colors: Colors): readonly Column<ServerLaunch>[] {
  return [
    { title: 'JOB', cell: ({ id }) => escapeTerminal(id) },
    { title: 'OF', cell: ({ of }) => of },
    { title: 'RESULT', cell: ({ result }) => escapeTerminal(result), style: stateStyle(colors) },
    { title: 'STARTED (UTC)', cell: ({ startedAt }) => formatMinute(startedAt) },
    {
      title: 'DURATION',
      cell: ({ startedAt, endedAt }) =>
        startedAt === undefined || endedAt === undefined ? '' : formatDuration(endedAt - startedAt),
      fit: { drop: 2 },
    },
    {
      title: 'INSTANCE',
      cell: ({ instanceId = '' }) => escapeTerminal(instanceId),
      fit: { drop: 3, below: '' },
    },
    {
      title: 'MESSAGE',
      cell: (launch) => escapeTerminal(launchMessage(launch)),
      fit: { drop: 1, below: '' },
    },
  ];
}

/** Why a launch has failed, or the state of its post-launch actions. */
function launchMessage({ error, actions = [] }: ServerLaunch): string {
  if (error !== undefined || actions.length === 0) return error ?? '';
  const failed = actions.filter(({ status }) => status === 'failed');
  const running = actions.filter(({ status }) => status === 'in progress');
  if (failed.length > 0) return `failed after the launch: ${failed.map(({ name }) => name).join(', ')}`;
  const what = pluralize(actions.length, 'post-launch action');
  return running.length > 0 ? `${what}, ${running.length} in progress` : `${what} succeeded`;
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
export function toHistory({ id, state, job, runs, launches }: JobHistory): object {
  return {
    id,
    state,
    ...(job && snakeCase(job, 'statusMessage')),
    owner: job?.owner ?? null,
    ...(job && snakeCase(job, 'latestAmiId', 'finalizedAmi')),
    runs: runs?.map(toRun),
    launches: launches?.map(toLaunch),
    milestones: job?.milestones?.map((one) => snakeCase(one, 'event', 'at', 'id')),
  };
}

function toLaunch(launch: ServerLaunch): object {
  const { actions, log } = launch;
  return {
    ...snakeCase(launch, 'id', 'of', 'result', 'instanceId', 'startedAt', 'endedAt', 'error'),
    actions: actions?.map((one) => snakeCase(one, 'name', 'document', 'status', 'mustSucceed', 'error')),
    log: log?.map((one) => snakeCase(one, 'at', 'event', 'detail')),
  };
}
