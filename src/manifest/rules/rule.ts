import type { ConcernId } from '../../core/concern-ids.ts';
import type { Concern } from '../../core/concern.ts';
import type { World } from '../model.ts';

/** One thing that can be wrong with manifests the schema has let through. */
export interface Rule {
  /** Of every concern the rule raises. */
  readonly id: ConcernId;
  readonly check: (world: World) => Concern[];
}
