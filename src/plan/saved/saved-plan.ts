import type { Settings } from '../../core/desired.ts';
import type { ObservedServer, Owner } from '../../core/observed.ts';
import type { Plan } from '../../core/plan.ts';

/** A plan as it is kept in a file: the plan, and what must still be true when it is carried out. */
export interface SavedPlan {
  readonly plan: Plan;
  /** One for each change that is to be carried out. */
  readonly preconditions: readonly Precondition[];
}

/** What was observed of the server of a change. */
export interface Precondition {
  readonly target: string;
  readonly address: string;
  readonly server: ServerIdentity;
  /** All jobs of the server, sorted by id. Of a create there are none. */
  readonly jobs: readonly KnownJob[];
}

/** What tells servers apart: an id may stand for another VM once a catalogue has been imported anew. */
export type ServerIdentity = Pick<
  ObservedServer,
  'serverId' | 'name' | 'path' | 'vmManagerId' | 'vmId' | 'vmWareUuid'
>;

export interface KnownJob {
  readonly id: string;
  /** `active` for all states in which a job replicates or may again: a job goes from one to the next by itself. */
  readonly state: 'active' | 'failed' | 'completed';
  readonly owner?: Owner;
  /** Without those that the service itself moves, unless the change is about them. */
  readonly settings: Settings;
  /** What the provider's rules of phases go by. */
  readonly facts?: Readonly<Record<string, string>>;
}
