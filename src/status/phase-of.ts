import type { Concern } from '../core/concern.ts';
import type { Target } from '../core/desired.ts';
import type { Instant } from '../core/instant.ts';
import { phaseIn, type Phases } from '../core/phase.ts';
import type { ProviderTraits } from '../core/provider.ts';
import { raiseForVm } from '../core/raise.ts';
import type { PhaseStatus, Subject } from '../core/status.ts';

/** What the status of a target's VMs is told by. */
export interface StatusContext {
  readonly project: string;
  readonly target: Target;
  readonly traits: ProviderTraits;
  /** How far each wave of the project is to go, by name. */
  readonly phases: Phases;
}

/** What the phases say of a VM: how far it is, and what there is to be concerned about. */
interface OnItsWay {
  readonly phase?: PhaseStatus;
  /** It is refused, or the last try has failed. */
  readonly concern?: Concern;
}

/** How far a VM of the manifests is on its way to its wave's phase, by the rules that a plan goes by. */
export function phaseOf(
  { vm, server, job, wave = '' }: Subject,
  { project, target, traits, phases }: StatusContext,
  now: Instant,
): OnItsWay {
  const said = phaseIn(phases, wave);
  const { phase } = said;
  const foreign = job !== undefined && job.owner?.project !== project;
  if (vm === undefined || server === undefined || foreign) return {};
  const verdict = traits.phases.next({ ...said, vm, server, job, target, now });
  switch (verdict?.kind) {
    case undefined:
      return phase === 'replicate'
        ? {}
        : { phase: { phase, kind: 'waits', words: 'waits for its replication job' } };
    case 'reached': {
      const { reason } = verdict;
      if (phase === 'replicate') return {};
      return { phase: { phase, kind: 'reached', ...(reason !== undefined && { words: reason }) } };
    }
    case 'step': {
      const { step, warning } = verdict;
      return {
        phase: { phase, kind: 'next', words: step },
        ...(warning !== undefined && { concern: raiseForVm(warning.id, vm, warning) }),
      };
    }
    case 'wait':
      return { phase: { phase, kind: 'waits', words: verdict.reason } };
    case 'refused':
      return { phase: { phase, kind: 'refused' }, concern: raiseForVm(verdict.id, vm, verdict) };
  }
}
