import { raiseForTarget } from '../core/concern.ts';
import { addToGroup, summarizeList } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import { isActive, type ObservedJob } from '../core/observed.ts';
import { type DeleteChange, withBlocks } from '../core/plan.ts';
import { possibleServers } from '../journey/find-server.ts';
import { type MatchedTarget, type UnlistedJob, unlistedJobs } from '../journey/resolve.ts';
import type { Servers } from '../journey/servers.ts';
import { protectWaves } from './destructions.ts';
import { guardEmpty, guardUnmatched, guardUnresolved, type PartialPlan } from './guards.ts';
import { isSelected, type TargetInput } from './input.ts';

/**
 * Deletes the selected jobs that carry the project's marker and whose server is no VM of the manifests. A delete that
 * may be a mistake is shown and blocked.
 */
export function planDeletes(input: TargetInput, matched: MatchedTarget): PartialPlan<DeleteChange> {
  const { observed, overlapping, project, vms, selection } = input;
  const { jobs, unfinished = [] } = observed;
  const cutOff = new Set(unfinished);
  const deletes = unlistedJobs([...jobs, ...unfinished], matched, overlapping, project, vms)
    .flatMap((unlisted) => deleteChange(input, unlisted, cutOff) ?? [])
    .filter((change) => isSelected(selection, change));
  const resolved = guardUnresolved(input, matched.listed, deletes);
  const unmoved = guardMoved(input, matched.servers, guardUnmatched(input, resolved));
  return protectWaves(input, guardEmpty(input, unmoved));
}

const MOVED = 'delete.target-unreachable';

/**
 * Blocks the deletes of jobs whose wave, or whose VM, the manifests have on a target that could not be read: the VM would
 * lose its replication here before it has one there. Raises one concern for each wave of the deleted jobs and each target.
 */
function guardMoved(
  { target, unread }: TargetInput,
  servers: Servers,
  { changes, concerns }: PartialPlan<DeleteChange>,
): PartialPlan<DeleteChange> {
  if (changes.length === 0) return { changes, concerns };
  const ofWave = new Map(unread.waves.map((wave) => [wave.name, wave.target]));
  const ofServer = new Map(
    unread.vms.flatMap((vm) =>
      possibleServers(vm.reference, servers).map(({ serverId }) => [serverId, vm.target] as const),
    ),
  );
  const held = new Map<string, DeleteChange[]>();
  const guarded = changes.map((change) => {
    const home = ofServer.get(change.serverId) ?? ofWave.get(change.wave);
    if (home === undefined) return change;
    addToGroup(held, JSON.stringify([change.wave, home]), change);
    return withBlocks(change, [MOVED]);
  });
  const raised = [...held].map(([key, deletes]) => {
    const [wave, home] = JSON.parse(key) as readonly [string, string];
    const count = deletes.length === 1 ? '1 delete' : `${deletes.length} deletes`;
    return raiseForTarget(MOVED, target.name, {
      message: `${count} of wave "${wave}" held back, as the manifests have the VMs on target ${home}, which could not be read: ${summarizeList(deletes.map(fullName))}`,
      remedy: `plan again once target ${home} can be read: the jobs are deleted when the VMs can start there`,
    });
  });
  return { changes: guarded, concerns: [...concerns, ...raised] };
}

const UNFINISHED_EFFECTS = ['its creation was cut off: nothing replicates yet'] as const;

/** The delete of a job; undefined where the job is not the project's. */
function deleteChange(
  { target, traits }: TargetInput,
  { address, label, wave, server, job }: UnlistedJob,
  unfinished: ReadonlySet<ObservedJob>,
): DeleteChange | undefined {
  const { id, owner, settings } = job;
  if (wave === undefined || owner === undefined) return undefined;
  const activeBefore = isActive(job);
  return {
    address,
    ...(label !== undefined && { label }),
    target: target.name,
    wave,
    action: 'delete',
    id,
    serverId: server.serverId,
    owner,
    settings,
    fields: [],
    reason: 'no longer in any manifest',
    effects: unfinished.has(job) ? UNFINISHED_EFFECTS : traits.effects('delete', target, job),
    activeBefore,
    ...(!unfinished.has(job) &&
      traits.disconnects?.(target, job) === true && { destroys: 'disconnect' as const }),
    ...(activeBefore && traits.replicatesOn?.(target) === true && { replicatesOn: true }),
    blockedBy: [],
  };
}
