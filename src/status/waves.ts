import type { JobState } from '../core/observed.ts';
import type { VmStatus, WaveStatus } from '../core/status.ts';

/** The counts of each wave, in the order in which its first VM comes. Jobs of others belong to no wave. */
export function summariseWaves(vms: readonly VmStatus[]): readonly WaveStatus[] {
  const groups = new Map<string, { target: string; wave: string; vms: VmStatus[] }>();
  for (const vm of vms) {
    const { target, wave } = vm;
    if (wave === undefined) continue;
    const key = JSON.stringify([target, wave]);
    const group = groups.get(key) ?? { target, wave, vms: [] };
    group.vms.push(vm);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ target, wave, vms: members }) => ({ target, wave, ...count(members) }));
}

function count(vms: readonly VmStatus[]): Omit<WaveStatus, 'target' | 'wave'> {
  const many = (counts: (vm: VmStatus) => boolean): number => vms.filter(counts).length;
  const jobs: Partial<Record<JobState, number>> = {};
  for (const { job } of vms) if (job !== undefined) jobs[job.state] = (jobs[job.state] ?? 0) + 1;
  return {
    vms: vms.length,
    jobs,
    withoutJob: many(({ job }) => job === undefined),
    unlisted: many(({ vm }) => vm === undefined),
    running: many(({ run }) => run?.state === 'active'),
    waiting: many(({ run }) => run?.state === 'pending'),
    withAmi: many(({ latestAmiId }) => latestAmiId !== undefined),
    withInstance: many(({ progress }) => progress?.instanceId !== undefined),
  };
}
