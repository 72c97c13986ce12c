import type { ServerId } from './names.ts';
import type { ConcernId } from './concern-ids.ts';
import type { Desired, DesiredVm, LimitName, Phases, ServiceTypes, Settings, Target } from './desired.ts';
import type { Concern } from './concern.ts';
import type { Instant } from './time.ts';

/** A server of the catalogue. */
export interface ObservedServer {
  readonly serverId: ServerId;
  readonly name?: string;
  readonly path?: string;
  readonly vmManagerId?: string;
  readonly vmManagerName?: string;
  readonly vmId?: string;
  readonly vmWareUuid?: string;
  /** Other names that a manifest may call it by: a Name tag beside the host name. */
  readonly otherNames?: readonly string[];
  /** It has a job or has had one, as far as the catalogue remembers. */
  readonly hadJob?: true;
  /** It replicates by an agent on it, or is to: no call starts it. Absent: its vCenter ships its snapshots. */
  readonly hasAgent?: true;
  /** It replicates only once somebody has installed an agent on it. */
  readonly awaitsAgent?: true;
  /** No agent has reported it: the account does not have it, and it has no id. These are names that may be meant. */
  readonly notReported?: readonly string[];
  /** The sum of its disks, as the service knows it before the VM replicates. */
  readonly diskGiB?: number;
  /** The id of its latest job, as far as the catalogue remembers; the listing of jobs may not have it. */
  readonly jobId?: string;
}

/** What a job is doing, in words that hold for every provider; `unknown` for a state this version does not know. */
export type JobState = 'pending' | 'active' | 'failing' | 'failed' | 'paused' | 'completed' | 'unknown';

/** Who a job's marker says it belongs to. */
export interface Owner {
  readonly project: string;
  readonly wave: string;
}

/** What a run of a job is doing; `unknown` for a state this version does not know. */
export type RunState =
  'pending' | 'missed' | 'active' | 'failed' | 'completed' | 'deleting' | 'deleted' | 'unknown';

/** One replication of a job. */
export interface ReplicationRun {
  readonly id: string;
  readonly state: RunState;
  readonly type: 'automatic' | 'on-demand' | 'unknown';
  /** As the service reports it, `Uploading`; free text. */
  readonly stage?: string;
  /** As the service reports it, `42%`; free text. */
  readonly progress?: string;
  readonly statusMessage?: string;
  readonly description?: string;
  readonly amiId?: string;
  readonly scheduledAt?: Instant;
  readonly completedAt?: Instant;
}

/** Something that happened to a job, at a time that the service reports. */
export interface Milestone {
  /** In words: `test launched`. */
  readonly event: string;
  readonly at: Instant;
  /** The id of what it concerns: a job of the service, an instance. */
  readonly id?: string;
  /** The instance that it launched, which may have ended since. */
  readonly instanceId?: string;
}

/** A post-launch action. */
export interface LaunchAction {
  readonly name: string;
  readonly document: string;
  /** The service's own word, in lower case: `success`, `in progress`, `failed`. */
  readonly status: string;
  /** A cut-over is finalized only if it has succeeded. */
  readonly mustSucceed?: true;
  readonly error?: string;
}

