import { type Concern, raiseForVm } from '../core/concern.ts';
import { type DesiredVm, phaseOfWave, type Phases, type Target } from '../core/desired.ts';
import { isOwnedBy, type ObservedServer } from '../core/observed.ts';
import type { PhaseContext, ProviderTraits } from '../core/provider.ts';
import type { PhaseStatus, VmEntry } from '../core/status.ts';
import type { Instant } from '../core/time.ts';

/** What the phase of each VM of a target is decided by. */
export interface PhaseInput {
  readonly project: string;
  readonly target: Target;
  readonly traits: ProviderTraits;
  /** The phase of each wave of the project that names one, by wave name. */
  readonly phases: Phases;
}

/** What the provider's rules of phases need to know of a VM, beside its job. */
export function phaseContext(
  { phases, target }: PhaseInput,
  vm: DesiredVm,
  server: ObservedServer,
  now: Instant,
): PhaseContext {
  return { ...phaseOfWave(phases, vm.wave), vm, server, target, now };
}

/** The status of a VM's phase; neither part where there is nothing to say. */
export interface VmPhase {
  readonly status?: PhaseStatus;
  /** The phase is refused, or the last try of its next step has failed. */
  readonly concern?: Concern;
}

/** Says how far a VM of the manifests is on its way to its wave's phase, by the rules that a plan uses. */
export function phaseOfVm({ vm, server, job }: VmEntry, input: PhaseInput, now: Instant): VmPhase {
  const foreign = job !== undefined && !isOwnedBy(job, input.project);
  if (vm === undefined || server === undefined || foreign) return {};
  const { traits } = input;
  const context = phaseContext(input, vm, server, now);
  const { phase } = context;
  const next =
    job === undefined ? traits.phases.withoutJob(context) : traits.phases.next({ ...context, job });
  switch (next.kind) {
    case 'create':
      return phase === 'replicate'
        ? {}
        : { status: { phase, kind: 'waits', detail: 'waits for its replication job' } };
    case 'reached':
      if (phase === 'replicate') return {};
      return {
        status: { phase, kind: 'reached', ...(next.reason !== undefined && { detail: next.reason }) },
      };
    case 'step':
      return {
        status: { phase, kind: 'next', detail: next.step },
        ...(next.failure !== undefined && { concern: raiseForVm(next.failure.id, vm, next.failure) }),
      };
    case 'wait':
      return { status: { phase, kind: 'waits', detail: next.reason } };
    case 'refused':
      return { status: { phase, kind: 'refused' }, concern: raiseForVm(next.id, vm, next) };
  }
}
