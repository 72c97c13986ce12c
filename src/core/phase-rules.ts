import type { ConcernId } from './concern-ids.ts';
import type { DesiredVm, Target } from './desired.ts';
import type { Instant } from './instant.ts';
import type { ObservedJob, ObservedServer } from './observed.ts';
import type { Phase } from './phase.ts';

/** What a VM's job must do next to get to its wave's phase. */
export type PhaseVerdict =
  /** It is there. */
  | { readonly kind: 'reached'; readonly reason?: string }
  /** It can take a step now. */
  | ({ readonly kind: 'step' } & PhaseStep)
  /** The next step cannot be taken yet: why, and all steps still to come. */
  | { readonly kind: 'wait'; readonly reason: string; readonly remaining: readonly string[] }
  /** It cannot get there: going back over what cannot be undone. */
  | { readonly kind: 'refused'; readonly id: ConcernId; readonly message: string; readonly remedy: string };

interface PhaseStep {
  /** What `Provider.advance` takes: the API's own word, `StartTest`. */
  readonly step: string;
  /** The steps that follow this one, in order. */
  readonly remaining: readonly string[];
  /** What the reader might not expect: "launches a test instance". */
  readonly effects: readonly string[];
  /** It cannot be undone: it asks for `--confirm-finalize`. */
  readonly irreversible?: true;
  /** A concern that goes along: "the last launch failed". It blocks nothing. */
  readonly warning?: { readonly id: ConcernId; readonly message: string; readonly remedy: string };
}

export interface PhaseContext {
  readonly phase: Phase;
  /** No manifest names the phase: what has gone further than it stays there. */
  readonly unsaid?: true;
  readonly vm: DesiredVm;
  readonly server: ObservedServer;
  /** Absent: there is none (any more). */
  readonly job: ObservedJob | undefined;
  readonly target: Target;
  readonly now: Instant;
}

/** How a provider gets a VM through its phases. */
export interface PhaseRules {
  /** Those it has. */
  readonly phases: readonly Phase[];
  /**
   * Pure: from what was observed alone. Called for a job that exists and has nothing else to change, or where there is
   * no job; undefined there: the VM is to get one.
   */
  next(context: PhaseContext): PhaseVerdict | undefined;
  /** Whether the service makes a job for a step, which counts against its quotas of jobs; absent: it makes none. */
  readonly makesJob?: (step: string) => boolean;
  /** Servers of a wave that one call takes at most. */
  readonly batch: number;
}
