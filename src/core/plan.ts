import type { Address, ServerId } from './names.ts';
import type { ConcernId } from './concern-ids.ts';
import { type Concern, incompleteness } from './concern.ts';
import type { Check, DesiredWave, MaintenanceWindow, Phase, Settings, SettingValue } from './desired.ts';
import type { Place } from './error.ts';
import type { ChangeFacts, StageCounts } from './journey.ts';
import { byText } from './lists.ts';
import type { Owner } from './observed.ts';
import type { Instant } from './time.ts';

/** The change of one field from the account's value to the manifest's. A side without a value is absent. */
export interface FieldChange {
  readonly field: string;
  readonly before?: SettingValue;
  readonly after?: SettingValue;
  /** Whether this field is why the job must be replaced. */
  readonly forcesReplace?: true;
}

/** What every change has, regardless of its action. */
interface ChangeBase {
  /** `wave/name`, unique within its target. */
  readonly address: Address;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  readonly target: string;
  readonly wave: string;
  readonly serverId: ServerId;
  /** The owner of the job after the change. */
  readonly owner: Owner;
  /**
   * Create, replace and their defer: all settings of the new job. Update: all settings after it. Otherwise: the
   * job's settings.
   */
  readonly settings: Settings;
  /**
   * Sorted by field. Create: every setting. Delete, advance and no-op: empty. The field `owner` is the marker,
   * `project/wave`.
   */
  readonly fields: readonly FieldChange[];
  /** Consequences that the reader might not expect: "starts now", "AMIs stay". */
  readonly effects: readonly string[];
  /** Whether the job counts against the caps before the change. */
  readonly activeBefore: boolean;
  /** Ids of the critical concerns that block the change: it is shown, and apply does not run it. */
  readonly blockedBy: readonly string[];
  readonly place?: Place;
  /** Absent: the VM is in no manifest. */
  readonly facts?: ChangeFacts;
}

/**
 * What a change ends for good or takes from production:
 * - `finalize`: replication ends, or a server is archived; neither can be undone (`--confirm-finalize`).
 * - `revert`: a test or cut-over is taken back (`--confirm-revert`).
 * - `terminate`: the instance of a test that has passed ends (`--confirm-revert`).
 * - `rollback`: a cut-over that somebody has taken back is launched again (`--confirm-cutover`).
 * - `disconnect`: the replication of a VM that left the manifests ends for good, or its cut-over can no longer be
 *   finalized (`--confirm-disconnect`).
 */
export type Destruction = 'finalize' | 'revert' | 'terminate' | 'rollback' | 'disconnect';

/** The phase that a step begins, or finishes once the VM has begun it; `back`: it takes a phase back. */
export type StepPhase = { readonly begins: Phase } | { readonly finishes: Phase } | 'back';

/** The flag that confirms each destruction, after `--confirm-`. */
export const CONFIRMED_BY = {
  finalize: 'finalize',
  revert: 'revert',
  terminate: 'revert',
  rollback: 'cutover',
  disconnect: 'disconnect',
} as const satisfies Readonly<Record<Destruction, string>>;

/** What a flag such as `--confirm-revert` confirms. */
export type Confirmation = (typeof CONFIRMED_BY)[Destruction] | 'change';

/** A step that some VMs of a wave take later in a run, and that must be confirmed by the name of the wave. */
export interface StepAhead {
  readonly target: string;
  readonly wave: string;
  readonly step: string;
  readonly destroys: Destruction;
  readonly vms: number;
  /** Whether the run has the flag, such as `--confirm-finalize`. */
  readonly isConfirmed: boolean;
  /** False: it would finalize a cut-over of the same run, with no time in which somebody could check it. */
  readonly isChecked: boolean;
}

