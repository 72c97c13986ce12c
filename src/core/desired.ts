import type { Address, ServerId } from './names.ts';
import type { Place } from './error.ts';
import type { S3Lock } from './lock.ts';
import type { Policy } from './results/policy.ts';
import type { Instant } from './time.ts';

export type SettingValue = string | number | boolean;

/**
 * Job settings by the API's own names (`frequency`, `licenseType`, …).
 * Times are written as `formatInstant` writes them. A setting that is left out is absent, never undefined.
 */
export type Settings = Readonly<Record<string, SettingValue>>;

/** What a service has of its own. It is typed in the service's folder, and plain data for the rooms that serve every service. */
export interface ServiceTypes {
  /** The union of its steps. */
  readonly step: string;
  /** What its adapter observes of a job for its own rules. */
  readonly facts: Settings;
  /** The settings of its jobs, by its table of settings. */
  readonly settings: Settings;
}

/** Caps of a wave or a target. Left out: no cap of its own. */
export interface Limits {
  readonly activeReplications?: number;
}

/** The name of a service: a row of providers/registry.ts. */
export type ProviderName = string;

/** The name of a limit of a target. */
export type LimitName = keyof Target['limits'];

/** A provider in an account and region, as the project file names it, with every default filled in. */
export interface Target {
  readonly name: string;
  readonly provider: ProviderName;
  readonly region: string;
  /** `local`: the built-in endpoint. A URL: that endpoint. Absent: AWS itself. */
  readonly endpoint?: string;
  /** ARN of a role to assume. */
  readonly assumeRole?: string;
  /** The external id that the role requires from other accounts. */
  readonly externalId?: string;
  /** The only account that runs may change; a run against another one is refused. */
  readonly account?: string;
  readonly limits: {
    /** Replications active at once in the account; default 50 on SMS, 150 on MGN (domain: rules of both). */
    readonly activeReplications: number;
    /** API calls in flight at once; default 8. */
    readonly apiRequests: number;
    /** Jobs the service runs at once, such as launches; absent where it has none. MGN: default 20. */
    readonly activeJobs?: number;
    /** Servers in all active jobs together; absent where there is no such quota. MGN: default 200. */
    readonly serversInJobs?: number;
    /** Quotas of the groups and the servers of an account and region; absent where there are none (domain: rules of MGN). */
    readonly serversPerApplication?: number;
    readonly applicationsPerWave?: number;
    readonly applications?: number;
    readonly waves?: number;
    /** Servers that are not archived, whether they replicate or not. */
    readonly servers?: number;
    /** Of the replication, in megabits per second, for forecasts; absent: not known. */
    readonly bandwidthMbps?: number;
  };
  /** Those of the limits that the project file does not give: the quotas of the account take their place, where known. */
  readonly defaultLimits?: readonly LimitName[];
  /** What becomes of a VM that is taken out of the manifests, where the service knows both; default `release`. */
  readonly prune?: 'release' | 'disconnect';
  /** What the account is set up with (`landfall mgn init`), flat, by manifest path; absent on SMS. */
  readonly setup?: Settings;
  /**
   * Largest part of a target's managed jobs that one run may delete or update, 0 to 1, default 0.3; and of its VMs for
   * which one run may destroy something, default 0.5.
   */
  readonly guards: { readonly maxDeletes: number; readonly maxUpdates: number; readonly maxDestroys: number };
  /** Where runs that change the target lock it; absent: nowhere, or in a file where the endpoint is `local`. */
  readonly lock?: S3Lock;
  readonly place: Place;
}

/** How a manifest points at a VM. At least one of serverId, vmManagerId + vmId, path and name is there. */
export interface VmReference {
  readonly serverId?: ServerId;
  readonly vmManagerId?: string;
  readonly vmId?: string;
  readonly path?: string;
  readonly name?: string;
  /** VMware's BIOS UUID of the VM. */
  readonly vmWareUuid?: string;
}

/** How a VM replicates, on a service that has both: by an agent on it, or by snapshots that its vCenter ships. */
export type ReplicationKind = 'agent' | 'agentless';

