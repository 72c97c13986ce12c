import type { DesiredVm, Settings, SettingValue } from './desired.ts';
import type { ConcernId } from './concern-ids.ts';
import type { Instant } from './instant.ts';
import type { Observed, ObservedJob, Owner } from './observed.ts';

/** What a field's two sides come to. `stuck`: they differ, and the service cannot change it on a job that exists. */
export type FieldVerdict =
  'same' | 'differs' | { readonly stuck: ConcernId; readonly message: string; readonly remedy: string };

/** One row of a provider's table of fields: what is to be done when git and the account differ. */
export interface FieldRule {
  readonly name: string;
  /** `update`: changed in place. `replace`: the job is deleted and created anew. `create-only`: matters at creation only. */
  readonly change: 'update' | 'replace' | 'create-only';
  /** What leaving the field out means. No default: left out is not compared. */
  readonly default?: SettingValue;
  /** The service itself changes it as time goes by: a saved plan is not stale for it. */
  readonly movesByItself?: true;
  /** Decides instead of plain equality after defaults. */
  compare?(context: {
    readonly desired: SettingValue | undefined;
    readonly observed: SettingValue | undefined;
    readonly vm: DesiredVm;
    readonly job: ObservedJob;
    readonly now: Instant;
  }): FieldVerdict;
}

export interface CreateRequest {
  readonly serverId: string;
  readonly settings: Settings;
  readonly owner: Owner;
}

export interface UpdateRequest {
  readonly id: string;
  /** Only the settings that change. */
  readonly settings: Settings;
  /** All settings that hold after the update: for a service that takes some of them together. */
  readonly after: Settings;
  /** Who the job belongs to after the update. */
  readonly owner: Owner;
  /** The owner changes too (adoption, or a move to another wave): the marker has to be written. */
  readonly writeMarker?: boolean;
}

/**
 * The port to a migration service. Errors are LandfallErrors with source `service` or `user`.
 * Calls in flight never exceed the target's `limits.apiRequests`.
 */
export interface Provider {
  /** Everything the account holds, in the least number of calls. */
  observe(): Promise<Observed>;
  /** Creates the job; resolves to its id. */
  create(request: CreateRequest): Promise<string>;
  update(request: UpdateRequest): Promise<void>;
  /** Resolves when the service has accepted the deletion; a job that is gone already is a success. */
  delete(id: string): Promise<void>;
  /** Frees sockets. */
  close(): void;
}
