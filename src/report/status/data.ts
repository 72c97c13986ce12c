import { hasProblem, needsPerson, type Status, type VmStatus, type WaveStatus } from '../../core/status.ts';
import { formatInstant, type Instant } from '../../core/time.ts';
import { renderCsv } from '../listing.ts';
import { toConcern, toErrors, toStages } from '../plan/json.ts';
import { formatJson, formatJsonLine, snakeCase } from '../text/json.ts';
import { toJob, toRun } from './jobs.ts';

/** The status as JSON; format version 1.0, minor versions only add. */
export function renderStatusJson(status: Status): string {
  return formatJson(toStatus(status));
}

/** The same on a line of its own, for a stream of them (JSON Lines). */
export function renderStatusJsonLine(status: Status): string {
  return formatJsonLine(toStatus(status));
}

function toStatus({ at, vms, waves, stages, concerns, filtered }: Status): object {
  return {
    format_version: '1.0',
    timestamp: formatInstant(at),
    summary: {
      vms: vms.length,
      total: filtered?.total ?? vms.length,
      problems: vms.filter(hasProblem).length,
      need_person: vms.filter(needsPerson).length,
      not_ready_for: filtered?.notReadyFor,
    },
    vms: vms.map(toVm),
    waves: waves.map(toWave),
    stages: toStages(stages),
    concerns: concerns.map(toConcern),
    errors: toErrors(concerns),
  };
}

/** The status of a VM as JSON. */
export function toVm(status: VmStatus): object {
  const { vm, server, job, run, lastRun, phase, recoveryPoint, deadlines, activity } = status;
  return {
    ...snakeCase(status, 'address', 'target', 'wave', 'labels'),
    listed: vm !== undefined,
    left_out: status.isLeftOut,
    server_id: server?.notReported === undefined ? server?.serverId : undefined,
    ...snakeCase(status, 'stage', 'detail'),
    evidence: status.evidence.map((one) => snakeCase(one, 'what', 'id', 'at')),
    next: {
      ...snakeCase(status.next, 'actor', 'text', 'waitsFor', 'concern'),
      optional: status.next.isOptional,
    },
    problem: hasProblem(status),
    not_ready: status.notReady,
    recovery_point: recoveryPoint && {
      ...snakeCase(recoveryPoint, 'kind', 'id', 'at'),
      overdue: recoveryPoint.isOverdue,
    },
    deadlines: deadlines.map((one) => snakeCase(one, 'kind', 'at')),
    outputs: status.outputs.map((one) => snakeCase(one, 'of', 'kind', 'id', 'at')),
    activity: activity && { text: activity.text, waiting: activity.isWaiting === true },
    job: job === undefined ? null : toJob(job),
    run: run === undefined ? null : toRun(run),
    last_run: lastRun === undefined ? null : toRun(lastRun),
    ...snakeCase(status, 'nextRunAt', 'latestAmiId'),
    phase: phase && { name: phase.phase, state: phase.kind, message: phase.detail },
    concerns: status.concerns.map(toConcern),
  };
}

function toWave(wave: WaveStatus): object {
  return {
    stages: toStages(wave.stages),
    ...snakeCase(
      wave,
      'target',
      'wave',
      'labels',
      'vms',
      'jobs',
      'withoutJob',
      'unlisted',
      'running',
      'waiting',
    ),
    ...snakeCase(wave, 'withAmi', 'withInstance'),
  };
}

/** The status as CSV, a line for each VM. */
export function renderStatusCsv({ vms }: Status): string {
  return renderCsv(
    Object.keys(CSV_COLUMNS),
    vms.map((vm) => Object.values(CSV_COLUMNS).map((cell) => cell(vm))),
  );
}

const CSV_COLUMNS: Readonly<Record<string, (vm: VmStatus) => string | number | boolean | undefined>> = {
  address: ({ address }) => address,
  target: ({ target }) => target,
  wave: ({ wave }) => wave,
  listed: ({ vm }) => vm !== undefined,
  server_id: ({ server }) => (server?.notReported === undefined ? server?.serverId : undefined),
  stage: ({ stage }) => stage,
  detail: ({ detail }) => detail,
  phase: ({ phase }) => phase?.phase,
  phase_state: ({ phase }) => phase?.kind,
  next_actor: ({ next }) => next.actor,
  next: ({ next }) => next.text,
  waits_for: ({ next }) => next.waitsFor,
  problem: hasProblem,
  needs_person: needsPerson,
  not_ready: ({ notReady }) => notReady?.join('; '),
  concerns: ({ concerns }) => concerns.map(({ id }) => id).join(' '),
  recovery_point_kind: ({ recoveryPoint }) => recoveryPoint?.kind,
  recovery_point_id: ({ recoveryPoint }) => recoveryPoint?.id,
  recovery_point_at: ({ recoveryPoint }) => timeOf(recoveryPoint?.at),
  recovery_point_overdue: ({ recoveryPoint }) => recoveryPoint?.isOverdue,
  next_run_at: ({ nextRunAt }) => timeOf(nextRunAt),
  deadline: ({ deadlines }) => deadlines[0]?.kind,
  deadline_at: ({ deadlines }) => timeOf(deadlines[0]?.at),
  job_id: ({ job }) => job?.id,
  job_state: ({ job }) => job?.state,
};

function timeOf(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}
