import { Cap, takeSlots } from '../core/caps.ts';
import type { ExecutableChange, Plan } from '../core/plan.ts';

/**
 * The caps during an apply. A plan uses the slots of the jobs that it deletes. Here such a slot is free only once its
 * delete has succeeded, so that no cap is exceeded if a delete fails. A create that fails keeps its slot, since perhaps
 * only its reply was lost.
 */
export class Slots {
  /** By target and wave. */
  readonly #caps = new Map<string, Cap[]>();
  /** Addresses of active jobs whose delete failed, and so freed no slot. */
  readonly #failedDeletes = new Map<Cap, string[]>();

  constructor({ capacity }: Plan) {
    // The service itself checks its quotas of jobs: it refuses a step that exceeds them, which does no harm.
    for (const one of capacity) {
      if (one.of !== undefined) continue;
      const key = capKey(one.target, one.wave);
      this.#caps.set(key, [...(this.#caps.get(key) ?? []), new Cap(one)]);
    }
  }

  /**
   * Takes a slot of the caps of the change's wave and target, if it needs one.
   * @returns why no slot is free; undefined: it is taken
   */
  take(change: ExecutableChange): string | undefined {
    if (change.action !== 'create' && change.action !== 'replace') return undefined;
    const full = takeSlots(this.#capsOf(change), () => (change.activeBefore ? 0 : 1));
    if (full === undefined) return undefined;
    const [first, ...others] = this.#failedDeletes.get(full) ?? [];
    if (first === undefined) return full.reason;
    const deletes = others.length === 0 ? first : `${first} and ${others.length} more`;
    return `it needed a freed slot, but deleting ${deletes} failed`;
  }

  /** Records the end of a delete: a deleted active job frees its slots. */
  deleted(change: ExecutableChange, gone: boolean): void {
    if (change.action !== 'delete' || !change.activeBefore) return;
    for (const cap of this.#capsOf(change)) {
      if (gone) cap.deleted += 1;
      else this.#failedDeletes.set(cap, [...(this.#failedDeletes.get(cap) ?? []), change.address]);
    }
  }

  /** Returns the caps that count a change: first the wave's, which is the narrower one, then the target's. */
  #capsOf({ target, wave, replicatesOn }: ExecutableChange): readonly Cap[] {
    const of = (name?: string): readonly Cap[] => this.#caps.get(capKey(target, name)) ?? [];
    // A delete that leaves its VM replicating frees a slot of its wave only.
    return [...of(wave), ...(replicatesOn === true ? [] : of())];
  }
}

function capKey(target: string, wave = ''): string {
  return `${target}/${wave}`;
}
