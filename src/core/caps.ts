import type { Capacity } from './plan.ts';

/** What caps count, in words; `jobs` and `servers-in-jobs` as in `Capacity.of`. */
const UNITS = {
  replications: 'active replications',
  runs: 'active replication runs',
  jobs: 'jobs of the service',
  'servers-in-jobs': 'servers in jobs',
} as const;

type CapSpec = Pick<Capacity, 'target' | 'wave' | 'limit' | 'active'> & {
  readonly of?: keyof typeof UNITS | undefined;
};

/**
 * A cap of a target or a wave, and the slots under it that a run takes and frees: the one ledger of plans, of applies
 * and of on-demand runs.
 */
export class Cap {
  readonly target: string;
  /** Absent: the target's own cap. */
  readonly wave: string | undefined;
  readonly limit: number;
  /** Active before the run. */
  active: number;
  /** Active ones that the run deletes. */
  deleted = 0;
  /** Started by the run in a slot that was free. */
  started = 0;
  /** Active ones that the run deletes and creates again in the same slot, and their successors. */
  replaced = 0;
  renewed = 0;
  /** Refused because the cap is full. */
  deferred = 0;
  readonly #of: keyof typeof UNITS;

  constructor({ target, wave, limit, active, of = 'replications' }: CapSpec) {
    this.target = target;
    this.wave = wave;
    this.limit = limit;
    this.active = active;
    this.#of = of;
  }

  /** Slots that are taken at this point of the run. The slot of a replaced job is its successor's alone. */
  get used(): number {
    return this.active - this.deleted + this.started;
  }

  /** Says why the cap refuses: `wave w1 has 3 of 3 active replications, 2 of them starting now`. */
  get reason(): string {
    const owner = this.wave === undefined ? `target ${this.target}` : `wave ${this.wave}`;
    const now = this.started === 0 ? '' : `, ${this.started} of them starting now`;
    return `${owner} has ${this.used} of ${this.limit} ${UNITS[this.#of]}${now}`;
  }

  /** The cap as a plan shows it. */
  toCapacity(): Capacity {
    const { target, wave, limit, active, deleted, replaced, started, renewed, deferred } = this;
    const of = this.#of;
    return {
      target,
      ...(wave !== undefined && { wave }),
      ...((of === 'jobs' || of === 'servers-in-jobs') && { of }),
      ...{ limit, active, freed: deleted + replaced, starting: started + renewed, deferred },
    };
  }
}

/**
 * Takes slots of several caps, of all or of none.
 *
 * @param caps in the order in which they refuse
 * @param slots how many it takes of a cap. None for the successor of an active job: it starts in the slot of that job,
 *   which exists unless more are active than the cap allows
 * @returns the first cap that has no room; undefined: the slots are taken
 */
export function takeSlots(caps: readonly Cap[], slots: (cap: Cap) => number): Cap | undefined {
  const full = caps.find((cap) => cap.used + slots(cap) > cap.limit);
  if (full !== undefined) full.deferred += 1;
  else for (const cap of caps) cap.started += slots(cap);
  return full;
}

/**
 * Returns how many calls a run works on at the same time: one in five more than may be in flight. These are ready to be
 * sent, and wait for a connection, so that the service need not wait while responses are read.
 */
export function callsInWork(apiRequests: number): number {
  return apiRequests + Math.floor(apiRequests / 5);
}
