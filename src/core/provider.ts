import type { ConcernId } from './concern-ids.ts';
import type { Concern } from './concern.ts';
import type { Check, DesiredVm, Phase, ServiceTypes, Settings, SettingValue, Target } from './desired.ts';
import type { LandfallError } from './error.ts';
import type { Actor, StageContext, StepName, VmStage } from './journey.ts';
import type { Observed, ObservedJob, ObserveScope, ObservedServer, Owner } from './observed.ts';
import type { Change, Destruction, FieldChange, SettingColumn, StepPhase } from './plan.ts';
import type { Instant } from './time.ts';

/** How a field compares. `unchangeable`: it differs, and the service cannot change it on a job that exists. */
export type FieldComparison =
  | 'same'
  | 'differs'
  | { readonly unchangeable: ConcernId; readonly message: string; readonly remedy: string };

/** One row of a provider's table of fields: what to do when git and the account differ. */
export interface FieldRule {
  readonly name: string;
  /** The name is a prefix: the rule applies to every setting `name.<anything>`, as for tags and disks. */
  readonly family?: true;
  /** `update`: changed in place. `replace`: the job is deleted and created again. `create-only`: matters at creation only. */
  readonly change: 'update' | 'replace' | 'create-only';
  /** What leaving the field out means. No default: left out is not compared. */
  readonly default?: SettingValue;
  /** The desired value on a job that exists, where the manifest does not give the setting. */
  implied?(vm: DesiredVm): SettingValue | undefined;
  /** The service changes it over time: a saved plan does not become stale by it. */
  readonly changedByService?: true;
  /** What a change of it on a job that exists costs, in one word: `forces_resync`; shown with the change. */
  readonly effect?: string;
  /** The column of a plan that shows it for a new job; absent: the plan shows its name and value. */
  readonly column?: SettingColumn;
  /** Decides instead of plain equality after defaults. */
  compare?(context: {
    /** The name of the setting; a rule of a family has many. */
    readonly name: string;
    readonly desired: SettingValue | undefined;
    readonly observed: SettingValue | undefined;
    readonly vm: DesiredVm;
    readonly job: ObservedJob;
    readonly now: Instant;
  }): FieldComparison;
}

export interface CreateRequest<Each extends Settings = Settings> {
  readonly serverId: string;
  readonly settings: Each;
  readonly owner: Owner;
}

export interface UpdateRequest<Each extends Settings = Settings> {
  readonly id: string;
  /** Only the settings that change. */
  readonly settings: Each;
  /** Names of settings that the job is to lose; absent: none. */
  readonly removed?: readonly string[];
  /** All settings that hold after the update: for a service that takes some of them together. */
  readonly after: Each;
  /** Who the job belongs to after the update. */
  readonly owner: Owner;
  /** The owner changes too (adoption, or a move to another wave): the marker has to be written. */
  readonly writeMarker?: boolean;
}

/** What planning needs of a service, as data and pure functions; loads no SDK. */
export interface ProviderTraits<Of extends ServiceTypes = ServiceTypes> {
  /** What the service can do about each setting. */
  readonly fields: readonly FieldRule[];
  readonly phases: PhaseRules<Of>;
  /** The name of each step that all services share. */
  readonly stepNames: Readonly<Record<Of['step'], StepName>>;
  /** Finds where a VM is, and what shows it, from what was observed alone (pure). */
  stageOf(context: StageContext<Of>): VmStage;
  /** Why the service cannot replicate a server now: no connector reaches it. Absent: it can. */
  connectorProblem?(server: ObservedServer, observed: Observed): string | undefined;
  /** Where the service finds VMs: "server catalogue"; and what to do about one that is not in there. */
  readonly inventory: { readonly name: string; readonly remedy: string };
  /** Jobs of the service cannot be replaced: why, and what to do instead. Absent: they can. */
  readonly replace?: { readonly refusal: string; readonly remedy: string };
  /** What the reader might not expect of a delete or a replace. */
  effects(action: 'delete' | 'replace', target: Target, job: ObservedJob<Of>): readonly string[];
  /** Whether a deleted job continues to replicate without an owner; absent: its replication ends. */
  replicatesOn?(target: Target): boolean;
  /** Whether the delete of a job ends a replication for good; absent: it can be started again. */
  disconnects?(target: Target, job: ObservedJob<Of>): boolean;
  /** Where a VM is between test and end of cut-over, if a change of these fields (none: its release) makes the test worthless. */
  midCutover?(job: ObservedJob<Of>, fields: readonly FieldChange[]): string | undefined;
  /** Which changes would exceed a quota of the account, and in which words to say so; absent: none can. */
  overQuota?(target: Target, observed: Observed<Of>, changes: readonly Change[]): readonly OverQuota[];
  /** What to expect of a job that is created now. */
  startEffects(settings: Of['settings'], now: Instant): readonly string[];
  /** Whether the job of a VM has finished its work: then differences no longer matter. */
  isDone(vm: DesiredVm<Of>, job: ObservedJob<Of>): boolean;
  /** What a reviewer must know of the state of a job that a plan keeps. */
  jobConcerns(vm: DesiredVm, job: ObservedJob<Of>, stage: VmStage, now: Instant): readonly Concern[];
  /**
   * Raises the concerns about the account.
   * @param missing the number of VMs in the manifests that the account does not have
   * @param replicating servers that have a job after the run; absent: none
   */
  accountConcerns(
    target: string,
    observed: Observed<Of>,
    missing: number,
    replicating: readonly ObservedServer[] | undefined,
  ): readonly Concern[];
}

