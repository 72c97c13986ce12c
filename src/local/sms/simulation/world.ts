import type { MgnWorld } from '../../mgn/world.ts';
import type { Catalog, Connector, Inventory, Job, SimulatedFaults } from './records.ts';

/** Everything the simulated service knows: plain data, apart from the indexes. */
export interface SimulatedWorld {
  /** The virtual time up to which things have happened. */
  now: number;
  inventory: Inventory;
  catalog: Catalog;
  connectors: Connector[];
  faults: SimulatedFaults;
  /** Job number `n` is at index `n - 1`. */
  readonly jobs: Job[];
  /** The latest job of a server, by the server's id. */
  readonly latestJobs: Map<string, Job>;
  readonly jobsById: Map<string, Job>;
  /** Runs counted over all jobs. */
  runCount: number;
  /** Makes page tokens that only this state accepts. */
  readonly tokenKey: string;
  /** The other service, once it was initialised. */
  mgn?: MgnWorld;
}

const NO_FAULTS: SimulatedFaults = { unhealthyConnectors: [], failures: [] };

/** A service that has just gathered its catalogue and never had a job. */
export function createWorld(
  inventory: Inventory,
  connectors: Connector[],
  now: number,
  tokenKey: string,
): SimulatedWorld {
  return {
    now,
    inventory,
    catalog: { status: 'AVAILABLE', modifiedAt: now, listed: true },
    connectors,
    faults: NO_FAULTS,
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
    runCount: 0,
    tokenKey,
  };
}

export function isHealthy(world: SimulatedWorld, connector: Connector): boolean {
  return !world.faults.unhealthyConnectors.includes(connector.connectorId);
}

/** Whether runs of the VMs of this vCenter can start. */
export function hasHealthyConnector(world: SimulatedWorld, managerId: string): boolean {
  return world.connectors.some(
    (connector) => connector.managerId === managerId && isHealthy(world, connector),
  );
}
