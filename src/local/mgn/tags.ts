import type { World } from '../world/world.ts';
import { mgnInventoryOf } from './inventory.ts';
import type { Tags } from './records.ts';
import { ensureServer, findServer, type MgnWorld } from './world.ts';

/** The tags of what an ARN names by type and id; undefined where there is nothing of the kind. */
export function tagsOf(world: World, mgn: MgnWorld, type: string, id: string): Tags | undefined {
  if (type === 'source-server') return findServer(world.inventory, mgn, id)?.tags;
  if (type === 'vcenter-client') {
    const there = mgnInventoryOf(world.inventory).clients.some((client) => client.id === id);
    return there ? (mgn.clientTags.get(id) ?? {}) : undefined;
  }
  return recordsOf(mgn, type)?.get(id)?.tags;
}

export function setTags(world: World, mgn: MgnWorld, type: string, id: string, tags: Tags): void {
  if (type === 'vcenter-client') {
    mgn.clientTags.set(id, tags);
    return;
  }
  const record =
    type === 'source-server' ? ensureServer(world.inventory, mgn, id) : recordsOf(mgn, type)?.get(id);
  if (record === undefined) throw new RangeError(`there is no ${type} ${id}`);
  record.tags = tags;
}

function recordsOf(mgn: MgnWorld, type: string): ReadonlyMap<string, { tags: Tags }> | undefined {
  switch (type) {
    case 'application':
    case 'wave':
      return mgn.groups[type];
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
