import type { Concern } from './concern.ts';
import type { DesiredVm, DesiredWave, Phase, SettingValue, Target } from './desired.ts';
import type { Address, NamedVm } from './names.ts';
import type { NextStep, StageCounts, VmStage } from './journey.ts';
import type { JobState, ObservedJob, ObservedServer, PastJob } from './observed.ts';
import type { ReplicationRun } from './observed.ts';
import type { Capacity } from './plan.ts';
import type { ServerLaunch } from './operations.ts';
import type { Instant } from './time.ts';

/** A VM that commands on jobs work with: one of the manifests, or one that is in no manifest and has a job. */
export interface VmEntry {
  /** `wave/name` as in plans; the VM's name alone where it belongs to no wave. Unique in its target. */
  readonly address: Address;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  readonly target: string;
  /** The manifest's wave, or else the one in the job's marker; absent: a job of others. */
  readonly wave?: string;
  /** Absent: it is in no manifest. */
  readonly vm?: DesiredVm;
  /** Its wave is, or may be, in a wave file that was left out because of errors: whether it is in a manifest is not known. */
  readonly isLeftOut?: true;
  /** Absent: it is not certain which server the manifest means, and `problem` says why. */
  readonly server?: ObservedServer;
  readonly problem?: Concern;
  readonly job?: ObservedJob;
  /** It is in no manifest, and all that is left of it are deleted jobs of the project: it is shown only if asked for. */
  readonly isPast?: true;
  /** The deleted jobs of its server, the latest first. */
  readonly past: readonly PastJob[];
}

/** Whether a VM has reached its wave's phase. */
export interface PhaseStatus {
  readonly phase: Phase;
  readonly kind: 'reached' | 'next' | 'waits' | 'refused';
  /** The step that is next, or what it waits for; absent: there is nothing to add, or a concern says it. */
  readonly detail?: string;
}

/** The replication status of a VM. */
export interface VmStatus extends VmEntry, VmStage {
  /** Of its wave; absent: no manifest has the wave. */
  readonly labels?: DesiredWave['labels'];
  /** Absent where the wave is to replicate, and no more than that. */
  readonly phase?: PhaseStatus;
  readonly next: NextStep;
  /** The run that is active, or that is due and waits. */
  readonly run?: ReplicationRun;
  /** The latest run that has ended, successfully or not. */
  readonly lastRun?: ReplicationRun;
  readonly nextRunAt?: Instant;
  readonly latestAmiId?: string;
  readonly concerns: readonly Concern[];
  /** Why it is not ready for the phase that the status was asked about; absent: it is, or no phase was. */
  readonly notReady?: readonly string[];
}

/** Whether a VM has a concern, or cannot get to its wave's phase before a person acts. */
export function hasProblem({ next, concerns }: Pick<VmStatus, 'next' | 'concerns'>): boolean {
  return concerns.length > 0 || needsPerson({ next });
}

/** Whether a person must act before a VM can get to its wave's phase. */
export function needsPerson({ next }: Pick<VmStatus, 'next'>): boolean {
  return next.actor === 'person' && next.isOptional !== true;
}

/** Counts over the VMs of a wave. */
export interface WaveStatus {
  readonly target: string;
  readonly wave: string;
  /** Absent: no manifest has the wave. */
  readonly labels?: DesiredWave['labels'];
  readonly vms: number;
  readonly stages: StageCounts;
  /** Jobs by state; states that no job has are left out. */
  readonly jobs: Readonly<Partial<Record<JobState, number>>>;
  readonly withoutJob: number;
  /** Managed jobs that are in no manifest. */
  readonly unlisted: number;
  /** Runs that are active. */
  readonly running: number;
  /** Runs that are due and have not started. */
  readonly waiting: number;
  /** VMs of which there is an AMI. */
  readonly withAmi: number;
  /** VMs of which an instance has been launched. */
  readonly withInstance: number;
}

