import { deleteServerCatalog, getServers, importServerCatalog } from './catalog.ts';
import { disassociateConnector, getConnectors } from './connectors.ts';
import { createReplicationJob } from './create-job.ts';
import type { Desk } from './desk.ts';
import type { Inputs } from './inputs.ts';
import { deleteReplicationJob, getReplicationJobs, updateReplicationJob } from './jobs.ts';
import { getReplicationRuns, startOnDemandReplicationRun } from './runs.ts';
import { inputOf } from './validate.ts';

/** Takes the parsed body of a request, returns the body of the answer. Throws a ServiceError. */
export type Operation = (desk: Desk, body: unknown) => object;

function operation<K extends keyof Inputs>(
  name: K,
  run: (desk: Desk, input: Inputs[K]) => object,
): [string, Operation] {
  const check = inputOf(name);
  return [name, (desk, body) => run(desk, check(body))];
}

/** Every operation of the API that has to do with replication jobs. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  operation('CreateReplicationJob', createReplicationJob),
  operation('DeleteReplicationJob', deleteReplicationJob),
  operation('DeleteServerCatalog', deleteServerCatalog),
  operation('DisassociateConnector', disassociateConnector),
  operation('GetConnectors', getConnectors),
  operation('GetReplicationJobs', getReplicationJobs),
  operation('GetReplicationRuns', getReplicationRuns),
  operation('GetServers', getServers),
  operation('ImportServerCatalog', importServerCatalog),
  operation('StartOnDemandReplicationRun', startOnDemandReplicationRun),
  operation('UpdateReplicationJob', updateReplicationJob),
]);
