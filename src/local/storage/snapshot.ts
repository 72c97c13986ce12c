import { addMgnRecord, mgnRecords, readMgn, storedMgn } from '../mgn/storage.ts';
import type { StoredMgn, StoredMgnRecord } from '../mgn/storage.ts';
import { Inventory } from '../simulation/inventory.ts';
import type { Job, Machine } from '../simulation/records.ts';
import type { World } from '../simulation/world.ts';
import { readRecords } from './lines.ts';

type Header = Pick<World, 'now' | 'catalog' | 'connectors' | 'faults' | 'runCount' | 'tokenKey'> & {
  readonly mgn?: StoredMgn;
};

/** A job without its machine, where the inventory has that machine. */
type StoredJob = Omit<Job, 'machine'> & { readonly machine?: Machine; readonly serverId?: string };

/** A world, apart from its inventory, as records: what is true of all of it, then each job, then those of MGN. */
export function* recordsOf(world: World): Generator<Header | StoredJob | StoredMgnRecord> {
  const { now, catalog, connectors, faults, runCount, tokenKey, mgn } = world;
  const header = { now, catalog, connectors, faults, runCount, tokenKey };
  yield mgn === undefined ? header : { ...header, mgn: storedMgn(mgn) };
  for (const job of world.jobs) {
    const { machine, ...rest } = job;
    yield world.inventory.get(machine.serverId) === machine ? { ...rest, serverId: machine.serverId } : job;
  }
  if (mgn !== undefined) yield* mgnRecords(mgn, world.inventory);
}

/** @throws Error where a file is not as it was written */
export function readWorld(
  inventoryFile: { path: string; checksum: string },
  worldFile: { path: string; checksum: string },
): World {
  const machines = [...readRecords(inventoryFile.path, inventoryFile.checksum)] as Machine[];
  const records = readRecords(worldFile.path, worldFile.checksum);
  const { mgn: stored, ...header } = records.next().value as Header;
  const mgn = stored === undefined ? undefined : readMgn(stored);
  const world: World = {
    ...header,
    ...(mgn === undefined ? {} : { mgn }),
    inventory: new Inventory(machines),
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
  };
  for (const record of records as Generator<StoredJob | StoredMgnRecord>) {
    if ('mgnServer' in record || 'mgnJob' in record) {
      if (mgn === undefined) throw new Error('a record of MGN stands in a state without it');
      addMgnRecord(mgn, record, world.inventory);
      continue;
    }
    const { serverId, ...rest } = record;
    const machine = rest.machine ?? (serverId === undefined ? undefined : world.inventory.get(serverId));
    if (machine === undefined) throw new Error(`job ${rest.id} has no server`);
    addJob(world, { ...rest, machine });
  }
  return world;
}

function addJob(world: World, job: Job): void {
  world.jobs.push(job);
  world.jobsById.set(job.id, job);
  world.latestJobs.set(job.machine.serverId, job);
}