export interface Status {
  /** The latest time that a service has reported. */
  readonly at: Instant;
  /** Sorted by target, wave and address. */
  readonly vms: readonly VmStatus[];
  readonly waves: readonly WaveStatus[];
  /** How many VMs of the manifests are in each stage. */
  readonly stages: StageCounts;
  /** About targets as a whole; those about a VM are in `vms`. */
  readonly concerns: readonly Concern[];
  /** The caps of all targets and waves, whatever VMs were asked for. */
  readonly capacity: readonly Capacity[];
  /** What a filter was applied to; absent: `vms` has all VMs that were asked for. */
  readonly filtered?: FilteredStatus;
}

interface FilteredStatus {
  /** How many VMs of the manifests there were before the filter; of `notReadyFor`, how many were asked about. */
  readonly total: number;
  /** `vms` has only VMs that are not ready for this phase, with the reasons. */
  readonly notReadyFor?: Phase;
}

/** A setting of a VM. */
export interface SettingComparison {
  readonly name: string;
  /** The manifest's value, with the default of the service; absent: the manifest leaves it out. */
  readonly desired?: SettingValue;
  /** The value of the job; absent: there is no job, or its service does not return the setting. */
  readonly observed?: SettingValue;
  /** An apply would change it, or the service cannot change it on a job that exists. */
  readonly differs: boolean;
}

/** A job of a VM with its history. */
export interface JobHistory {
  readonly id: string;
  /** `deleted`: it is deleted or being deleted. */
  readonly state: JobState | 'deleted';
  /** What is known of the job beside its history; absent: it is deleted, and no listing was read. */
  readonly job?: Omit<ObservedJob, 'state' | 'facts'>;
  /** All of its runs, the last scheduled first; absent: the service has no runs. */
  readonly runs?: readonly ReplicationRun[];
  /** The launches of its server, the latest first; absent: the service launches no instances. */
  readonly launches?: readonly ServerLaunch[];
}

/** The runs of the jobs that a name means. */
export interface JobRuns {
  /** The VM whose jobs they are; absent: a job was asked for. */
  readonly vm?: NamedVm;
  /** The latest time that a service has reported. */
  readonly at: Instant;
  /** The jobs of one VM, the one that stands for it first, then the deleted ones, the latest first; or one job. */
  readonly jobs: readonly [JobHistory, ...JobHistory[]];
}

/** All that is known about one VM. */
export interface VmDescription {
  /** The latest time that a service has reported. */
  readonly at: Instant;
  readonly vm: VmStatus;
  readonly target: Target;
  /** The phase of its wave; absent: no manifest has the wave. */
  readonly phase?: Phase;
  /** Sorted by name. */
  readonly settings: readonly SettingComparison[];
  /** The job that stands for the VM, then its deleted jobs, the latest first. */
  readonly jobs: readonly JobHistory[];
  /** About the VM and its target, sorted by place. */
  readonly concerns: readonly Concern[];
}

/** The images and instances of a VM in AWS. */
export interface VmOutputs {
  readonly vm: VmStatus;
  readonly region: string;
  /** Absent: the account is not known. */
  readonly account?: string;
  /** The private addresses of its instances by their ids, as far as they are known. */
  readonly addresses?: ReadonlyMap<string, string>;
}

/** The result of the on-demand run of one VM. */
export type OnDemandResult =
  | {
      readonly status: 'started';
      readonly subject: VmEntry;
      readonly runId: string;
      readonly run?: ReplicationRun;
      /** Its job was deleted before its end was observed: its result is not known. */
      readonly lost?: true;
    }
  /** Not started, because the service would refuse it or a cap is full. */
  | { readonly status: 'refused'; readonly subject: VmEntry; readonly reason: string }
  /** The start failed. */
  | {
      readonly status: 'failed';
      readonly subject: VmEntry;
      readonly code: string;
      readonly message: string;
      readonly remedy?: string;
    };