/** Details that only some actions have. On a change of any other action they are undefined. */
interface ChangeDetails {
  /** The job's id. */
  readonly id: string;
  /** Why, if the fields do not show it: the cap that defers it, "no longer in any manifest". */
  readonly reason: string;
  /** The step that the provider takes: the API's own word, `StartTest`. */
  readonly step: string;
  /** The steps that follow this change. */
  readonly remaining: readonly string[];
  /** What apply checks right before the step. */
  readonly checks: readonly Check[];
  /** The change ends something that may be in production: it asks for a confirmation by name. */
  readonly destroys: Destruction;
  /** When the new job starts, because its wave spreads its starts; and the setting of the service that says so. */
  readonly seed: { readonly setting: string; readonly at: Instant };
  /** What a deferred change waits for: a window or another time, other VMs, a wave that is suspended. */
  readonly heldBy: 'time' | 'dependency' | 'suspension';
  /** When the time for a deferred change comes, by the windows and times that are known; absent: not known. */
  readonly opensAt: Instant;
  /** From when on the change must not start; absent: no window limits it. */
  readonly closesAt: Instant;
  /** A delete that leaves the VM replicating without an owner: it frees a slot of its wave, and none of its target. */
  readonly replicatesOn: true;
}

/** One action: the details that it always has, those that it may have, and none of the others. */
type ChangeCase<
  Name extends string,
  Has extends keyof ChangeDetails = never,
  May extends keyof ChangeDetails = never,
> = ChangeBase & { readonly action: Name } & Pick<ChangeDetails, Has> &
  Partial<Pick<ChangeDetails, May>> & { readonly [Key in Exclude<keyof ChangeDetails, Has | May>]?: never };

export type CreateChange = ChangeCase<'create', never, 'remaining' | 'seed' | 'closesAt'>;
export type UpdateChange = ChangeCase<'update', 'id', 'reason' | 'remaining'>;
/** The job is deleted and created again. */
export type ReplaceChange = ChangeCase<'replace', 'id' | 'reason', 'closesAt'>;
export type DeleteChange = ChangeCase<'delete', 'id' | 'reason', 'replicatesOn' | 'destroys'>;
/** The job takes a step towards its wave's phase. */
export type AdvanceChange = ChangeCase<
  'advance',
  'id' | 'step' | 'remaining',
  'destroys' | 'checks' | 'closesAt'
>;
/** Without an id: the VM is finalized, and its job is deleted. */
export type NoOpChange = ChangeCase<'no-op', never, 'id' | 'reason'>;
/** A create, or a replace (which has an id), that a later run makes: a cap is full, or its time has not come. */
export type DeferredJob = ChangeCase<'defer', 'reason', 'id' | 'remaining' | 'heldBy' | 'opensAt'>;
/** A step that a later run takes. Without a step: a VM that has only to wait. */
export type DeferredStep = ChangeCase<
  'defer',
  'id' | 'reason' | 'remaining',
  'step' | 'destroys' | 'checks' | 'heldBy' | 'opensAt'
>;

/** The change of one VM from observed to desired. */
export type Change = ExecutableChange | NoOpChange | DeferredJob | DeferredStep;

/** The changes that apply executes, unless a concern blocks them. */
export type ExecutableChange = CreateChange | UpdateChange | ReplaceChange | DeleteChange | AdvanceChange;

export type Action = Change['action'];

/** The caps of a target or a wave. `limit` absent: none. */
export interface Capacity {
  readonly target: string;
  /** Absent: the target's own cap. */
  readonly wave?: string;
  /** What is counted: the service's jobs, or the servers in them. Absent: active replications. */
  readonly of?: 'jobs' | 'servers-in-jobs';
  readonly limit: number;
  /** Active before the run. */
  readonly active: number;
  /** Those of them that the run deletes. */
  readonly freed: number;
  /** Started by the run. */
  readonly starting: number;
  /** Left for a later run because this cap is full. */
  readonly deferred: number;
}

/**
 * Shows a setting of a new job in a column that all services share, instead of by its name and value. Data, because
 * saved plans contain it.
 */
export interface SettingColumn {
  /** How often the VM replicates, under which licence, and when that begins. */
  readonly column: 'schedule' | 'licence' | 'start';
  /** The text of the cell: `every {} h`, where `{}` is the value. A setting that is `false` has no text. */
  readonly text: string;
}

