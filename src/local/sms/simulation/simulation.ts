import type { Job, Run } from '../records.ts';
import { launchAutomatically } from './apps.ts';
import { executeCommand, type SmsCommand } from './commands.ts';
import { deletePausedJob, expireJob, finishDeletion } from './job-states.ts';
import { endRun, queueDueRun, startRun } from './runs.ts';
import {
  createEventQueue,
  createRunSlots,
  hasHealthyConnector,
  type SimulationContext,
  type SmsAccount,
  type SmsEvent,
} from './account.ts';

/**
 * The state of SMS and its future events. Time passes only when a later time is asked for, and then only due events are
 * processed: the cost of a request does not depend on the number of jobs.
 */
export class SmsSimulation implements SimulationContext {
  readonly account: SmsAccount;
  readonly events = createEventQueue();
  readonly slots = createRunSlots();

  /** Derives events, queue and slots from the records. */
  constructor(account: SmsAccount) {
    this.account = account;
    if (account.catalog.readyAt !== undefined)
      this.events.add({ kind: 'import', at: account.catalog.readyAt });
    for (const job of account.jobs) this.#resume(job);
    this.startWaiting();
  }

  /** Processes all events up to `time`. */
  advanceTo(time: number): void {
    for (let event = this.events.take(time); event !== undefined; event = this.events.take(time)) {
      this.account.now = event.at;
      this.#process(event);
      this.startWaiting();
    }
    this.account.now = Math.max(this.account.now, time);
  }

  execute(command: SmsCommand): void {
    executeCommand(this, command);
  }

  /** Gives free slots to waiting runs. */
  startWaiting(): void {
    const isServed = (managerId: string) => hasHealthyConnector(this.account, managerId);
    for (let next = this.slots.startNext(isServed); next !== undefined; next = this.slots.startNext(isServed))
      startRun(this, next.job, next.run);
  }

  #process(event: SmsEvent): void {
    if (event.kind === 'import') {
      finishImport(this.account, event.at);
      return;
    }
    const job = this.account.jobs[(event.job ?? 0) - 1];
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
        const run = findRun(job, event.run ?? 0);
        if (run === undefined) return;
        if (event.kind === 'due') queueDueRun(this, job, run, event.at);
        else {
          endRun(this, job, run, event.at);
          if (job.app !== undefined) launchAutomatically(this.account, job);
        }
      }
    }
  }

  #resume(job: Job): void {
    for (const run of job.runs) {
      const { number, state } = run;
      if (run.waiting === true) this.slots.add({ at: run.scheduledAt, job, run });
      else if (state === 'PENDING') this.#addEvent('due', run.scheduledAt, job, number);
      else if (state === 'ACTIVE') {
        this.slots.occupy();
        this.#addEvent('end', run.endsAt ?? this.account.now, job, number);
      }
    }
    if (job.state === 'DELETED') return;
    this.#addEvent('expire', job.expiresAt, job);
    this.#addEvent('give-up', job.givesUpAt, job);
    this.#addEvent('gone', job.goneAt, job);
  }

  #addEvent(kind: SmsEvent['kind'], at: number | undefined, job: Job, run = 0): void {
    if (at !== undefined) this.events.add({ kind, at, job: job.number, run });
  }
}

function finishImport(account: SmsAccount, at: number): void {
  const { catalog } = account;
  if (catalog.readyAt !== at) return;
  delete catalog.readyAt;
  catalog.status = 'AVAILABLE';
  catalog.modifiedAt = at;
  catalog.listed = true;
}

/** Searches from the end: events almost always concern the latest runs of a job. */
function findRun(job: Job, number: number): Run | undefined {
  return job.runs.findLast((run) => run.number === number);
}
