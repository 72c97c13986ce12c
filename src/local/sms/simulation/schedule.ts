import { EventQueue, SlotQueue } from '../../simulation/queues.ts';
import type { Job, Run } from '../records.ts';
import type { SmsAccount } from './account.ts';

/** What the rules of jobs and runs use of the simulation. */
export interface SimulationContext {
  readonly account: SmsAccount;
  readonly events: EventQueue<SmsEvent>;
  /** The runs that wait for one of the slots of active runs. */
  readonly slots: SlotQueue<WaitingRun>;
}

const EVENT_KINDS = ['import', 'end', 'expire', 'give-up', 'gone', 'due'] as const;

export interface SmsEvent {
  readonly at: number;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** The number of the job; absent for an event of the catalogue. */
  readonly job?: number;
  /** The number of the run; absent for an event of the job. */
  readonly run?: number;
}

export function createEventQueue(): EventQueue<SmsEvent> {
  return new EventQueue<SmsEvent>(EVENT_KINDS, ({ job: jobA = 0, run: runA = 0 }, { job = 0, run = 0 }) =>
    jobA === job ? runA < run : jobA < job,
  );
}

/** VMs that replicate at the same time in an account (domain: SMS rules). */
const MAX_ACTIVE_RUNS = 50;

export interface WaitingRun {
  readonly at: number;
  readonly job: Job;
  readonly run: Run;
}

/** Due runs start in the order of their times. Each vCenter has a line: one without a connector blocks no other. */
export function createRunSlots(): SlotQueue<WaitingRun> {
  return new SlotQueue<WaitingRun>({
    slots: MAX_ACTIVE_RUNS,
    isEarlier: (a, b) => {
      if (a.at !== b.at) return a.at < b.at;
      return a.job === b.job ? a.run.number < b.run.number : a.job.number < b.job.number;
    },
    isWaiting: ({ at, run }) => run.waiting === true && run.scheduledAt === at,
    lineOf: ({ job }) => job.machine.managerId,
  });
}