export interface PlannedTarget {
  readonly name: string;
  readonly provider: string;
  readonly region: string;
  readonly account?: string;
  readonly endpoint?: string;
  /** Where the credentials of the calls are from, without any secret. */
  readonly credentials?: string;
  /** When the account was observed, by its own clock; absent: a plan saved by an earlier version. */
  readonly at?: Instant;
  /** Jobs in the account by owner: ours, and others that are only counted. */
  readonly jobs: { readonly managed: number; readonly others: number };
  /** The settings of its service that have a column, by name. */
  readonly columns: Readonly<Record<string, SettingColumn>>;
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

/** All changes of a run, as data for renderers and for apply. */
export interface Plan {
  readonly project: string;
  /** The commit and the version of landfall that it was made with; absent: nobody has asked. */
  readonly origin?: { readonly commit?: string; readonly version: string };
  readonly at: Instant;
  readonly targets: readonly PlannedTarget[];
  /** Sorted by target, wave and address. */
  readonly changes: readonly Change[];
  readonly concerns: readonly Concern[];
  readonly capacity: readonly Capacity[];
  /** The waves that were planned, sorted by name; absent: a plan saved by an earlier version. */
  readonly waves?: readonly DesiredWave[];
  /** All windows of the project; absent: there are none. */
  readonly windows?: readonly MaintenanceWindow[];
  readonly summary: Summary;
  /** How many of the planned VMs are in each stage before the run. */
  readonly stages: StageCounts;
  /** How many VMs the plan leaves as they are although their jobs do not replicate. */
  readonly stopped: number;
  /** How many VMs it leaves as they are although their last replication failed: the service tries again. */
  readonly failing: number;
  /** How many other VMs it leaves as they are although settings differ: the service cannot change them. */
  readonly differing: number;
  /** How many other VMs it leaves as they are although they are past their wave's phase: nothing must be taken back. */
  readonly ahead: number;
  /** The earliest moment at which a change of the plan must not start any more; absent: no window limits it. */
  readonly validUntil?: Instant;
  /** The windows that do not hold for the run; absent: all hold. */
  readonly overrides?: readonly WindowOverride[];
  readonly policyOverrides?: readonly { readonly policy: string; readonly reason: string }[];
  /** `sha256:…` over targets and changes in canonical form: the same plan has the same checksum, whatever the time. */
  readonly checksum: string;
}

/** A window that does not hold for one run (`--override-window`), and why (`--reason`). */
export interface WindowOverride {
  readonly window: string;
  readonly reason: string;
}

/** The guards that refuse a whole run instead of single changes. */
const RUN_GUARDS: ReadonlySet<string> = new Set<ConcernId>([
  'guard.max-deletes',
  'guard.max-updates',
  'guard.max-destroys',
]);

/** Returns the concerns that stop an apply of the whole plan, on all of its targets. */
export function runRefusals({ concerns }: Plan): readonly Concern[] {
  return concerns.filter(
    ({ id, severity, address }) =>
      RUN_GUARDS.has(id) || (id.startsWith('policy.') && severity === 'critical' && address === undefined),
  );
}

/** Returns the critical concerns about a target that was read. They may be why nothing is planned for it. */
export function targetRefusals({ concerns }: Plan): readonly Concern[] {
  const incomplete = new Set(incompleteness(concerns));
  return concerns.filter(
    (one) => one.severity === 'critical' && one.address === undefined && !incomplete.has(one),
  );
}

/** Whether apply executes a change: it has an effect now, and no concern blocks it. */
export function isExecutable(change: Change): change is ExecutableChange {
  return change.action !== 'no-op' && change.action !== 'defer' && change.blockedBy.length === 0;
}

/** Returns the change with the ids of further concerns that block it. */
export function withBlocks<Each extends Change>(change: Each, ids: readonly string[]): Each {
  return { ...change, blockedBy: [...new Set([...change.blockedBy, ...ids])].toSorted(byText) };
}

/** Whether a plan has changes for apply. Deferred and blocked changes do not count. */
export function hasChanges({ summary }: Plan): boolean {
  return summary.create + summary.update + summary.replace + summary.delete + summary.advance > 0;
}

/**
 * Whether a plan has no changes now and a later run continues without a change in git: once a launch or a replication
 * has ended, a cap has room, or a person has acted in the account.
 */
export function isWaiting(plan: Plan): boolean {
  return !hasChanges(plan) && plan.summary.defer > 0;
}
