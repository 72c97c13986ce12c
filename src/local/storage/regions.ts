import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { connectorsOf, type Datacentre } from '../inventory/datacentre.ts';
import { HOME_REGION_FILE, makeFolder, REGION_FOLDER } from './generation.ts';
import { type StateOptions, StateStore } from './state-store.ts';

/**
 * The simulated accounts of all regions: they share the time, and begin with the same VMs. The home region has its state
 * in the folder itself, and each other region in a folder `region-<name>` there.
 */
export class Regions {
  readonly home: StateStore;
  readonly #options: StateOptions;
  readonly #others = new Map<string, StateStore>();
  /** The region that was used first; absent until one is used. */
  #homeRegion: string | undefined;

  private constructor(options: StateOptions, home: StateStore) {
    this.#options = options;
    this.home = home;
  }

  /**
   * Opens the states of a folder. A folder without a state begins with a data centre.
   * @throws LocalError BROKEN_STATE
   */
  static async open(options: StateOptions, initial: (now: number) => Promise<Datacentre>): Promise<Regions> {
    const { folder, clock, inMemory } = options;
    const now = clock.now();
    const home =
      StateStore.openExisting(options) ??
      StateStore.create(options, { datacentre: await initial(now), now, offset: 0 });
    const regions = new Regions(options, home);
    if (inMemory) return regions;
    try {
      regions.#openOthers(folder);
      return regions;
    } catch (error) {
      regions.close();
      throw error;
    }
  }

  #openOthers(folder: string): void {
    const file = join(folder, HOME_REGION_FILE);
    if (existsSync(file)) this.#homeRegion = readFileSync(file, 'utf8').trim();
    for (const name of readdirSync(folder)) {
      const region = REGION_FOLDER.exec(name)?.[1];
      const store = region === undefined ? undefined : StateStore.openExisting(this.#optionsOf(region));
      if (region === undefined || store === undefined) continue;
      this.#others.set(region, store);
      // A process that was killed may have advanced only some of the regions.
      const behind = this.home.offset() - store.offset();
      if (behind > 0) store.advance(behind);
    }
  }

  /** All open states, the home region's first. */
  all(): readonly StateStore[] {
    return [this.home, ...this.#others.values()];
  }

  /** Returns the state of a region. The first region that is used is the home region; each other one begins fresh. */
  of(region: string): StateStore {
    const { folder, inMemory } = this.#options;
    if (this.#homeRegion === undefined) {
      if (!inMemory)
        writeFileAtomic(join(folder, HOME_REGION_FILE), `${region}\n`, { mode: 0o600, fsync: false });
      this.#homeRegion = region;
    }
    if (region === this.#homeRegion) return this.home;
    const known = this.#others.get(region);
    if (known !== undefined) return known;
    const store = this.#create(region);
    this.#others.set(region, store);
    return store;
  }

  #create(region: string): StateStore {
    const options = this.#optionsOf(region);
    const { now, inventory, connectors, faults } = this.home.currentAccount();
    if (!options.inMemory) makeFolder(options.folder);
    // The home region may have lost connectors.
    const ids = new Map(connectors.map(({ managerId, connectorId }) => [managerId, connectorId]));
    const vms = inventory.machines.map(({ managerId, managerName }) => ({
      managerId,
      managerName,
      connectorId: ids.get(managerId) ?? '',
    }));
    const datacentre = { machines: inventory.machines, connectors: connectorsOf(vms, now), skipped: [] };
    return StateStore.create(options, { datacentre, now, offset: this.home.offset(), faults });
  }

  #optionsOf(region: string): StateOptions {
    return { ...this.#options, folder: join(this.#options.folder, `region-${region}`) };
  }

  /** Resets the home region to a data centre, in real time, and forgets all other regions. */
  restart(datacentre: Datacentre): void {
    const { folder, inMemory } = this.#options;
    for (const [region, store] of this.#others) {
      store.close();
      this.#others.delete(region);
      if (!inMemory) rmSync(join(folder, `region-${region}`), { recursive: true, force: true });
    }
    if (!inMemory) rmSync(join(folder, HOME_REGION_FILE), { force: true });
    this.#homeRegion = undefined;
    this.home.restart(datacentre);
  }

  close(): void {
    for (const store of this.all()) store.close();
  }
}
