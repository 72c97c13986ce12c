import type { Concern } from '../concern.ts';
import type { DesiredWave, Phase } from '../desired.ts';
import type { Address } from '../names.ts';
import type { Instant } from '../time.ts';

/**
 * What a duration is estimated from: what the account has shown, the size of the disks, or a default. `observed`: it is no
 * estimate, the account shows that it is over.
 */
export type DurationSource = 'observed' | 'history' | 'size' | 'default';

/** When something happens, over all runs of the simulation. Absent: it does not happen in that many of them. */
export interface Expected {
  /** Half of the runs are earlier. */
  readonly median?: Instant;
  /** Nine of ten runs are earlier. */
  readonly bound?: Instant;
}

/** A phase of a VM, or of all VMs of a wave. */
export interface PhaseForecast {
  readonly phase: Phase;
  /** When the first VM begins it; empty where it is over, or never begins. */
  readonly start: Expected;
  /** When the last VM has reached it. */
  readonly end: Expected;
  /** Of a wave: the least certain source of its VMs. */
  readonly source: DurationSource;
}

export interface VmForecast {
  readonly address: Address;
  readonly label?: string;
  readonly target: string;
  readonly wave: string;
  /** From replication to the phase that it is forecast to, in order. */
  readonly phases: readonly PhaseForecast[];
  /** When the service ends its replication by itself. */
  readonly expires?: Expected;
  /** Why it does not get to the phase; absent: it does. */
  readonly blocked?: string;
}

/** The time of the cut-over of a wave, and whether the wave is ready for it. */
interface WindowForecast {
  /** Of the window of the project; absent: the wave's own time (`cutover.at`). */
  readonly name?: string;
  readonly opensAt: Instant;
  /** Absent: it does not close. */
  readonly closesAt?: Instant;
  /** When the last VM could begin its cut-over if it were open. */
  readonly ready: Expected;
  /** All VMs begin their cut-over in it: in nine of ten runs, in half of them, or in fewer. */
  readonly met: 'yes' | 'likely' | 'no';
}

export interface WaveForecast {
  readonly wave: string;
  readonly target: string;
  readonly labels: DesiredWave['labels'];
  /** In which texts show its times. */
  readonly timeZone: string;
  readonly vms: number;
  /** The phase of the manifest. */
  readonly phase: Phase;
  /** The later phase that its `cutover` is about, to which it is forecast as if git had it already. */
  readonly assumedPhase?: Phase;
  readonly phases: readonly PhaseForecast[];
  readonly window?: WindowForecast;
  /** The earliest end of the replication of one of its VMs by the service. */
  readonly expires?: Expected;
  /** How many VMs do not get to the phase, with the reason of the first; absent: all do. */
  readonly blocked?: { readonly vms: number; readonly reason: string };
}

/** A cap of a target or a wave that is full at times. */
export interface CapForecast {
  readonly target: string;
  /** Absent: the cap of the target. */
  readonly wave?: string;
  /** `servers-in-jobs`, `jobs`: quotas of launches. Absent: active replications. */
  readonly of?: 'jobs' | 'servers-in-jobs';
  readonly limit: number;
  /** The times in which it is full and something waits for it, in a run in which everything takes as long as estimated. */
  readonly full: readonly { readonly from: Instant; readonly until?: Instant }[];
}

/** When each wave gets where, by a simulation of all waves from what the accounts show. */
export interface Forecast {
  readonly project: string;
  /** From when on it is simulated. */
  readonly at: Instant;
  /** How many runs of the simulation the figures are of. */
  readonly runs: number;
  /** Sorted by name. */
  readonly waves: readonly WaveForecast[];
  /** Sorted by address. */
  readonly vms: readonly VmForecast[];
  readonly caps: readonly CapForecast[];
  /** What looks wrong in the future. */
  readonly concerns: readonly Concern[];
  /** The targets that could not be read. */
  readonly unreachable: readonly Concern[];
}
