import type { SharedAccount } from '../simulation/account.ts';
import type { Tags } from './records.ts';
import { clientsOf, ensureServer, findServer, type MgnAccount } from './account.ts';

/** Returns the tags of the resource with a type and an id, as in its ARN; nothing if it does not exist. */
export function tagsOf(account: SharedAccount, mgn: MgnAccount, type: string, id: string): Tags | undefined {
  if (type === 'source-server') return findServer(account.inventory, mgn, id)?.tags;
  if (type === 'vcenter-client') {
    const there = clientsOf(account.inventory, mgn).some((client) => client.id === id);
    return there ? (mgn.clientTags.get(id) ?? {}) : undefined;
  }
  return recordsOf(mgn, type)?.get(id)?.tags;
}

export function setTags(account: SharedAccount, mgn: MgnAccount, type: string, id: string, tags: Tags): void {
  if (type === 'vcenter-client') {
    mgn.clientTags.set(id, tags);
    return;
  }
  const record =
    type === 'source-server' ? ensureServer(account.inventory, mgn, id) : recordsOf(mgn, type)?.get(id);
  if (record === undefined) throw new RangeError(`there is no ${type} ${id}`);
  record.tags = tags;
}

function recordsOf(mgn: MgnAccount, type: string): ReadonlyMap<string, { tags: Tags }> | undefined {
  switch (type) {
    case 'application':
    case 'wave':
      return mgn.groups[type];
    case 'connector':
      return mgn.connectors;
    case 'job':
      return mgn.jobsById;
    case 'launch-configuration-template':
      return mgn.templates.launch;
    case 'replication-configuration-template':
      return mgn.templates.replication;
    default:
      return undefined;
  }
}
