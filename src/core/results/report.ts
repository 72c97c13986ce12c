import type { Concern } from '../concern.ts';
import type { DesiredWave } from '../desired.ts';
import type { Place } from '../error.ts';
import type { Status } from '../status.ts';
import type { Instant } from '../time.ts';
import type { CalendarEvent } from './calendar.ts';
import type { Forecast } from './forecast.ts';

/** How many VMs, or GiB of their disks, are left at each of the times of a forecast, in its runs. */
export interface LeftSeries {
  readonly median: readonly number[];
  /** In nine of ten runs, no more are left. */
  readonly bound: readonly number[];
}

/** What is left until all VMs have reached a phase. */
export interface BurnDown {
  readonly phase: 'replicate' | 'cutover';
  readonly vms: LeftSeries;
  readonly gib: LeftSeries;
}

/** The active replications of a target over time, in a run of the simulation in which everything takes as long as estimated. */
export interface CapacitySeries {
  readonly target: string;
  readonly limit: number;
  /** Replications that are not of the project, which are taken to stay: they are in `peaks` too. */
  readonly others: number;
  /** The most that are active from each time until the next one. */
  readonly peaks: readonly number[];
}

/** A forecast over time. */
export interface ForecastSeries {
  /** The first one is that of the accounts. */
  readonly times: readonly Instant[];
  readonly capacity: readonly CapacitySeries[];
  readonly left: readonly BurnDown[];
  /** VMs of which no size is known: they are not in the GiB. */
  readonly withoutSize: number;
  /** VMs whose wave is not forecast to a cut-over: git asks for none, and gives no time for one. */
  readonly withoutCutover: number;
}

/** A target as a report names it. */
export interface ReportTarget {
  readonly name: string;
  /** The title of its service. */
  readonly service: string;
  readonly region: string;
  /** `local`, or a URL; absent: AWS itself. */
  readonly endpoint?: string;
  readonly account?: string;
  /** The time of the account; absent: it was not read, and `problem` says why. */
  readonly at?: Instant;
  readonly problem?: Concern;
  /** VMs of the waves that the report is about, by the manifests. */
  readonly vms: number;
}

/** An entry of the calendar, with its times in its time zone, in words. */
export interface ReportEvent {
  readonly event: CalendarEvent;
  readonly start: string;
  readonly end?: string;
}

/** All that people look at together: where every VM stands, what comes next and when. */
export interface ProjectReport {
  readonly project: string;
  /** Absent: not in a repository. */
  readonly commit?: string;
  /** Whether the manifests differ from those of the commit. */
  readonly hasLocalChanges: boolean;
  /** The latest time that a service has reported. */
  readonly at: Instant;
  readonly targets: readonly ReportTarget[];
  /** The waves that it is about, sorted by name. */
  readonly waves: readonly DesiredWave[];
  /** How many waves of the manifests are left out, as others were asked for. */
  readonly otherWaves: number;
  /** Why wave files are left out: the first error of each. */
  readonly leftOut: readonly Concern[];
  /** What validation has found and leaves no file out, beside what is about a VM. */
  readonly concerns: readonly Concern[];
  readonly status: Status;
  readonly forecast: Forecast;
  readonly series: ForecastSeries;
  /** From the day of `at` on, sorted by time. */
  readonly events: readonly ReportEvent[];
  /** Until when windows are listed. */
  readonly eventsUntil: Instant;
}

/** Returns the wave that a place of a manifest is in; undefined: it is in none, or in no file that has waves. */
export function waveAt(waves: readonly DesiredWave[], place: Place | undefined): DesiredWave | undefined {
  if (place === undefined) return undefined;
  return waves
    .filter((wave) => wave.place.file === place.file && wave.place.line <= place.line)
    .reduce<DesiredWave | undefined>(
      (last, wave) => (last === undefined || wave.place.line >= last.place.line ? wave : last),
      undefined,
    );
}
