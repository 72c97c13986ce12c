import type { Target } from '../../core/desired.ts';
import type { Observed } from '../../core/observed.ts';
import { isActive } from '../../core/observed.ts';
import type { Capacity, Plan } from '../../core/plan.ts';
import { append } from '../append.ts';
import { indexServers, serverOf } from '../servers.ts';

/**
 * The caps of a saved plan with what is active now: what is unrelated to the plan may have taken slots since. Of a
 * target's limit then and now the lower one holds.
 */
export function recount(
  plan: Plan,
  targets: readonly Target[],
  observed: ReadonlyMap<string, Observed>,
): readonly Capacity[] {
  const counts = new Map(
    [...observed].map(([target, account]) => [target, countActive(plan, target, account)]),
  );
  return plan.capacity.map((capacity) => {
    const { target, wave, of } = capacity;
    const count = counts.get(target);
    if (count === undefined) return capacity;
    const { limits } = targets.find(({ name }) => name === target) ?? {};
    if (of !== undefined) {
      const running = observed.get(target)?.jobsRunning?.[of === 'jobs' ? 'jobs' : 'servers'] ?? 0;
      const limit = (of === 'jobs' ? limits?.activeJobs : limits?.serversInJobs) ?? capacity.limit;
      return { ...capacity, limit: Math.min(capacity.limit, limit), active: running };
    }
    if (wave !== undefined) return { ...capacity, active: count.ofWave.get(wave) ?? 0 };
    const now = limits?.activeReplications ?? capacity.limit;
    return { ...capacity, limit: Math.min(capacity.limit, now), active: count.whole };
  });
}

/** A job counts for the wave in its marker, and for the wave whose VM, in the plan, stands on its server. */
function countActive(
  { project, changes }: Plan,
  target: string,
  account: Observed,
): { readonly whole: number; readonly ofWave: ReadonlyMap<string, number> } {
  const standing = new Map<string, string[]>();
  for (const change of changes) if (change.target === target) append(standing, change.serverId, change.wave);
  const servers = indexServers(account);
  const active = account.jobs.filter(isActive);
  const ofWave = new Map<string, number>();
  for (const job of active) {
    const waves = new Set(standing.get(serverOf(job, servers).serverId));
    if (job.owner?.project === project) waves.add(job.owner.wave);
    for (const wave of waves) ofWave.set(wave, (ofWave.get(wave) ?? 0) + 1);
  }
  return { whole: active.length, ofWave };
}
