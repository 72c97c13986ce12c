import type { Inventory, SharedAccount } from '../../simulation/account.ts';
import type { Catalog, Connector, Job } from '../records.ts';

/** All state of the simulated SMS: plain data, apart from the indexes. */
export interface SmsAccount extends SharedAccount {
  catalog: Catalog;
  connectors: Connector[];
  /** Job number `n` is at index `n - 1`. */
  readonly jobs: Job[];
  /** The latest job of a server, by the server's id. */
  readonly latestJobs: Map<string, Job>;
  readonly jobsById: Map<string, Job>;
  /** The number of runs of all jobs. */
  runCount: number;
}

/** Creates the state of an account that has just imported its catalogue and never had a job. */
export function createSmsAccount(
  inventory: Inventory,
  connectors: Connector[],
  now: number,
  tokenKey: string,
): SmsAccount {
  return {
    now,
    inventory,
    catalog: { status: 'AVAILABLE', modifiedAt: now, listed: true },
    connectors,
    faults: { unhealthyConnectors: [], failures: [] },
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
    runCount: 0,
    tokenKey,
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
