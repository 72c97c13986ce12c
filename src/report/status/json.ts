import type { Status, VmStatus, WaveStatus } from '../../core/status.ts';
import { formatInstant } from '../../core/time.ts';
import { toConcern } from '../plan/json.ts';
import { formatJson, formatJsonLine } from '../text/json.ts';
import { toJob, toRun, toTime } from './jobs.ts';

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
  const { address, target, wave, vm, server, job, run, lastRun, nextRunAt, latestAmiId, daysLeft, concerns } =
    status;
  const { progress, phase } = status;
  return {
    address,
    target,
    wave,
    listed: vm !== undefined,
    server_id: server?.serverId,
    job: job === undefined ? null : toJob(job),
    run: run === undefined ? null : toRun(run),
    last_run: lastRun === undefined ? null : toRun(lastRun),
    next_run_at: toTime(nextRunAt),
    latest_ami_id: latestAmiId,
    days_left: daysLeft,
    progress: progress && {
      stage: progress.stage,
      replication: progress.replication,
      instance_id: progress.instanceId,
      moving: progress.isMoving,
    },
    phase: phase && { name: phase.phase, state: phase.kind, message: phase.detail },
    concerns: concerns.map(toConcern),
  };
}

function toWave({
  target,
  wave,
  vms,
  jobs,
  withoutJob,
  unlisted,
  running,
  waiting,
  withAmi,
  withInstance,
}: WaveStatus): object {
  return {
    target,
    wave,
    vms,
    jobs,
    without_job: withoutJob,
    unlisted,
    running,
    waiting,
    with_ami: withAmi,
    with_instance: withInstance,
  };
}
