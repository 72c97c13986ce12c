import type { Status, VmStatus, WaveStatus } from '../../core/status.ts';
import { formatInstant } from '../../core/time.ts';
import { toConcern } from '../plan/json.ts';
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

function toStatus({ at, vms, waves, concerns }: Status): object {
  return {
    format_version: '1.0',
    timestamp: formatInstant(at),
    vms: vms.map(toVm),
    waves: waves.map(toWave),
    concerns: concerns.map(toConcern),
  };
}

function toVm(status: VmStatus): object {
  const { vm, isLeftOut, server, job, run, lastRun, progress, phase } = status;
  return {
    ...snakeCase(status, 'address', 'target', 'wave'),
    listed: vm !== undefined,
    left_out: isLeftOut,
    server_id: server?.serverId,
    job: job === undefined ? null : toJob(job),
    run: run === undefined ? null : toRun(run),
    last_run: lastRun === undefined ? null : toRun(lastRun),
    ...snakeCase(status, 'nextRunAt', 'latestAmiId', 'daysLeft'),
    progress: progress && {
      ...snakeCase(progress, 'stage', 'replication', 'instanceId'),
      moving: progress.isMoving,
    },
    phase: phase && { name: phase.phase, state: phase.kind, message: phase.detail },
    concerns: status.concerns.map(toConcern),
  };
}

function toWave(wave: WaveStatus): object {
  return {
    ...snakeCase(wave, 'target', 'wave', 'vms', 'jobs', 'withoutJob', 'unlisted', 'running', 'waiting'),
    ...snakeCase(wave, 'withAmi', 'withInstance'),
  };
}
