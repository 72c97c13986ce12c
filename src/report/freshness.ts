import type { Drift } from '../core/drift.ts';

/** Whether a saved plan could still be carried out. */
export interface Freshness {
  readonly status: 'fresh' | 'stale' | 'unchecked';
  readonly drift: readonly Drift[];
  /** Why it could not be checked. */
  readonly reason?: string;
}
