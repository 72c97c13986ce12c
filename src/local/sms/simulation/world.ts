import type { Inventory, World } from '../../world/world.ts';
import type { Catalog, Connector, Job } from '../records.ts';

/** All state of the simulated SMS: plain data, apart from the indexes. */
export interface SmsWorld extends World {
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
export function createWorld(
  inventory: Inventory,
  connectors: Connector[],
  now: number,
  tokenKey: string,
): SmsWorld {
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

export function isHealthy(world: SmsWorld, connector: Connector): boolean {
  return !world.faults.unhealthyConnectors.includes(connector.connectorId);
}

/** Whether runs of VMs of this vCenter can start. */
export function hasHealthyConnector(world: SmsWorld, managerId: string): boolean {
  return world.connectors.some(
    (connector) => connector.managerId === managerId && isHealthy(world, connector),
  );
}
