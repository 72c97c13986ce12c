import type { CutoverTime, DesiredWave, MaintenanceWindow } from '../desired.ts';
import type { Deadline } from '../journey.ts';
import type { NamedVm } from '../names.ts';
import type { Instant } from '../time.ts';

/** When something takes place. */
interface EventTime {
  readonly start: Instant;
  /** Absent: it is a moment. */
  readonly end?: Instant;
  /** In which clients show it, of the IANA database. */
  readonly timeZone: CutoverTime['timeZone'];
}

/** An entry of the calendar of a project. */
export type CalendarEvent = EventTime &
  (
    | { readonly kind: 'window'; readonly window: MaintenanceWindow }
    | { readonly kind: 'cutover'; readonly wave: DesiredWave; readonly vms: number }
    /** The moment from which on all of these VMs may be finalized. `isPlanned`: some of them are not cut over yet. */
    | {
        readonly kind: 'finalize';
        readonly wave: DesiredWave;
        readonly vms: number;
        readonly isPlanned: boolean;
      }
    /** The service ends the replication of these VMs: the first one at `start`, the others on the same day (UTC). */
    | {
        readonly kind: 'expiry';
        readonly of: Deadline['kind'];
        readonly wave: DesiredWave;
        readonly vms: readonly NamedVm[];
      }
  );

/** Everything that a project has a date for. */
export interface ProjectCalendar {
  readonly project: string;
  /** When the manifests were last changed: of their commit, or else when the calendar was made. */
  readonly stamp: Instant;
  /** The time whose openings of windows are in it. */
  readonly from: Instant;
  readonly until: Instant;
  /** Sorted by time. */
  readonly events: readonly CalendarEvent[];
  /** Windows that open so often that their later openings are left out, with the last that is in. */
  readonly cut: readonly { readonly window: string; readonly last: Instant }[];
}
