import type { ObservedJob, Owner } from '../core/observed.ts';
import { isActive } from '../core/observed.ts';
import type { Change } from '../core/plan.ts';
import { guardEmpty, guardUnresolved } from './delete-guards.ts';
import type { TargetInput } from './input.ts';
import { protectWaves } from './protect.ts';
import type { Part } from './part.ts';
import type { Resolved } from './resolve-all.ts';
import { selects } from './select.ts';
import type { Servers } from './servers.ts';
import { serverOf } from './servers.ts';

/**
 * Deletes the jobs that carry our marker and whose server is no VM of the manifests, as far as the selection goes.
 * A delete that might be a mistake is shown and blocked.
 */
export function planDeletes(input: TargetInput, servers: Servers, resolved: Resolved): Part {
  const { jobs, unfinished = [] } = input.observed;
  const undesired = [...jobs, ...unfinished].flatMap((job): readonly Change[] => {
    const { owner } = job;
    if (owner?.project !== input.project || !input.neighbours.mayDelete(owner.wave)) return [];
    const { serverId, name, path } = serverOf(job, servers);
    if (resolved.byServer.has(serverId)) return [];
    const address = `${owner.wave}/${name ?? path ?? serverId}`;
    const whole = deleteJob(input, address, serverId, owner, job);
    const change = unfinished.includes(job) ? { ...whole, effects: NOTHING_YET } : whole;
    return selects(input.selection, change) ? [change] : [];
  });
  const taken = new Set(input.vms.map(({ address }) => address));
  const guarded = guardEmpty(input, guardUnresolved(input, resolved, distinguish(undesired, taken)));
  return protectWaves(input, guarded);
}

const NOTHING_YET = ['its creation was cut off: nothing replicates yet'] as const;

function deleteJob(
  { target, traits }: TargetInput,
  address: string,
  serverId: string,
  owner: Owner,
  job: ObservedJob,
): Change {
  return {
    address,
    target: target.name,
    wave: owner.wave,
    action: 'delete',
    id: job.id,
    serverId,
    owner,
    settings: job.settings,
    fields: [],
    reason: 'no longer in any manifest',
    effects: traits.effects('delete', target, job),
    activeBefore: isActive(job),
    ...(isActive(job) && traits.replicatesOn?.(target) === true && { replicatesOn: true }),
    blockedBy: [],
  };
}

/** Adds the job's id to addresses that several deletes share, or that a VM of the manifests has. */
function distinguish(changes: readonly Change[], taken: ReadonlySet<string>): readonly Change[] {
  const counts = new Map<string, number>();
  for (const { address } of changes) counts.set(address, (counts.get(address) ?? 0) + 1);
  return changes.map((change) => {
    const { address, id = '' } = change;
    const unique = counts.get(address) === 1 && !taken.has(address);
    return unique ? change : { ...change, address: `${address}#${id}` };
  });
}
