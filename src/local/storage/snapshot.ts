import { Inventory } from '../simulation/inventory.ts';
import type { Job, Machine } from '../simulation/records.ts';
import type { World } from '../simulation/world.ts';
import { readRecords } from './lines.ts';

type Header = Pick<World, 'now' | 'catalog' | 'connectors' | 'faults' | 'runCount' | 'tokenKey'>;

/** A job without its machine, where the inventory has that machine. */
type StoredJob = Omit<Job, 'machine'> & { readonly machine?: Machine; readonly serverId?: string };

/** A world, apart from its inventory, as records: what is true of all of it, then each job. */
export function* recordsOf(world: World): Generator<Header | StoredJob> {
  const { now, catalog, connectors, faults, runCount, tokenKey } = world;
  yield { now, catalog, connectors, faults, runCount, tokenKey };
  for (const job of world.jobs) {
    const { machine, ...rest } = job;
    yield world.inventory.get(machine.serverId) === machine ? { ...rest, serverId: machine.serverId } : job;
  }
}

/** @throws Error where a file is not as it was written */
export function readWorld(
  inventoryFile: { path: string; checksum: string },
  worldFile: { path: string; checksum: string },
): World {
  const machines = [...readRecords(inventoryFile.path, inventoryFile.checksum)] as Machine[];
  const records = readRecords(worldFile.path, worldFile.checksum);
  const header = records.next().value as Header;
  const world: World = {
    ...header,
    inventory: new Inventory(machines),
    jobs: [],
    latestJobs: new Map(),
    jobsById: new Map(),
  };
  for (const record of records) {
    const { serverId, ...rest } = record as StoredJob;
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