/** A replication job that exists: deleted and deleting jobs are in `Observed.pastJobs`. */
export interface ObservedJob<Of extends ServiceTypes = ServiceTypes> {
  readonly id: string;
  /** The server as the job itself describes it, which outlives the catalogue. */
  readonly server: ObservedServer;
  readonly state: JobState;
  /** The state in the words of the service. */
  readonly statusMessage?: string;
  /** Absent: the job carries no landfall marker. */
  readonly owner?: Owner;
  /** Settings the service reports; `description` without the marker. */
  readonly settings: Of['settings'];
  /** What the service itself has set of these; only if the scope asks for all VMs, and as far as the service can tell. */
  readonly created?: Of['settings'];
  readonly nextRunAt?: Instant;
  readonly latestAmiId?: string;
  /**
   * Facts that only the rules of its service read, such as `lifecycle: READY_FOR_TEST`. Only what changes in steps, since
   * a saved plan is stale once a fact has changed; percentages go into `statusMessage`. A fact that does not hold is absent.
   */
  readonly facts?: Of['facts'];
  /** Its latest runs, the last scheduled first; a listing may have only some of them. Absent: the service has no runs. */
  readonly runs?: readonly ReplicationRun[];
  /** What happened to it, oldest first, where the service reports that instead of runs. */
  readonly milestones?: readonly Milestone[];
  /** When its replication has started, or will start, as far as the service tells. */
  readonly startsAt?: Instant;
  /** The instance that its latest test or cut-over launched, on a service that launches them. */
  readonly instanceId?: string;
  /** What ran on that instance after its launch; absent: nothing. */
  readonly launchActions?: readonly LaunchAction[];
  /** The moment of the latest snapshot, on a service without runs. */
  readonly recoveryPointAt?: Instant;
  /** How far the data in AWS is behind the source, in milliseconds, on a service that says so. */
  readonly lag?: number;
  /** The size of its disks, on a service that says so. */
  readonly diskGiB?: number;
  /** The first copy of its disks while it runs; `endsAt`: when the service expects its end. */
  readonly firstCopy?: { readonly since: Instant; readonly doneGiB: number; readonly endsAt?: Instant };
  /** The service reads the disks again, and has no current snapshot until it is done. */
  readonly isRescanning?: true;
  /** It has completed, and a marker can still be written: a wave that adopts takes it over. */
  readonly isMarkable?: true;
  /** The AMI of the cut-over, which the finalizing step has written into the job before it deletes the job. */
  readonly finalizedAmi?: string;
  /** The run of the cut-over, which the step that started it has written into the job. */
  readonly cutoverRun?: string;
  /** The run of a cut-over that was taken back: it and earlier runs are no cut-over any more. */
  readonly revertedRun?: string;
}

/** A job that is deleted or being deleted, and that the service still lists. */
export type PastJob<Of extends ServiceTypes = ServiceTypes> = Omit<
  ObservedJob<Of>,
  'state' | 'facts' | 'nextRunAt'
>;

export interface ObservedConnector {
  readonly id: string;
  readonly healthy: boolean;
  /** The vCenter it serves. */
  readonly vmManagerId?: string;
  readonly name?: string;
}

/** Something that an account lacks, and what to do about it. */
export interface MissingSetup {
  readonly id: ConcernId;
  /** VMs that replicate by an agent do not need it. */
  readonly isForAgentless?: true;
  /** Returns message and remedy for the target of that name, which commands in the remedy need. */
  readonly describe: (target: string) => { readonly message: string; readonly remedy: string };
}

/** A server that does not replicate. */
export interface IdleServer {
  readonly server: ObservedServer;
  /** Why, and what to do, as a clause: `is stopped: …`. */
  readonly reason: string;
}

export type CatalogState = 'available' | 'importing' | 'not-imported' | 'deleted' | 'expired' | 'unknown';

/** What a target's account holds at one moment. Lists are in no particular order. */
export interface Observed<Of extends ServiceTypes = ServiceTypes> {
  /** The service's own time, from its answer; plans count from it, not from the machine's clock. */
  readonly at: Instant;
  readonly account?: string;
  /** Where the credentials of the calls are from, without any secret: `profile production, its keys`. */
  readonly credentials?: string;
  readonly catalog: CatalogState;
  readonly servers: readonly ObservedServer[];
  readonly jobs: readonly ObservedJob<Of>[];
  /** Jobs that are deleted or being deleted, as far as the service still lists them; absent: it lists none. */
  readonly pastJobs?: readonly PastJob<Of>[];
  /**
   * What creations of this project that were cut off have left: marked, and nothing replicates. No jobs: a VM of the
   * manifests is created as if there were none, and the others are released. Absent: the service has none.
   */
  readonly unfinished?: readonly ObservedJob<Of>[];
  /** Servers without a job, and why, where each server of the service is meant to migrate. Absent: the service has a catalogue. */
  readonly idle?: readonly IdleServer[];
  readonly connectors: readonly ObservedConnector[];
  /** What the account lacks before anything can be done in it. */
  readonly missingSetup?: readonly MissingSetup[];
  /** The service's jobs that run now, and the servers in them; absent where it has no such jobs. */
  readonly jobsRunning?: { readonly jobs: number; readonly servers: number };
  /** How long those took that have ended, in milliseconds. */
  readonly jobDurations?: Readonly<Record<'launch' | 'terminate', readonly number[]>>;
  /** What the account has of what its quotas limit, by keys of its service; absent: the service has no such quotas. */
  readonly usage?: Readonly<Record<string, number>>;
  /** The quotas of the account, where the role may read them. */
  readonly quotas?: Readonly<Partial<Record<LimitName, number>>>;
  /** What a verbose run says of the observation. */
  readonly notes?: readonly string[];
  /** What the account shows of settings of VMs in the manifests: they block their changes if they are critical. */
  readonly concerns?: readonly Concern[];
  /** API calls it took. */
  readonly calls: number;
}

