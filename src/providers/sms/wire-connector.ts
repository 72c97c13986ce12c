import type { Connector as WireConnector } from '@aws-sdk/client-sms';
import type { Connector } from '../../core/operations.ts';
import { modelSpelling } from './wire-word.ts';

/** A connector with all that the service tells of it; undefined for one without an id. */
export function describeConnector(connector: WireConnector): Connector | undefined {
  const { connectorId: id, version, vmManagerName, vmManagerId, ipAddress, macAddress } = connector;
  if (id === undefined) return undefined;
  return {
    id,
    healthy: modelSpelling(connector.status) === 'HEALTHY',
    ...(version !== undefined && { version }),
    ...(vmManagerName !== undefined && { vmManagerName }),
    ...(vmManagerId !== undefined && { vmManagerId }),
    ...(ipAddress !== undefined && { ipAddress }),
    ...(macAddress !== undefined && { macAddress }),
    ...(connector.associatedOn !== undefined && { associatedAt: connector.associatedOn.getTime() }),
  };
}
