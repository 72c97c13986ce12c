import type { Connector, Server, VmServer } from '@aws-sdk/client-sms';
import type { CatalogState, ObservedConnector, ObservedServer } from '../../core/observed.ts';
import { modelSpelling } from './wire-word.ts';

/** A server of the catalogue; undefined for one without an id, which nothing can be done with. */
export function readServer({
  serverId,
  vmServer,
  replicationJobId,
  replicationJobTerminated,
}: Server): ObservedServer | undefined {
  if (serverId === undefined) return undefined;
  const server = describeServer(serverId, vmServer);
  // Domain, GetServers: a server that never had a job has neither of the two.
  const hadJob = replicationJobId !== undefined || replicationJobTerminated === true;
  return hadJob ? { ...server, hadJob } : server;
}

/** A server with as much as the service tells of its VM. */
export function describeServer(serverId: string, vm: VmServer = {}): ObservedServer {
  const { vmName, vmPath, vmManagerName, vmServerAddress: { vmManagerId, vmId } = {} } = vm;
  return {
    serverId,
    ...(vmName !== undefined && { name: vmName }),
    ...(vmPath !== undefined && { path: vmPath }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmManagerName !== undefined && { vmManagerName }),
    ...(vmId !== undefined && { vmId }),
  };
}

export function readConnector({
  connectorId,
  status,
  vmManagerId,
  vmManagerName,
}: Connector): ObservedConnector | undefined {
  if (connectorId === undefined) return undefined;
  return {
    id: connectorId,
    healthy: modelSpelling(status) === 'HEALTHY',
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(vmManagerName !== undefined && { name: vmManagerName }),
  };
}

const CATALOG_STATES: ReadonlyMap<string, CatalogState> = new Map([
  ['NOT_IMPORTED', 'not-imported'],
  ['IMPORTING', 'importing'],
  ['AVAILABLE', 'available'],
  ['DELETED', 'deleted'],
  ['EXPIRED', 'expired'],
]);

export function readCatalogState(status: string | undefined): CatalogState {
  return CATALOG_STATES.get(modelSpelling(status)) ?? 'unknown';
}
