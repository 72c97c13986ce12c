import type { Concern } from '../core/concern.ts';
import { ambiguousVm, mismatchedVm, sameServer, unknownVm } from './identity-concerns.ts';
import type { TargetInput } from './input.ts';
import type { Resolved } from './resolve-all.ts';
import { selects } from './select.ts';

/**
 * What there is to say of the selected VMs whose server is not certain; and how many the account cannot know, since
 * its own inventory is not there.
 */
export function uncertainVms(
  { traits, observed, selection }: TargetInput,
  { problems, rivals, byServer }: Resolved,
): { readonly concerns: readonly Concern[]; readonly missing: number } {
  const concerns: Concern[] = [];
  let missing = 0;
  for (const [vm, problem] of problems) {
    if (!selects(selection, vm)) continue;
    if (problem.kind === 'ambiguous') concerns.push(ambiguousVm(vm, problem.candidates));
    else if (problem.kind === 'mismatch') concerns.push(mismatchedVm(vm, problem.server, problem.disagrees));
    else if (observed.catalog === 'available') concerns.push(unknownVm(vm, problem.near, traits.inventory));
    else missing += 1;
  }
  for (const [vm, server] of rivals) {
    if (selects(selection, vm)) concerns.push(sameServer(vm, server, byServer.get(server.serverId) ?? []));
  }
  return { concerns, missing };
}
