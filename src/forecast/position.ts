import { type DesiredVm, type Phase, PHASES } from '../core/desired.ts';
import { hasReached, type Stage } from '../core/journey.ts';
import { isActive } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import type { VmJourney } from '../journey/journey.ts';
import type { VmEstimates } from './durations.ts';

/** The number of a phase in PHASES. */
export const [REPLICATE, TEST, READY, CUTOVER, FINALIZE] = [0, 1, 2, 3, 4] as const;

/** How many phases there are: a run has its times by VM and phase. */
export const PHASES_IN_A_RUN = 6;

/** A VM as the simulation needs it. */
export interface SimVm {
  readonly vm: DesiredVm;
  readonly target: number;
  readonly wave: number;
  /** Which VM of its wave goes first: the lower one. */
  readonly rank: number;
  /** Of its disks; absent: neither the service nor the manifest tells. */
  readonly sizeGiB?: number;
  /** The phases that its service has for it, in order. */
  readonly path: readonly number[];
  /** How many phases of the path it has reached. */
  readonly reached: number;
  /** Since when it has been on its way to the next phase of the path; absent: it has not begun. */
  readonly since?: Instant;
  /** Since when it has been cut over. */
  readonly cutOverAt?: Instant;
  /** It counts against the caps. */
  readonly isActive: boolean;
  /** Why it goes no further before a person acts. */
  readonly stuck?: string;
  /** Its first replication starts no earlier. */
  readonly seedAt?: Instant;
  /** Milliseconds between two replications, and when one of them starts; absent: it replicates without pause. */
  readonly interval?: number;
  readonly runAt?: Instant;
  /** It replicates once, and that is its cut-over. */
  readonly once: boolean;
  /** When the service ends its replication. */
  readonly expires?: Instant;
  readonly after: readonly number[];
  /** VMs with the same text start their cut-over together. */
  readonly group?: string;
  readonly estimates: VmEstimates;
  /** The time of its last recovery point, if that is older than its schedule allows. */
  readonly staleSince?: Instant;
}

/** Returns the phases that the service has for a VM. */
export function pathOf({ advance }: DesiredVm, traits: ProviderTraits | undefined): readonly number[] {
  const skipped = advance?.skipTest === true ? ['test', 'ready'] : [];
  return PHASES.flatMap((phase, index) =>
    traits?.phases.phases.includes(phase) === true && !skipped.includes(phase) ? [index] : [],
  );
}

type Position = Pick<
  SimVm,
  | 'reached'
  | 'since'
  | 'cutOverAt'
  | 'isActive'
  | 'stuck'
  | 'seedAt'
  | 'interval'
  | 'runAt'
  | 'once'
  | 'expires'
  | 'staleSince'
>;

/**
 * Finds where a VM stands on its path, and what ties its next steps to a time.
 * @param goal the phase that its wave is forecast to
 */
export function positionOf(
  vm: DesiredVm,
  goal: Phase,
  traits: ProviderTraits | undefined,
  journey: VmJourney | undefined,
  entry: VmEntry | undefined,
  at: Instant,
): Position {
  const { job } = entry ?? {};
  const stage = journey?.stage ?? 'not-in-catalog';
  const path = pathOf(vm, traits);
  // An instance that is being launched is none yet.
  const isLaunching = stage === 'testing' && journey !== undefined && !hasReached(journey, 'test');
  const reached = path.filter((phase) => {
    const name = PHASES[phase];
    return journey !== undefined && name !== undefined && hasReached(journey, name, goal);
  }).length;
  const begun = stage === 'seeding' || stage === 'cutting-over' || isLaunching;
  const isFirst = stage === 'failing' && reached === 0;
  const started = begun || isFirst ? startedAt(job, stage, at) : undefined;
  const seed = vm.settings['seedReplicationTime'];
  const hours = vm.settings['frequency'];
  const cutOver = journey?.evidence[0]?.at;
  const expires = journey?.deadlines.find(({ kind }) => kind === 'lifetime')?.at;
  const next = job?.nextRunAt;
  const stuck = stuckReason(journey);
  const point = journey?.recoveryPoint;
  return {
    reached,
    once: vm.settings['runOnce'] === true,
    isActive: job !== undefined && isActive(job),
    ...(started !== undefined && { since: started }),
    ...(stage === 'cut-over' && { cutOverAt: cutOver ?? at }),
    ...(stuck !== undefined && { stuck }),
    ...(typeof seed === 'string' && job === undefined && { seedAt: Date.parse(seed) }),
    ...(typeof hours === 'number' && { interval: hours * 3_600_000 }),
    ...(next !== undefined && { runAt: next }),
    ...(expires !== undefined && { expires }),
    ...(point?.isOverdue === true && point.at !== undefined && { staleSince: point.at }),
  };
}

/** When the run, the launch or the first replication that a VM is in began, as far as the account tells. */
function startedAt(job: VmEntry['job'], stage: Stage, at: Instant): Instant {
  const run = job?.runs?.find(({ state }) => state === 'active' || state === 'pending');
  const milestone = job?.milestones?.at(-1)?.at;
  const start = stage === 'seeding' ? (job?.startsAt ?? job?.nextRunAt) : undefined;
  return run?.scheduledAt ?? start ?? milestone ?? at;
}

/** Why a VM goes no further before a person acts; undefined: it goes on by itself. */
function stuckReason(journey: VmJourney | undefined): string | undefined {
  if (journey === undefined) return undefined;
  const { decision, stage, detail } = journey;
  if (decision?.kind === 'refused') return decision.message;
  if (decision?.kind === 'wait' && decision.actor === 'person') return decision.reason;
  if (decision === undefined) return 'its job does not belong to the project';
  if (stage === 'failed' || stage === 'paused' || stage === 'ended')
    return detail === undefined ? `its job is ${stage}` : `its job is ${stage}: ${detail}`;
  return undefined;
}

/** The VMs with which a VM starts its cut-over together. */
export function groupOf(
  vm: DesiredVm,
  traits: ProviderTraits | undefined,
  entry: VmEntry | undefined,
): Pick<SimVm, 'group'> {
  const barrier = traits?.phases.barrier;
  const together = vm.advance?.together ?? 'application';
  if (barrier === undefined || together === 'each' || vm.after !== undefined) return {};
  if (together === 'wave') return { group: vm.wave };
  const application = barrier.applicationOf(vm, entry?.job);
  return application === undefined ? {} : { group: `${vm.wave} ${application}` };
}
