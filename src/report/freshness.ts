import type { ChangedPrecondition } from '../core/apply-result.ts';

/** Whether a saved plan could still be carried out. */
export interface Freshness {
  readonly status: 'fresh' | 'stale' | 'unchecked';
  readonly drift: readonly ChangedPrecondition[];
  /** Why it could not be checked. */
  readonly reason?: string;
}