/** A quota that changes of a plan would exceed, or that is almost reached. */
export interface OverQuota extends ConcernWords {
  /** The changes that do not fit. */
  readonly blocked: readonly Change[];
}

/** A step of one job on its way to its wave's phase. */
export interface StepRequest<Each extends Settings = Settings> {
  readonly id: string;
  readonly serverId: string;
  readonly owner: Owner;
  /** All settings that git has for the VM. */
  readonly settings: Each;
  /** What must succeed right before the step; absent: nothing. */
  readonly checks?: readonly Check[];
}

/** The result of a step: a detail such as an AMI or an instance, or why it failed. */
export interface StepResult {
  readonly id: string;
  readonly detail?: string;
  readonly error?: LandfallError;
}

/** A job that exists in place of the one to create: it has the same marker, and this run did not create it. */
export interface ExistingJob {
  readonly id: string;
  readonly alreadyExisted: true;
}

/**
 * The port to a migration service. Errors are LandfallErrors with source `service` or `user`.
 * Calls in flight never exceed the target's `limits.apiRequests`.
 */
export interface Provider<Of extends ServiceTypes = ServiceTypes> {
  /** Everything the account holds, in the least number of calls. */
  observe(scope?: ObserveScope): Promise<Observed<Of>>;
  /** Creates the job; resolves to its id, or to the job that another run of this project has created first. */
  create(request: CreateRequest<Of['settings']>): Promise<string | ExistingJob>;
  update(request: UpdateRequest<Of['settings']>): Promise<void>;
  /** Resolves when the service has accepted the deletion. Succeeds for a job that is deleted already. */
  delete(id: string): Promise<void>;
  /** Takes the same step with some jobs, at most as many as the traits' `batch`; one result each, never a throw for one of them. */
  takeSteps(
    step: Of['step'],
    requests: readonly StepRequest<Of['settings']>[],
  ): Promise<readonly StepResult[]>;
  /** The time of the service at its latest response; absent: only observations tell it. */
  now?: () => Instant;
  close(): void;
}

/** The VM is at its wave's phase. `failure`: a warning of what keeps it from the next one. */
interface PhaseReached {
  readonly kind: 'reached';
  readonly reason?: string;
  readonly failure?: ConcernWords;
  /** `--replace` of the VM by name starts a new replication all the same. */
  readonly mayReplace?: true;
}

/** The VM cannot reach its wave's phase, because an earlier step cannot be undone. */
interface PhaseRefused extends ConcernWords {
  readonly kind: 'refused';
  /** `--replace` of the VM by name starts a new replication all the same. */
  readonly mayReplace?: true;
}

/** A concern about a VM, before it has a place. */
interface ConcernWords {
  readonly id: ConcernId;
  readonly message: string;
  readonly remedy: string;
}

/** What a VM without a job must do to get to its wave's phase. */
export type PhaseWithoutJob =
  /**
   * `warning`: what to know before the VM is replicated from the start. `remaining`: the steps that follow, if any.
   * `begins`: the phase that its one replication begins beside `replicate`. `unconfirmed`: the VM may have been migrated
   * before, and is replicated only if the end of the way is confirmed (`--confirm-finalize` of its wave).
   */
  | {
      readonly kind: 'create';
      readonly warning?: ConcernWords;
      readonly unconfirmed?: true;
      readonly remaining?: readonly string[];
      readonly begins?: Phase;
    }
  | { readonly kind: 'wait'; readonly reason: string; readonly actor: Actor }
  | PhaseReached
  | PhaseRefused;

