import type { ObservedJob } from './observed.ts';
import type { Connector } from './operations.ts';

/** What comes of taking a connector away. */
export interface Disassociation {
  readonly target: string;
  readonly connector: Connector;
  /** No healthy connector is left at its vCenter. Never so for one that is not healthy itself. */
  readonly lastOfVCenter: boolean;
  /** No healthy connector is left at all. */
  readonly lastOfAll: boolean;
  /** Managed jobs that would replicate no longer, sorted by wave and name: none while another connector serves their vCenter. */
  readonly stalled: readonly ObservedJob[];
  /** How many jobs of others would not either. */
  readonly stalledOthers: number;
}
