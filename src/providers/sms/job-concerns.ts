import { type Concern, raiseForVm } from '../../core/concern.ts';
import type { DesiredVm } from '../../core/desired.ts';
import type { ObservedJob } from '../../core/observed.ts';

/** What a reviewer must know of the state of a job that a plan does not replace. */
export function jobConcerns(vm: DesiredVm, { id, state, statusMessage }: ObservedJob): readonly Concern[] {
  const words = statusMessage === undefined ? '' : `: ${statusMessage}`;
  const replace = `run \`landfall apply --replace ${shellWord(vm.address)}\` to start it anew`;
  switch (state) {
    case 'failed':
      return [
        raiseForVm('job.failed', vm, {
          message: `replication job ${id} of ${vm.address} has failed${words}`,
          remedy: `mend the cause, then ${replace}`,
        }),
      ];
    case 'paused':
      return [
        raiseForVm('job.paused', vm, {
          message: `replication job ${id} of ${vm.address} is paused after failures${words}`,
          remedy: `resume it in the console within four days of its pause, before AWS deletes it; or mend the cause, then ${replace}`,
        }),
      ];
    case 'completed':
      return [
        raiseForVm('job.ended', vm, {
          message: `replication job ${id} of ${vm.address} repeats, but has completed: it replicates no longer`,
          remedy: `${replace}, or take the VM out of the manifests if it has been migrated`,
        }),
      ];
    case 'pending':
    case 'active':
    case 'failing':
    case 'unknown':
      return [];
  }
}

/** An address as a shell takes it: names of VMs may hold spaces. */
function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
