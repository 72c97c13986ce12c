import type { Capacity, ExecutableChange, Plan } from '../core/plan.ts';

/** A cap while a plan is carried out. */
interface Cap {
  readonly name: string;
  readonly limit: number;
  /** Slots left; below zero where more is active than the cap allows. */
  free: number;
  /** Addresses of active jobs whose delete was to free a slot, and failed. */
  readonly failedDeletes: string[];
}

/**
 * Slots left under the caps while a plan is carried out. The plan counts on the slots of the jobs it deletes; here
 * such a slot exists only once its delete has succeeded, so that no cap is ever passed, whatever fails. A create that
 * fails keeps its slot: only its reply may be lost.
 */
export class Slots {
  readonly #caps: ReadonlyMap<string, Cap>;

  constructor({ capacity }: Plan) {
    // The service's own jobs are no slots: a step of theirs is refused by the service, and no harm is done.
    const caps = capacity.filter(({ of }) => of === undefined);
    this.#caps = new Map(caps.map((one) => [capKey(one.target, one.wave), toCap(one)]));
  }

  /**
   * Takes what a change needs of the target's cap and of the wave's. The successor of an active job starts in the
   * slot that this leaves, which is no slot where more is active than a cap allows.
   * @returns why there is no slot; undefined: it is taken
   */
  take(change: ExecutableChange): string | undefined {
    const starts = change.action === 'create' || change.action === 'replace';
    if (!starts) return undefined;
    const needed = change.activeBefore ? 0 : 1;
    const caps = this.#capsOf(change);
    const full = caps.find(({ free }) => free < needed);
    if (full !== undefined) return capFullReason(full);
    for (const cap of caps) cap.free -= needed;
    return undefined;
  }

  /** Takes note of how the delete of a job ended: an active one that is gone gives its slot back. */
  deleted(change: ExecutableChange, gone: boolean): void {
    if (change.action !== 'delete' || !change.activeBefore) return;
    for (const cap of this.#capsOf(change)) {
      if (gone) cap.free += 1;
      else cap.failedDeletes.push(change.address);
    }
  }

  /** The caps that count a change; a delete that leaves its VM replicating makes room in its wave only. */
  #capsOf({ target, wave, replicatesOn }: ExecutableChange): readonly Cap[] {
    // The wave's cap comes first: it says more about a change than the target's.
    const keys = [capKey(target, wave), ...(replicatesOn === true ? [] : [capKey(target)])];
    return keys.flatMap((one) => this.#caps.get(one) ?? []);
  }
}

function toCap({ target, wave, limit, active }: Capacity): Cap {
  const name = wave === undefined ? `target ${target}` : `wave ${wave}`;
  return { name, limit, free: limit - active, failedDeletes: [] };
}

function capFullReason({ name, limit, free, failedDeletes: [first, ...others] }: Cap): string {
  if (first === undefined) return `${name} has ${limit - free} of ${limit} active replications`;
  const deletes = others.length === 0 ? first : `${first} and ${others.length} more`;
  return `its slot was to come from deleting ${deletes}, which failed`;
}

/** Names of targets and waves hold no slash. */
function capKey(target: string, wave = ''): string {
  return `${target}/${wave}`;
}
