import type { Concern } from '../core/concern.ts';
import type { DesiredVm } from '../core/desired.ts';
import type { ObservedJob } from '../core/observed.ts';
import { raiseForVm } from '../core/raise.ts';

/**
 * Refuses a job that the project does not own (design, rule 1). A wave that says `adopt` takes over a job that
 * nobody's marker claims; a job of another project is never taken over, and one that has completed or failed cannot
 * be changed any more, not even to carry our marker.
 */
export function refuseJob(vm: DesiredVm, job: ObservedJob, project: string): Concern | undefined {
  const { owner, id } = job;
  if (owner?.project === project) return undefined;
  if (owner !== undefined) {
    return raiseForVm('job.unmanaged', vm, {
      message: `${vm.address} already has replication job ${id} of project "${owner.project}"`,
      remedy: vm.adopt
        ? `take the VM out of that project first: adopt never takes over a job of another project`
        : `take the VM out of the manifests of one of the two projects`,
    });
  }
  if (job.state === 'completed' || job.state === 'failed') {
    return raiseForVm('job.unmanaged', vm, {
      message: `${vm.address} already has replication job ${id}, which no project owns and which has ${job.state}`,
      remedy: 'take the VM out of the manifests, or delete the job if the VM is to be replicated again',
    });
  }
  if (vm.adopt) return undefined;
  return raiseForVm('job.unmanaged', vm, {
    message: `${vm.address} already has replication job ${id}, which no project owns`,
    remedy: 'set `adopt: true` on the wave to take the job over, or take the VM out of the manifests',
  });
}
