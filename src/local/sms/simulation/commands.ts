import type { MgnCommand } from '../../mgn/commands.ts';
import { jobId } from './ids.ts';
import { deleteJob } from './job-states.ts';
import { defaultLicence } from './operating-systems.ts';
import type { Job, JobSettings, Run, SimulatedFaults } from './records.ts';
import { nextAutomaticRun, nextScheduledTime, scheduleRun } from './runs.ts';
import type { SimulationContext } from './schedule.ts';

/**
 * A change that was accepted: everything it needs, and nothing that still could be refused.
 * The journal holds these; carrying them out again at the same times gives the same world.
 */
export type Command =
  | {
      readonly do: 'create';
      readonly serverId: string;
      readonly seedAt: number;
      readonly runOnce: boolean;
      readonly settings: JobSettings;
    }
  | {
      readonly do: 'update';
      readonly job: number;
      readonly settings: JobSettings;
      readonly dropKey?: boolean;
      readonly nextRunAt?: number;
    }
  | { readonly do: 'delete'; readonly job: number }
  | { readonly do: 'run'; readonly job: number; readonly description?: string }
  | { readonly do: 'import' }
  | { readonly do: 'forget' }
  | { readonly do: 'disassociate'; readonly connectorId: string }
  | { readonly do: 'faults'; readonly faults: SimulatedFaults }
  | { readonly do: 'mgn'; readonly mgn: MgnCommand };

/** How long a catalogue takes to gather (domain: up to about a minute). */
const IMPORT_DURATION = 45_000;

/** Carries a command out at the world's present time. */
export function executeCommand(simulation: SimulationContext, command: Command): void {
  const { world } = simulation;
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
    case 'run':
      scheduleRun(
        simulation,
        jobByNumber(simulation, command.job),
        'ON_DEMAND',
        world.now,
        command.description,
      );
      return;
    case 'import':
      world.catalog.status = 'IMPORTING';
      world.catalog.readyAt = world.now + IMPORT_DURATION;
      simulation.events.add('import', world.catalog.readyAt);
      return;
    case 'forget':
      world.catalog = { status: 'DELETED', modifiedAt: world.now, listed: false };
      return;
    case 'disassociate':
      world.connectors = world.connectors.filter(({ connectorId }) => connectorId !== command.connectorId);
      return;
    case 'faults':
      world.faults = command.faults;
      return;
    case 'mgn':
      simulation.mgn().execute(command.mgn);
  }
}

function jobByNumber({ world }: SimulationContext, number: number): Job {
  const job = world.jobs[number - 1];
  if (job === undefined) throw new RangeError(`there is no job ${number}`);
  return job;
}

function createJob(simulation: SimulationContext, command: Command & { do: 'create' }): void {
  const { world } = simulation;
  const machine = world.inventory.get(command.serverId);
  if (machine === undefined) throw new RangeError(`there is no server ${command.serverId}`);
  const number = world.jobs.length + 1;
  const start = Math.max(command.seedAt, world.now);
  const job: Job = {
    number,
    id: jobId(number),
    machine,
    seedAt: command.seedAt,
    runOnce: command.runOnce,
    settings: {
      ...command.settings,
      licenseType: command.settings.licenseType ?? defaultLicence(machine.os),
    },
    state: 'PENDING',
    anchor: start,
    failures: 0,
    runs: [],
  };
  world.jobs.push(job);
  world.latestJobs.set(machine.serverId, job);
  world.jobsById.set(job.id, job);
  scheduleRun(simulation, job, 'AUTOMATIC', start);
}

function updateJob(simulation: SimulationContext, job: Job, command: Command & { do: 'update' }): void {
  const rhythm = job.settings.frequency;
  Object.assign(job.settings, command.settings);
  if (command.dropKey === true) delete job.settings.kmsKeyId;
  const coming = nextAutomaticRun(job);
  if (command.nextRunAt !== undefined) {
    job.anchor = Math.max(command.nextRunAt, simulation.world.now);
    if (coming !== undefined) reschedule(simulation, job, coming, job.anchor);
  } else if (job.settings.frequency !== rhythm && coming !== undefined && coming.waiting !== true) {
    const last = job.runs.findLast((run) => run.type === 'AUTOMATIC' && run.startedAt !== undefined);
    if (last === undefined) return;
    job.anchor = last.scheduledAt;
    reschedule(simulation, job, coming, nextScheduledTime(job, simulation.world.now));
  }
}

function reschedule(simulation: SimulationContext, job: Job, run: Run, at: number): void {
  if (run.scheduledAt === at) return;
  delete run.waiting;
  run.scheduledAt = at;
  simulation.events.add('due', at, job.number, run.number);
}
