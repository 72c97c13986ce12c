import type { ObservedJob, ObservedServer } from '../core/observed.ts';
import { toTime } from './run-json.ts';

export function toServer(server: ObservedServer): object {
  const { serverId, name, otherNames, path, vmManagerId, vmManagerName, vmId, vmWareUuid } = server;
  return {
    server_id: serverId,
    name,
    other_names: otherNames,
    path,
    vm_manager_id: vmManagerId,
    vm_manager_name: vmManagerName,
    vm_id: vmId,
    vmware_uuid: vmWareUuid,
  };
}

/** A job as JSON; `owner` is null where no project's marker is on it. */
export function toJob({ id, state, statusMessage, owner, nextRunAt, latestAmiId }: ObservedJob): object {
  return {
    id,
    state,
    status_message: statusMessage,
    owner: owner ?? null,
    next_run_at: toTime(nextRunAt),
    latest_ami_id: latestAmiId,
  };
}
