import type { ConcernId } from './concern-ids.ts';
import type { Concern } from './concern.ts';
import type { Settings, SettingValue } from './desired.ts';
import type { Place } from './error.ts';
import type { Owner } from './observed.ts';
import type { Instant } from './time.ts';

/** `advance`: the job takes a step on its way to its wave's phase. */
export type Action = 'create' | 'update' | 'replace' | 'delete' | 'advance' | 'no-op' | 'defer';

/** One field's way from the account's value to git's; absent on a side that has none. */
export interface FieldChange {
  readonly field: string;
  readonly before?: SettingValue;
  readonly after?: SettingValue;
  /** Whether this field is why the job must be replaced. */
  readonly forcesReplace?: true;
}

/** One VM's way from observed to desired. */
export interface Change {
  /** `wave/name`, unique within its target. */
  readonly address: string;
  readonly target: string;
  readonly wave: string;
  readonly action: Action;
  /** The job's id, where there is one. */
  readonly id?: string;
  readonly serverId: string;
  /** Who the job will belong to. */
  readonly owner: Owner;
  /** For create, replace and defer: all settings of the job to come. For update: those that hold after it. For delete: those that the job had. */
  readonly settings: Settings;
  /** Sorted by field. For create: every setting. For delete and no-op: empty. `owner` stands for the marker, `project/wave`. */
  readonly fields: readonly FieldChange[];
  /** For advance, and for a step that is deferred: what the provider is to do. */
  readonly step?: string;
  /** The step cannot be undone. */
  readonly irreversible?: true;
  /** The steps still to come after this change. */
  readonly remaining?: readonly string[];
  /** Why, where it is not plain from the fields: the cap that defers it, "no longer in any manifest". */
  readonly reason?: string;
  /** What the reader might not expect: "starts now", "AMIs stay". */
  readonly effects: readonly string[];
  /** Whether the job counts against the caps before the change. */
  readonly activeBefore: boolean;
  /** A delete that leaves the VM replicating, as nobody's: it frees a slot of its wave, and none of its target. */
  readonly replicatesOn?: true;
  /** Ids of critical concerns that block it: it is shown, and apply does not run it. */
  readonly blockedBy: readonly string[];
  readonly place?: Place;
}

/** The caps of a target or a wave. `limit` absent: none. */
export interface Capacity {
  readonly target: string;
  /** Absent: the target's own cap. */
  readonly wave?: string;
  /** What is counted, where it is not active replications: the service's jobs, or the servers in them. */
  readonly of?: 'jobs' | 'servers-in-jobs';
  readonly limit: number;
  /** Active before the run. */
  readonly active: number;
  /** Active ones that the run deletes. */
  readonly freed: number;
  /** Started by the run. */
  readonly starting: number;
  /** Left for a later run because this cap is full. */
  readonly deferred: number;
}

export interface PlannedTarget {
  readonly name: string;
  readonly provider: string;
  readonly region: string;
  readonly account?: string;
  readonly endpoint?: string;
  /** Jobs in the account by owner: ours, and others that are only counted. */
  readonly jobs: { readonly managed: number; readonly others: number };
}

export interface Summary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly advance: number;
  readonly defer: number;
  readonly noOp: number;
  /** Changes that a critical concern blocks; they are in none of the other counts. */
  readonly blocked: number;
}

/** All changes of a run: data that any renderer can show and apply can run. */
export interface Plan {
  readonly project: string;
  readonly at: Instant;
  readonly targets: readonly PlannedTarget[];
  /** Sorted by target, wave and address. */
  readonly changes: readonly Change[];
  readonly concerns: readonly Concern[];
  readonly capacity: readonly Capacity[];
  readonly summary: Summary;
  /** `sha256:…` over targets and changes in canonical form: the same plan has the same checksum, whatever the time. */
  readonly checksum: string;
}

/** The guards that refuse a whole run, and not only a part of it. */
const RUN_GUARDS: ReadonlySet<string> = new Set<ConcernId>(['guard.max-deletes', 'guard.max-updates']);

/** The concerns because of which nothing of a plan may be carried out, on any of its targets. */
export function runRefusals({ concerns }: Plan): readonly Concern[] {
  return concerns.filter(({ id }) => RUN_GUARDS.has(id));
}

/** The critical concerns about a target as a whole, because of which nothing may have been planned on it. */
export function targetRefusals({ concerns }: Plan): readonly Concern[] {
  return concerns.filter(({ severity, address }) => severity === 'critical' && address === undefined);
}

/** Whether a change is for apply to carry out: not what stays, waits or is blocked. */
export function isExecutable({ action, blockedBy }: Change): boolean {
  return action !== 'no-op' && action !== 'defer' && blockedBy.length === 0;
}

/** Whether there is anything for apply to do now: deferred and blocked changes are not. */
export function hasChanges({ summary }: Plan): boolean {
  return summary.create + summary.update + summary.replace + summary.delete + summary.advance > 0;
}
