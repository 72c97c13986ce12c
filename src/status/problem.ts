import type { DesiredVm } from '../core/desired.ts';
import type { Observed } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Subject } from '../core/status.ts';
import { ambiguousVm, mismatchedVm, sameServer, unknownVm } from '../plan/identity-concerns.ts';
import type { Resolved } from '../plan/resolve-all.ts';

/**
 * Why it is not certain which server a VM is, in a plan's words. A catalogue that is not there knows no VM: that is
 * said once for the target, not for each of its VMs.
 */
export function problemOf(
  vm: DesiredVm,
  { problems, rivals, byServer }: Resolved,
  { catalog }: Observed,
  inventory: ProviderTraits['inventory'],
): Pick<Subject, 'problem'> {
  const shared = rivals.get(vm);
  if (shared !== undefined) return { problem: sameServer(vm, shared, byServer.get(shared.serverId) ?? []) };
  const problem = problems.get(vm);
  switch (problem?.kind) {
    case 'ambiguous':
      return { problem: ambiguousVm(vm, problem.candidates) };
    case 'mismatch':
      return { problem: mismatchedVm(vm, problem.server, problem.disagrees) };
    case 'unknown':
      return catalog === 'available' ? { problem: unknownVm(vm, problem.near, inventory) } : {};
    case undefined:
      return {};
  }
}