/** The limits of a target: a quota of the account takes the place of a default, and is never exceeded. */
export function limitsOf(
  { limits, defaultLimits = [] }: Target,
  { quotas = {} }: Observed,
): Target['limits'] {
  const known = Object.entries(quotas).map(([name, quota]): readonly [string, number] => {
    const given = defaultLimits.some((one) => one === name) ? undefined : limits[name as LimitName];
    return [name, Math.min(given ?? quota, quota)];
  });
  return { ...limits, ...Object.fromEntries(known) };
}

/**
 * Whether a job counts against the caps: from its creation until it is deleted, completed or failed
 * (design, rule 3: the cautious reading of AWS's "concurrent VM migrations").
 */
export function isActive(job: ObservedJob): boolean {
  return job.state !== 'completed' && job.state !== 'failed';
}

/** Whether a job belongs to the project; then it has an owner. Also for a change, by the owner of its job. */
export function isOwnedBy<Job extends { readonly owner?: Owner | undefined }>(
  job: Job,
  project: string,
): job is Job & { readonly owner: Owner } {
  return job.owner?.project === project;
}

/** Finds the run of a job that is active, or that is due and waits. A paused job starts nothing, whatever is due. */
export function activeOrDueRun(
  job: ObservedJob,
  runs: readonly ReplicationRun[],
  at: Instant,
): ReplicationRun | undefined {
  const active = runs.find(({ state }) => state === 'active');
  if (active !== undefined || !isActive(job) || job.state === 'paused') return active;
  return runs.find(
    ({ state, scheduledAt }) => state === 'pending' && scheduledAt !== undefined && scheduledAt <= at,
  );
}

/** What an observation must include beside servers and jobs; it may cost a call for each job. */
export interface ObserveScope {
  readonly project: string;
  /** Phases of the target's waves, by name. */
  readonly phases: Phases;
  /** Settings of jobs that nobody owns matter too: a wave may adopt them. */
  readonly adopt?: boolean;
  /**
   * The VMs whose settings are compared: where reading a setting costs a call for each server, only those that they name
   * are read. `all`: every setting of every server. Absent: none.
   */
  readonly vms?: readonly ScopedVm[] | 'all';
  /** Settings that this run has read before, by the ids of their jobs: they are not read again. */
  readonly known?: ReadonlyMap<string, Settings>;
  /** Is called after each call that reads settings of one server, with the number of such calls made and to make. */
  readonly onRead?: (done: number, total: number) => void;
}

/** A VM whose settings are compared; one of a manifest is complete, so that concerns can name it. */
export interface ScopedVm extends Pick<DesiredVm, 'reference'> {
  /** Those that are compared; `all`: whatever the service reports. */
  readonly settings: Settings | 'all';
  readonly desired?: DesiredVm;
}

/** Returns the phases of the waves that name one. */
export function phasesOf({ waves }: Desired): Phases {
  return new Map(waves.flatMap(({ name, phase }) => (phase === undefined ? [] : [[name, phase]])));
}

/** Returns what an observation must include so that the stages of VMs are known: no settings. */
export function scopeOfStages(desired: Desired): Omit<ObserveScope, 'project'> {
  const adopt = desired.vms.some((vm) => vm.adopt || vm.replication === 'agent');
  return { phases: phasesOf(desired), adopt };
}

/**
 * Returns what an observation must include so that VMs of the manifests can be compared with it.
 * @param isCompared selects the VMs; absent: all of them
 */
export function scopeOf(
  desired: Desired,
  isCompared: (vm: DesiredVm) => boolean = () => true,
): Omit<ObserveScope, 'project' | 'vms'> & { readonly vms: readonly ScopedVm[] } {
  const vms = desired.vms.filter(isCompared);
  return {
    ...scopeOfStages(desired),
    vms: vms.map((vm) => ({ reference: vm.reference, settings: vm.settings, desired: vm })),
  };
}
