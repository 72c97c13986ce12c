import { Cap, takeSlots } from '../core/caps.ts';
import type { ExecutableChange, Plan } from '../core/plan.ts';

/**
 * The caps during an apply. The plan counts on the slots of the jobs that it deletes; here such a slot
 * exists only once its delete has succeeded, so that no cap is ever exceeded, whatever fails. A create that fails keeps
 * its slot: perhaps only its reply is lost.
 */
export class Slots {
  readonly #caps: readonly Cap[];
  /** Addresses of active jobs whose delete failed, and so freed no slot. */
  readonly #failedDeletes = new Map<Cap, string[]>();

  constructor({ capacity }: Plan) {
    // Quotas of the service's own jobs are left to the service: it refuses a step that exceeds them, without harm.
    this.#caps = capacity.filter(({ of }) => of === undefined).map((one) => new Cap(one));
  }

  /**
   * Takes what a change needs of its wave's cap and of the target's.
   * @returns why there is no slot; undefined: it is taken
   */
  take(change: ExecutableChange): string | undefined {
    if (change.action !== 'create' && change.action !== 'replace') return undefined;
    const full = takeSlots(this.#capsOf(change), () => (change.activeBefore ? 0 : 1));
    if (full === undefined) return undefined;
    const [first, ...others] = this.#failedDeletes.get(full) ?? [];
    if (first === undefined) return full.reason;
    const deletes = others.length === 0 ? first : `${first} and ${others.length} more`;
    return `its slot was to come from deleting ${deletes}, which failed`;
  }

  /** Records the end of a delete: an active job that is gone frees its slots. */
  deleted(change: ExecutableChange, gone: boolean): void {
    if (change.action !== 'delete' || !change.activeBefore) return;
    for (const cap of this.#capsOf(change)) {
      if (gone) cap.deleted += 1;
      else this.#failedDeletes.set(cap, [...(this.#failedDeletes.get(cap) ?? []), change.address]);
    }
  }

  /** The caps that count a change, the wave's first: it is the narrower one. */
  #capsOf({ target, wave, replicatesOn }: ExecutableChange): readonly Cap[] {
    const of = (name: string | undefined): readonly Cap[] =>
      this.#caps.filter((cap) => cap.target === target && cap.wave === name);
    // A delete that leaves its VM replicating frees a slot of its wave only.
    return [...of(wave), ...(replicatesOn === true ? [] : of(undefined))];
  }
}
