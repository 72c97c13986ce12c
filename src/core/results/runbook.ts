import type { Concern } from '../concern.ts';
import type { Phase } from '../desired.ts';
import type { Stage } from '../journey.ts';
import type { NamedVm } from '../names.ts';
import type { Instant } from '../time.ts';

/** A line that somebody ticks off. */
export interface RunbookItem {
  /** What to do or to check. Text in backticks is code. */
  readonly text: string;
  /** The exact command; absent: there is none. */
  readonly command?: string;
  /** Git and the account show that it is done; absent: nobody but a person can tell. */
  readonly done?: boolean;
}

/** The parts of a night, in order: before it, its steps, whether it worked, when to stop, how to go back, and after it. */
type RunbookPart = 'before' | 'steps' | 'verify' | 'stop' | 'back' | 'after';

export interface RunbookSection {
  readonly part: RunbookPart;
  readonly title: string;
  readonly items: readonly RunbookItem[];
}

/** A VM of the wave, with the times of its cut-over in the median of the forecast, in words. */
export interface RunbookVm extends NamedVm {
  readonly stage: Stage;
  readonly begins?: string;
  readonly reached?: string;
}

/** What people do in the night of the cut-over of a wave, from git and from what the account shows. */
export interface Runbook {
  readonly project: string;
  readonly wave: string;
  readonly target: string;
  /** Service, region and account of the target, as far as they are known. */
  readonly place: string;
  /** The phase in git. */
  readonly phase: Phase;
  readonly owner?: string;
  /** The time of the account. */
  readonly at: Instant;
  /** Absent: not in a repository. */
  readonly commit?: string;
  readonly sections: readonly RunbookSection[];
  readonly vms: readonly RunbookVm[];
  /** The targets that could not be read. */
  readonly unreachable: readonly Concern[];
}
