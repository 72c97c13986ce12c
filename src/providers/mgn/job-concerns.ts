import { type Concern, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';

/** What a reviewer must know of the state that a source server's replication is in. */
export function jobConcerns(
  vm: DesiredVm,
  { id, state, statusMessage, facts }: ObservedJob,
): readonly Concern[] {
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  switch (state) {
    case 'failing':
      return [
        raiseForVm('job.stalled', vm, {
          message: `the replication of ${vm.address} (${id}) has stalled${words}`,
          remedy:
            'mend the cause; the service goes on by itself, or with "Retry data replication" in the console',
        }),
      ];
    case 'paused':
      // What is stopped is started again by its next step, and the plan shows that.
      return facts?.['replication'] === 'STOPPED'
        ? []
        : [
            raiseForVm('job.paused', vm, {
              message: `the replication of ${vm.address} (${id}) is paused${words}`,
              remedy: 'resume it in the console: what is paused was paused by somebody',
            }),
          ];
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `${vm.address} (${id}) is disconnected, and was never cut over${words}`,
          remedy:
            'delete the source server, so that the service discovers the VM anew, or take the VM out of the manifests',
        }),
      ];
    case 'completed':
    case 'pending':
    case 'active':
    case 'unknown':
      return [];
  }
}
