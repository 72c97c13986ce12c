import type { Phase } from '../core/desired.ts';
import type { Stage } from '../core/journey.ts';
import { hasProblem, type Status, type VmStatus } from '../core/status.ts';
import type { PlanInput } from './input.ts';
import { summarise } from './status.ts';

/** What narrows a status; all parts hold together. Empty: nothing. */
export interface StatusFilter {
  /** Only VMs in these stages. */
  readonly stage?: readonly Stage[];
  /** Only VMs that have a concern, or that need a person. */
  readonly problems?: boolean;
  /** Only VMs of the manifests that are not ready for this phase. */
  readonly notReady?: Phase;
}

/** Leaves out the VMs that do not match, and counts the others. Pure. */
export function filterStatus(
  status: Status,
  { stage, problems, notReady }: StatusFilter,
  input: Pick<PlanInput, 'observed' | 'traits'>,
): Status {
  if (stage === undefined && problems !== true && notReady === undefined) return status;
  const candidates = status.vms.filter(
    (vm) =>
      (stage === undefined || stage.includes(vm.stage)) &&
      (problems !== true || hasProblem(vm)) &&
      (notReady === undefined || vm.vm !== undefined || vm.isLeftOut === true),
  );
  const vms = candidates.flatMap((vm): readonly VmStatus[] => {
    if (notReady === undefined) return [vm];
    const reasons = notReadyReasons(vm, notReady, input);
    return reasons.length === 0 ? [] : [{ ...vm, notReady: reasons }];
  });
  const before = notReady === undefined ? status.vms.filter(({ vm }) => vm !== undefined) : candidates;
  return {
    ...status,
    ...summarise(vms),
    filtered: { total: before.length, ...(notReady !== undefined && { notReadyFor: notReady }) },
  };
}

/** Lists why a VM is not ready for a phase: its service's reasons, or else the concern that blocks it. */
function notReadyReasons(
  vm: VmStatus,
  phase: Phase,
  { observed, traits }: Pick<PlanInput, 'observed' | 'traits'>,
): readonly string[] {
  const account = observed.get(vm.target);
  const service = traits.get(vm.target);
  const { server, job, problem, next } = vm;
  if (account === undefined || service === undefined) return [];
  if (vm.isLeftOut === true) return ['the file of its wave has errors'];
  if (server === undefined) return [problem?.message ?? `it is not in the ${service.inventory.name}`];
  if (!service.phases.phases.includes(phase)) return [`its service has no phase "${phase}"`];
  const connectorProblem = service.connectorProblem?.(server, account);
  const reasons = service.phases.notReady({
    ...{ phase, stage: vm, now: account.at },
    ...(job !== undefined && { job }),
    ...(vm.vm?.advance !== undefined && { advance: vm.vm.advance }),
    ...(connectorProblem !== undefined && { connectorProblem }),
  });
  if (reasons.length > 0) return reasons;
  // Concerns about phases are about the phase that the wave has now.
  const { concern } = next;
  return concern === undefined || concern.startsWith('phase.') ? [] : [next.text];
}
