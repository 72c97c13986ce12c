import type { DesiredWave } from '../core/desired.ts';
import type { ObservedJob } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { Capacity, Change } from '../core/plan.ts';
import type { Gauge } from './gauge.ts';
import { fits, fullReason, newGauge, toCapacity } from './gauge.ts';
import type { TargetInput } from './input.ts';
import type { Resolved } from './resolve-all.ts';
import type { Servers } from './servers.ts';
import { serverOf } from './servers.ts';

/**
 * Lets as many jobs start as the caps of the target and its waves leave room for (design, rule 3), in the order in
 * which `changes` come, and defers the rest; a VM that one cap turns down takes nothing from the other. Counts every active job of the account, ours or not, selected or not.
 * A blocked change takes no slot and frees none.
 */
export function applyCaps(
  input: TargetInput,
  waves: readonly DesiredWave[],
  servers: Servers,
  resolved: Resolved,
  changes: readonly Change[],
): { readonly changes: readonly Change[]; readonly capacity: readonly Capacity[] } {
  const { target, observed } = input;
  const whole = newGauge(target.name, target.limits.activeReplications);
  const ofWave = new Map<string, Gauge>();
  for (const { name, limits } of waves) {
    if (limits.activeReplications !== undefined) {
      ofWave.set(name, newGauge(target.name, limits.activeReplications, name));
    }
  }

  const gaugesOf = new Map<string, readonly Gauge[]>();
  for (const job of observed.jobs.filter(isActive)) {
    const counted = wavesOf(job, input, servers, resolved);
    const gauges = [whole, ...[...counted].flatMap((wave) => ofWave.get(wave) ?? [])];
    gaugesOf.set(job.id, gauges);
    for (const gauge of gauges) gauge.active += 1;
  }
  for (const { id, replicatesOn } of changes.filter(freesSlot)) {
    for (const gauge of gaugesOf.get(id ?? '') ?? []) {
      // It is no job of its wave any more, and a replication of the account all the same.
      if (gauge !== whole || replicatesOn !== true) gauge.deleted += 1;
    }
  }

  const capped = changes.map((change): Change => {
    if (!startsJob(change)) return change;
    // Where both are full, the wave's is named: it is the narrower.
    const gauges = [ofWave.get(change.wave), whole].filter((gauge) => gauge !== undefined);
    const full = gauges.find((gauge) => !fits(gauge, change));
    if (full !== undefined) {
      full.deferred += 1;
      return { ...change, action: 'defer', reason: fullReason(full), effects: [] };
    }
    for (const gauge of gauges) gauge[change.activeBefore ? 'renewed' : 'started'] += 1;
    if (change.activeBefore) {
      for (const gauge of gaugesOf.get(change.id ?? '') ?? []) gauge.replaced += 1;
    }
    return change;
  });
  return { changes: capped, capacity: [whole, ...ofWave.values()].map(toCapacity) };
}

/** The waves whose caps an active job counts against: its marker's, and those of the VMs that stand on its server. */
function wavesOf(
  job: ObservedJob,
  { project }: TargetInput,
  servers: Servers,
  { byServer }: Resolved,
): ReadonlySet<string> {
  const waves = new Set((byServer.get(serverOf(job, servers).serverId) ?? []).map(({ wave }) => wave));
  if (job.owner?.project === project) waves.add(job.owner.wave);
  return waves;
}

function freesSlot({ action, blockedBy }: Change): boolean {
  return action === 'delete' && blockedBy.length === 0;
}

function startsJob({ action, blockedBy }: Change): boolean {
  return (action === 'create' || action === 'replace') && blockedBy.length === 0;
}