/** The desired state of a VM. */
export interface DesiredVm<Of extends ServiceTypes = ServiceTypes> {
  /** `wave/name`; `wave/path` where the wave has the name twice, `wave/serverId` or `wave/vmId` where there is no name. Unique. */
  readonly address: Address;
  readonly wave: string;
  readonly target: string;
  readonly reference: VmReference;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  /** As written in the manifest. */
  readonly os?: string;
  /** What licenseType `Auto` means for `os` (domain: licence types); absent where the system is not known. */
  readonly autoLicenseType?: 'AWS' | 'BYOL';
  /** The VM's settings laid over the wave's defaults. */
  readonly settings: Of['settings'];
  /** Take over a job without a marker (wave's `adopt`). */
  readonly adopt: boolean;
  /** Which of the servers of the VM is meant, where the account has one of each kind; absent: whichever there is. */
  readonly replication?: ReplicationKind;
  /** Refuse to replace its job, and every change that destroys something. */
  readonly protect: boolean;
  /** How its wave goes on to the next phases; absent: as the service does by default. */
  readonly advance?: AdvanceRules;
  /** Used size of its disks in GiB. */
  readonly sizeGiB?: number;
  /** The VMs of its wave that must have reached a phase before it takes a step to it; absent: none. */
  readonly after?: readonly Address[];
  readonly place: Place;
}

/** A check of a launched instance. `timeout` in milliseconds; absent: ten seconds. */
export type Check =
  /** A port that accepts connections; without a host on the private address of the instance. */
  | { readonly kind: 'tcp'; readonly port: number; readonly host?: string; readonly timeout?: number }
  /** A URL that answers with a status. `{address}` in it stands for the private address of the instance. */
  | { readonly kind: 'http'; readonly url: string; readonly status: number; readonly timeout?: number };

/** What a wave says about its steps; a rule that is left out has the default of the service. */
export interface AdvanceRules {
  /** No test instance is launched before the cut-over (`test: skip`). */
  readonly skipTest?: true;
  /** The largest lag behind the source at which a cut-over is launched, in milliseconds (`cutover.maxLag`). */
  readonly maxLag?: number;
  /** Whether a launched instance must have booted (`cutover.requires.firstBoot`). */
  readonly firstBoot?: 'succeeded' | 'any';
  /** Which post-launch actions must have succeeded (`cutover.requires.postLaunchActions`): all, those that say so, none. */
  readonly postLaunchActions?: 'succeeded' | 'required' | 'any';
  /** What is checked of the launched instance right before its cut-over is finalized (`cutover.checks`). */
  readonly checks?: readonly Check[];
  /** Which VMs start their cut-over together (`advance`): those of an application, of the wave, or each alone. */
  readonly together?: 'application' | 'wave' | 'each';
  /** How often a launch is tried before a person must act (`maxLaunchAttempts`). */
  readonly maxLaunchAttempts?: number;
  /** How often a stalled replication is retried before a person must act (`--max-attempts`). */
  readonly maxRetries?: number;
}

export interface DesiredWave {
  readonly name: string;
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly adopt: boolean;
  /** The phase that the wave should reach. Absent: it replicates, and VMs that are further stay there. */
  readonly phase?: Phase;
  /** Refuse to delete the jobs whose marker names the wave, such as those of VMs that were removed from the manifest. */
  readonly protect: boolean;
  /** What must have happened before it goes on; absent: nothing. */
  readonly dependsOn?: readonly WaveDependency[];
  /** Waves with a higher priority get free slots first; absent: 0. */
  readonly priority?: number;
  /** It takes no step and starts no replication. */
  readonly suspend?: true;
  /** When its VMs may be cut over and finalized; absent: at any time. */
  readonly cutover?: CutoverTime;
  /** At most `batch` of its replications start in each interval of `every` milliseconds; absent: all at once. */
  readonly stagger?: { readonly every: number; readonly batch: number };
  /** Who is responsible for it. */
  readonly owner?: string;
  readonly place: Place;
}

/** A wave whose VMs must all have reached a phase before another wave takes a step to that phase or a later one. */
interface WaveDependency {
  readonly wave: string;
  readonly phase: Phase;
}

/** When the VMs of a wave may be cut over. */
export interface CutoverTime {
  /** When cut-overs may begin; absent: at any time. */
  readonly at?: Instant;
  /** From when on none may begin; absent: without end. */
  readonly until?: Instant;
  /** In which texts show it. */
  readonly timeZone: string;
  /** How long a VM must have been cut over before it is finalized, in milliseconds; absent: no time. */
  readonly finalizeAfter?: number;
}

