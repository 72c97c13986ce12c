import { MgnSimulation } from '../../mgn/simulation.ts';
import { createMgnWorld } from '../../mgn/world.ts';
import { type Command, executeCommand } from './commands.ts';
import { deletePausedJob, expireJob, finishDeletion } from './job-states.ts';
import type { Job, Run } from './records.ts';
import { endRun, queueDueRun, startRun } from './runs.ts';
import { EventQueue, RunQueue, type SimulationContext, type SimulationEvent } from './schedule.ts';
import { hasHealthyConnector, type SimulatedWorld } from './world.ts';

/** VMs that replicate at the same time in an account (domain: SMS rules). */
const MAX_ACTIVE_RUNS = 50;

/**
 * The world and what will happen in it. Time passes only when someone asks for a later time,
 * and then only the things that fall due are touched: no request pays for the number of jobs.
 */
export class Simulation implements SimulationContext {
  readonly world: SimulatedWorld;
  readonly events = new EventQueue();
  readonly queue = new RunQueue();
  #active = 0;
  #mgn: MgnSimulation | undefined;

  /** Derives events, queue and slots from the records. */
  constructor(world: SimulatedWorld) {
    this.world = world;
    if (world.catalog.readyAt !== undefined) this.events.add('import', world.catalog.readyAt);
    for (const job of world.jobs) this.#resume(job);
    this.startWaiting();
    if (world.mgn !== undefined) this.#mgn = new MgnSimulation(world, world.mgn);
  }

  /** Lets everything happen that falls due up to `time`. */
  advanceTo(time: number): void {
    for (let event = this.events.take(time); event !== undefined; event = this.events.take(time)) {
      this.world.now = event.at;
      this.#happen(event);
      this.startWaiting();
    }
    this.world.now = Math.max(this.world.now, time);
    this.#mgn?.advanceTo(this.world.now);
  }

  /** Carries a command out at the present time, with everything that follows from it at once. */
  execute(command: Command): void {
    executeCommand(this, command);
    this.startWaiting();
    this.advanceTo(this.world.now);
  }

  /** Gives free slots to waiting runs. */
  startWaiting(): void {
    while (this.#active < MAX_ACTIVE_RUNS) {
      const next = this.queue.take((managerId) => hasHealthyConnector(this.world, managerId));
      if (next === undefined) return;
      this.#active += 1;
      startRun(this, next.job, next.run);
    }
  }

  /** The other service, from its first use on: whoever does not use it does not pay for it. */
  mgn(): MgnSimulation {
    const { world } = this;
    world.mgn ??= createMgnWorld(world.now);
    return (this.#mgn ??= new MgnSimulation(world, world.mgn));
  }

  releaseRunSlot(): void {
    this.#active -= 1;
  }

  #happen(event: SimulationEvent): void {
    if (event.kind === 'import') {
      finishImport(this.world, event.at);
      return;
    }
    const job = this.world.jobs[event.job - 1];
    if (job === undefined) return;
    switch (event.kind) {
      case 'expire':
        expireJob(this, job);
        return;
      case 'give-up':
        deletePausedJob(this, job);
        return;
      case 'gone':
        finishDeletion(job);
        return;
      case 'due':
      case 'end': {
        const run = findRun(job, event.run);
        if (run === undefined) return;
        if (event.kind === 'due') queueDueRun(this, job, run, event.at);
        else endRun(this, job, run, event.at);
      }
    }
  }

  #resume(job: Job): void {
    for (const run of job.runs) {
      if (run.waiting === true) this.queue.add(job, run);
      else if (run.state === 'PENDING') this.events.add('due', run.scheduledAt, job.number, run.number);
      else if (run.state === 'ACTIVE') {
        this.#active += 1;
        this.events.add('end', run.endsAt ?? this.world.now, job.number, run.number);
      }
    }
    addJobEvents(this.events, job);
  }
}

/** Events that follow from the record of a job alone. */
function addJobEvents(events: EventQueue, job: Job): void {
  const { number, expiresAt, givesUpAt, goneAt, state } = job;
  if (state === 'DELETED') return;
  if (expiresAt !== undefined) events.add('expire', expiresAt, number);
  if (givesUpAt !== undefined) events.add('give-up', givesUpAt, number);
  if (goneAt !== undefined) events.add('gone', goneAt, number);
}

function finishImport(world: SimulatedWorld, at: number): void {
  const { catalog } = world;
  if (catalog.readyAt !== at) return;
  delete catalog.readyAt;
  catalog.status = 'AVAILABLE';
  catalog.modifiedAt = at;
  catalog.listed = true;
}

/** Events almost always concern the latest runs of a job. */
function findRun(job: Job, number: number): Run | undefined {
  return job.runs.findLast((run) => run.number === number);
}
