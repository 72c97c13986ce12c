import { jobId } from '../../simulation/ids.ts';
import type { Job, Run } from '../records.ts';
import { type AppCommand, executeAppCommand } from './apps.ts';
import { deleteJob, type JobCommand } from './job-states.ts';
import { defaultLicence } from './operating-systems.ts';
import { nextAutomaticRun, nextScheduledTime, scheduleRun } from './runs.ts';
import type { SimulationContext } from './account.ts';

/** An accepted change: it contains everything that it needs, and executing it cannot fail. */
export type SmsCommand =
  | JobCommand
  | AppCommand
  | { readonly do: 'import' }
  | { readonly do: 'forget' }
  | { readonly do: 'disassociate'; readonly connectorId: string };

/** Milliseconds that an import takes (domain: up to about a minute). */
const IMPORT_DURATION = 45_000;

/** Executes a command at the current time of the account. */
export function executeCommand(simulation: SimulationContext, command: SmsCommand): void {
  const { account } = simulation;
  if (isAppCommand(command)) {
    executeAppCommand(simulation, command, (job) => {
      executeCommand(simulation, job);
    });
    return;
  }
  switch (command.do) {
    case 'create':
      createJob(simulation, command);
      return;
    case 'update':
      updateJob(simulation, jobByNumber(simulation, command.job), command);
      return;
    case 'delete':
      deleteJob(simulation, jobByNumber(simulation, command.job));
      return;
    case 'run': {
      const job = jobByNumber(simulation, command.job);
      scheduleRun(simulation, job, 'ON_DEMAND', account.now, command.description);
      return;
    }
    case 'import':
      account.catalog.status = 'IMPORTING';
      account.catalog.readyAt = account.now + IMPORT_DURATION;
      simulation.events.add({ kind: 'import', at: account.catalog.readyAt });
      return;
    case 'forget':
      account.catalog = { status: 'DELETED', modifiedAt: account.now, listed: false };
      return;
    case 'disassociate':
      account.connectors = account.connectors.filter(
        ({ connectorId }) => connectorId !== command.connectorId,
      );
  }
}

const isAppCommand = (command: SmsCommand): command is AppCommand => command.do.endsWith('-app');

function jobByNumber({ account }: SimulationContext, number: number): Job {
  const job = account.jobs[number - 1];
  if (job === undefined) throw new RangeError(`there is no job ${number}`);
  return job;
}

function createJob(simulation: SimulationContext, command: SmsCommand & { do: 'create' }): void {
  const { account } = simulation;
  const machine = account.inventory.get(command.serverId);
  if (machine === undefined) throw new RangeError(`there is no server ${command.serverId}`);
  const number = account.jobs.length + 1;
  const start = Math.max(command.seedAt, account.now);
  const expiresAt = account.latestJobs.get(machine.serverId)?.expiresAt;
  const job: Job = {
    number,
    id: jobId(number),
    ...(command.app !== undefined && { app: command.app }),
    machine,
    seedAt: command.seedAt,
    runOnce: command.runOnce,
    settings: {
      ...command.settings,
      licenseType: command.settings.licenseType ?? defaultLicence(machine.os),
    },
    state: 'PENDING',
    anchor: start,
    ...(expiresAt !== undefined && { expiresAt }),
    failures: 0,
    runs: [],
  };
  account.jobs.push(job);
  account.latestJobs.set(machine.serverId, job);
  account.jobsById.set(job.id, job);
  scheduleRun(simulation, job, 'AUTOMATIC', start);
  if (expiresAt !== undefined)
    simulation.events.add({ kind: 'expire', at: Math.max(expiresAt, account.now), job: number });
}

function updateJob(simulation: SimulationContext, job: Job, command: SmsCommand & { do: 'update' }): void {
  const frequencyBefore = job.settings.frequency;
  Object.assign(job.settings, command.settings);
  if (command.dropKey === true) delete job.settings.kmsKeyId;
  const coming = nextAutomaticRun(job);
  if (command.nextRunAt !== undefined) {
    job.anchor = Math.max(command.nextRunAt, simulation.account.now);
    if (coming !== undefined) reschedule(simulation, job, coming, job.anchor);
  } else if (job.settings.frequency !== frequencyBefore && coming !== undefined && coming.waiting !== true) {
    const last = job.runs.findLast((run) => run.type === 'AUTOMATIC' && run.startedAt !== undefined);
    if (last === undefined) return;
    job.anchor = last.scheduledAt;
    reschedule(simulation, job, coming, nextScheduledTime(job, simulation.account.now));
  }
}

function reschedule(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.scheduledAt === at) return;
  delete run.waiting;
  run.scheduledAt = at;
  simulation.events.add({ kind: 'due', at, job: job.number, run: run.number });
}