/** A time in which steps to some phases may be taken, or may not: as the sync windows of Argo CD. */
export interface MaintenanceWindow {
  readonly name: string;
  /** If a wave and a phase have windows that allow, one of them must be open; one that denies must not. */
  readonly kind: 'allow' | 'deny';
  /** When it opens: cron with five fields, in `timeZone`. */
  readonly schedule: string;
  /** How long it is open, in milliseconds. */
  readonly duration: number;
  readonly timeZone: string;
  readonly phases: readonly Phase[];
  /** Names of waves, without globs. */
  readonly waves: readonly string[];
  /** It also holds for a phase that a VM has begun, and for steps back. */
  readonly strict: boolean;
  readonly reason?: string;
  readonly place: Place;
}

/** The desired state from git: the project with its waves and VMs, sorted by name and address. */
export interface Desired {
  readonly project: string;
  readonly defaultTarget: string;
  readonly targets: readonly Target[];
  readonly waves: readonly DesiredWave[];
  readonly vms: readonly DesiredVm[];
  /** In the order of the project file; absent: steps may be taken at any time. */
  readonly windows?: readonly MaintenanceWindow[];
  readonly policies?: readonly Policy[];
  /** Wave files with errors, of which nothing is in `waves` and `vms`; absent: there are none. */
  readonly leftOut?: readonly LeftOutFile[];
  /** Wave files that no glob of the project matches; absent: there are none. */
  readonly unmatched?: readonly UnmatchedFile[];
}

/** Returns the desired state with the number of retries that a run was told (`--max-attempts`). */
export function withMaxAttempts(desired: Desired, maxRetries: number | undefined): Desired {
  if (maxRetries === undefined) return desired;
  return { ...desired, vms: desired.vms.map((vm) => ({ ...vm, advance: { ...vm.advance, maxRetries } })) };
}

/** A wave file beside those of the project that no glob of the project matches. */
export interface UnmatchedFile {
  /** As shown to the user. */
  readonly file: string;
  /** From the folder of the project, with forward slashes. */
  readonly path: string;
  /** The names of its waves, as far as they can be read. */
  readonly waves: readonly string[];
}

/** What can be read of a wave file that was left out because it has errors. */
export interface LeftOutFile {
  /** Or the project file, where one of its globs is wrong. */
  readonly file: string;
  readonly waves: readonly LeftOutWave[];
  readonly targets: readonly string[];
  /** Whether it may contain other waves than these. */
  readonly hasUnknownWaves: boolean;
}

interface LeftOutWave {
  readonly name: string;
  /** Absent: what the file says of them is not certain. */
  readonly limits?: Limits;
}

/** Whether a wave is, or may be, in a wave file that was left out: its VMs are then unknown, not removed. */
export function mayBeLeftOut({ waves, leftOut = [] }: Desired, wave: string): boolean {
  if (leftOut.some((file) => file.waves.some(({ name }) => name === wave))) return true;
  return leftOut.some(({ hasUnknownWaves }) => hasUnknownWaves) && !waves.some(({ name }) => name === wave);
}

/** The phases of a wave, in order. A wave moves to the next phase by a reviewed change in git. */
export const PHASES = ['replicate', 'test', 'ready', 'cutover', 'finalize', 'archive'] as const;
export type Phase = (typeof PHASES)[number];

/** The phase of each wave, by name. A wave without a phase in its manifest is not included; it replicates. */
export type Phases = ReadonlyMap<string, Phase>;

/** Whether one phase comes before another. */
export function isEarlierPhase(one: Phase, other: Phase): boolean {
  return PHASES.indexOf(one) < PHASES.indexOf(other);
}

/** The phase of a wave. Without a phase in the manifest it replicates, and VMs that are further stay there. */
export function phaseOfWave(
  phases: Phases,
  wave: string,
): { readonly phase: Phase; readonly isDefault?: true } {
  const phase = phases.get(wave);
  return phase === undefined ? { phase: 'replicate', isDefault: true } : { phase };
}

/** Whether an endpoint's URL leads to this machine only (design, rule 7). */
export function isLoopback(endpoint: string | undefined): boolean {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  const { protocol, hostname, username } = new URL(endpoint);
  // The URL parser has turned every spelling of an address into the plain one (0x7f.1, 2130706433, …).
  return (
    protocol === 'http:' && username === '' && (/^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]')
  );
}
