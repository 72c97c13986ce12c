import { isActive, type ObservedJob, type Owner } from '../core/observed.ts';
import type { DeleteChange } from '../core/plan.ts';
import type { ResolvedVms } from '../journey/resolve.ts';
import { serverOf, type Servers } from '../journey/servers.ts';
import { guardEmpty, guardUnresolved, type PartialPlan, protectWaves } from './guards.ts';
import { isSelected, type TargetInput } from './input.ts';

/**
 * Deletes the jobs that carry our marker and whose server is no VM of the manifests, as far as the selection goes.
 * A delete that might be a mistake is shown and blocked.
 */
export function planDeletes(
  input: TargetInput,
  servers: Servers,
  resolved: ResolvedVms,
): PartialPlan<DeleteChange> {
  const { jobs, unfinished = [] } = input.observed;
  const undesired = [...jobs, ...unfinished].flatMap((job): readonly DeleteChange[] => {
    const { owner } = job;
    if (owner?.project !== input.project || !input.overlapping.mayDelete(owner.wave)) return [];
    const { serverId, name, path } = serverOf(job, servers);
    if (resolved.byServer.has(serverId)) return [];
    const address = `${owner.wave}/${name ?? path ?? serverId}`;
    const whole = deleteChange(input, address, serverId, owner, job);
    const change = unfinished.includes(job) ? { ...whole, effects: UNFINISHED_EFFECTS } : whole;
    return isSelected(input.selection, change) ? [change] : [];
  });
  const taken = new Set(input.vms.map(({ address }) => address));
  const guarded = guardEmpty(input, guardUnresolved(input, resolved, makeAddressesUnique(undesired, taken)));
  return protectWaves(input, guarded);
}

const UNFINISHED_EFFECTS = ['its creation was cut off: nothing replicates yet'] as const;

function deleteChange(
  { target, traits }: TargetInput,
  address: string,
  serverId: string,
  owner: Owner,
  job: ObservedJob,
): DeleteChange {
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
function makeAddressesUnique(
  changes: readonly DeleteChange[],
  taken: ReadonlySet<string>,
): readonly DeleteChange[] {
  const counts = new Map<string, number>();
  for (const { address } of changes) counts.set(address, (counts.get(address) ?? 0) + 1);
  return changes.map((change) => {
    const { address, id } = change;
    const unique = counts.get(address) === 1 && !taken.has(address);
    return unique ? change : { ...change, address: `${address}#${id}` };
  });
}
