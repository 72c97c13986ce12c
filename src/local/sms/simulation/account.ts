import type { Inventory, SharedAccount } from '../../simulation/account.ts';
import { EventQueue, SlotQueue } from '../../simulation/queues.ts';
import type { App, Catalog, Connector, Job, Run } from '../records.ts';

/** All state of the simulated SMS: plain data, apart from the indexes. */
export interface SmsAccount extends SharedAccount {
  catalog: Catalog;
  connectors: Connector[];
  /** Job number `n` is at index `n - 1`. */
  readonly jobs: Job[];
  /** The latest job of a server, by the server's id. */
  readonly latestJobs: Map<string, Job>;
  readonly jobsById: Map<string, Job>;
  /** Applications by their ids, in the order of their creation. */
  readonly apps: Map<string, App>;
  /** The number of applications that were ever created. */
  appCount: number;
  /** The number of runs of all jobs. */
  runCount: number;
}

/**
 * Creates the state of an account that never had a job.
 * @param imported whether it has just imported its catalogue
 */
export function createSmsAccount(
  inventory: Inventory,
  connectors: Connector[],
  now: number,
  tokenKey: string,
  imported = true,
): SmsAccount {
  return {
    now,
    inventory,
    catalog: { status: imported ? 'AVAILABLE' : 'NOT_IMPORTED', modifiedAt: now, listed: imported },
    connectors,
    faults: { unhealthyConnectors: [], failures: [] },
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
    apps: new Map(),
    appCount: 0,
    runCount: 0,
    tokenKey,
    buckets: new Map(),
  };
}

export function isHealthy(account: SmsAccount, connector: Connector): boolean {
  return !account.faults.unhealthyConnectors.includes(connector.connectorId);
}

/** Whether runs of VMs of this vCenter can start. */
export function hasHealthyConnector(account: SmsAccount, managerId: string): boolean {
  return account.connectors.some(
    (connector) => connector.managerId === managerId && isHealthy(account, connector),
  );
}

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