/** What a VM's job must do next to get to its wave's phase. */
export type PhaseDecision<Step extends string = string> =
  | PhaseReached
  /** It can take a step now. */
  | ({ readonly kind: 'step' } & PhaseStep<Step>)
  /** The next step cannot be taken yet: why, and all steps still to come. */
  | {
      readonly kind: 'wait';
      readonly reason: string;
      readonly remaining: readonly Step[];
      readonly actor: Actor;
      /** Nothing happens before a person acts: the plan refuses the steps. */
      readonly concern?: ConcernWords;
    }
  | PhaseRefused;

interface PhaseStep<Step> {
  /** What `Provider.takeSteps` takes: the API's own word, `StartTest`. */
  readonly step: Step;
  /** The steps that follow this one, in order. */
  readonly remaining: readonly Step[];
  /** What the reader might not expect: "launches a test instance". */
  readonly effects: readonly string[];
  /** It ends something that may be in production: it asks for a confirmation of the wave. */
  readonly destroys?: Destruction;
  /** What apply checks right before the step; the step is not taken if one fails. Absent: nothing. */
  readonly checks?: readonly Check[];
  /** The step was taken before and failed: a warning that says why. It blocks nothing: the step is taken again. */
  readonly failure?: ConcernWords;
}

export interface PhaseContext {
  readonly phase: Phase;
  /** No manifest names the phase: VMs that are further stay there. */
  readonly isDefault?: true;
  readonly vm: DesiredVm;
  readonly server: ObservedServer;
  readonly target: Target;
  readonly now: Instant;
  /** Where the VM is. */
  readonly stage: VmStage;
  /** Why the service cannot replicate the server now; absent: it can. */
  readonly connectorProblem?: string;
}

/** What decides whether a VM is ready for a phase. */
export type ReadinessContext<Of extends ServiceTypes = ServiceTypes> = Pick<
  PhaseContext,
  'phase' | 'now' | 'stage' | 'connectorProblem'
> & {
  readonly job?: ObservedJob<Of>;
  readonly advance?: DesiredVm['advance'];
};

/** The VM as messages name it, and whether the instance of its cut-over continues to run. */
export type RollbackOfVm = Readonly<{ name: string; keepsInstance: boolean }>;

/** How a provider moves a VM through its phases. */
export interface PhaseRules<Of extends ServiceTypes = ServiceTypes> {
  /** Those it has. */
  readonly phases: readonly Phase[];
  /** Its steps in words that follow "apply to": `start the final run`. */
  readonly stepTexts: Readonly<Record<Of['step'], string>>;
  /** What each step does to a phase: windows and dependencies go by it. */
  readonly stepPhases: Readonly<Record<Of['step'], StepPhase>>;
  /** Steps that repair a replication, and lead no further: an apply that follows its VMs takes them too. */
  readonly repairs?: readonly Of['step'][];
  /**
   * Decides from what was observed alone (pure) what a job that has nothing else to change must do next.
   */
  next(context: PhaseContext & { readonly job: ObservedJob<Of> }): PhaseDecision<Of['step']>;
  /** The same for a VM that has no job, or whose job is gone. */
  withoutJob(context: PhaseContext): PhaseWithoutJob;
  /** Lists in words why a VM cannot be taken to a phase of the service now (pure). Empty: it is ready, or is past it. */
  notReady(context: ReadinessContext<Of>): readonly string[];
  /** Decides how a cut-over is taken back, whatever the phase of the wave (pure). Absent: the service cannot do it. */
  rollback?(job: ObservedJob<Of>, vm: RollbackOfVm): PhaseDecision<Of['step']>;
  /**
   * What a step ends that comes later on the way to a phase, after the steps `before` (pure): its confirmation is known
   * before the run. Absent: nothing.
   */
  destroysLater?(
    step: Of['step'],
    before: readonly string[],
    job: ObservedJob<Of> | undefined,
  ): Destruction | undefined;
  /** Whether the service makes a job for a step, which counts against its quotas of jobs; absent: it makes none. */
  makesJob?(step: Of['step']): boolean;
  /** The step that starts a cut-over, which the VMs of an application take together; absent: each takes it alone. */
  readonly barrier?: {
    readonly step: Of['step'];
    /** Whether a VM has taken the step, even if its launch has failed since. */
    isPast(job: ObservedJob<Of>): boolean;
    /** The application of a VM; undefined: it has none, and waits for no other VM. */
    applicationOf(vm: DesiredVm<Of>, job: ObservedJob<Of> | undefined): string | undefined;
  };
  /** Servers of a wave that one call takes at most. */
  readonly batch: number;
}
