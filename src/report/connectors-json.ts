import type { Connector, Disassociation } from '../core/operations.ts';
import { toJob, toServer } from './job-json.ts';
import { formatJson } from './json.ts';
import { toTime } from './run-json.ts';

/** The connectors of a target as JSON; format version 1.0, minor versions only add. */
export function renderConnectorsJson(target: string, connectors: readonly Connector[]): string {
  return formatJson({ format_version: '1.0', target, connectors: connectors.map(toConnector) });
}

/** What has come of taking a connector away. */
export function renderDisassociationJson(disassociation: Disassociation): string {
  const { target, connector, lastOfVCenter, lastOfAll, stalled, stalledOthers } = disassociation;
  return formatJson({
    format_version: '1.0',
    target,
    disassociated: toConnector(connector),
    last_of_vcenter: lastOfVCenter,
    last_of_all: lastOfAll,
    stalled_jobs: stalled.map((job) => ({ ...toJob(job), server: toServer(job.server) })),
    stalled_jobs_of_others: stalledOthers,
  });
}

function toConnector(connector: Connector): object {
  const { id, healthy, version, vmManagerName, vmManagerId, ipAddress, macAddress, associatedAt } = connector;
  return {
    id,
    healthy,
    version,
    vm_manager_name: vmManagerName,
    vm_manager_id: vmManagerId,
    ip_address: ipAddress,
    mac_address: macAddress,
    associated_at: toTime(associatedAt),
  };
}
