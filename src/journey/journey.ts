import { type Concern, raiseForVm } from '../core/concern.ts';
import { type DesiredVm, isEarlierPhase, phaseOfWave, type Phases, type Target } from '../core/desired.ts';
import type { VmStage } from '../core/journey.ts';
import type { Observed } from '../core/observed.ts';
import type { PhaseContext, PhaseDecision, PhaseWithoutJob, ProviderTraits } from '../core/provider.ts';
import type { JourneySubject } from './resolve.ts';
import { ownershipConcern } from './vm-concerns.ts';

/** What the journey of each VM of a target is found from. */
export interface JourneyInput {
  readonly project: string;
  readonly target: Target;
  readonly traits: ProviderTraits;
  /** The phase of each wave of the project that names one, by wave name. */
  readonly phases: Phases;
  readonly observed: Observed;
}

/** Where a VM stands, and what it does next to get to its wave's phase. */
export interface VmJourney extends VmStage {
  /** Absent: no manifest names it, or its job belongs to somebody else. */
  readonly decision?: PhaseDecision | PhaseWithoutJob;
  /** What a reviewer must know of the VM and its job, in this stage. */
  readonly concerns: readonly Concern[];
  /** Why the service cannot replicate the VM now; absent: it can. */
  readonly connectorProblem?: string;
}

/**
 * Finds where a VM stands and what it does next, by the rules of its service: the one answer for plan, drift, status and
 * reports. Pure.
 */
export function journeyOf(input: JourneyInput, subject: JourneySubject): VmJourney {
  const { project, target, phases, observed, traits } = input;
  const { vm, server, job, past } = subject;
  const without = { project, server, past, observed };
  const stage = traits.stageOf(job === undefined ? without : { job, ...without });
  if (vm === undefined) return { ...stage, concerns: [] };
  const foreign = job === undefined ? undefined : ownershipConcern(vm, job, project);
  if (foreign !== undefined) return { ...stage, concerns: [foreign] };
  const connectorProblem = traits.connectorProblem?.(server, observed);
  const { phase, isDefault } = phaseOfWave(phases, vm.wave);
  // What becomes of the job after the cut-over does not matter.
  const isOver = stage.stage === 'cut-over' && !isEarlierPhase(phase, 'cutover');
  const ofJob =
    job === undefined || isOver || traits.isDone(vm, job)
      ? []
      : traits.jobConcerns(vm, job, stage, observed.at);
  const context: { -readonly [Part in keyof PhaseContext]: PhaseContext[Part] } = {
    phase,
    vm,
    server,
    target,
    now: observed.at,
    stage,
  };
  if (isDefault !== undefined) context.isDefault = isDefault;
  if (connectorProblem !== undefined) context.connectorProblem = connectorProblem;
  const decision =
    job === undefined ? traits.phases.withoutJob(context) : traits.phases.next({ job, ...context });
  const ofPhase = phaseConcern(vm, decision);
  // A VM whose phase is refused has no other concerns: theirs would say the same.
  const isRefused = decision.kind === 'refused' || ('concern' in decision && decision.concern !== undefined);
  const concerns = isRefused ? ofPhase : [...ofJob, ...ofPhase];
  // What is spread comes last: the other way round takes six times as long.
  return connectorProblem === undefined
    ? { decision, concerns, ...stage }
    : { connectorProblem, decision, concerns, ...stage };
}

/** The concern that the next step of a VM raises: it is refused, is a second try, or starts all over. */
function phaseConcern(vm: DesiredVm, decision: PhaseDecision | PhaseWithoutJob): readonly Concern[] {
  switch (decision.kind) {
    case 'refused':
      return [raiseForVm(decision.id, vm, decision)];
    case 'step':
    case 'reached':
      return decision.failure === undefined ? [] : [raiseForVm(decision.failure.id, vm, decision.failure)];
    case 'create':
      return decision.warning === undefined ? [] : [raiseForVm(decision.warning.id, vm, decision.warning)];
    case 'wait': {
      return 'concern' in decision ? [raiseForVm(decision.concern.id, vm, decision.concern)] : [];
    }
  }
}
