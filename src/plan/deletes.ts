import { isActive, type ObservedJob } from '../core/observed.ts';
import type { DeleteChange } from '../core/plan.ts';
import { type MatchedTarget, type UnlistedJob, unlistedJobs } from '../journey/resolve.ts';
import { guardEmpty, guardUnmatched, guardUnresolved, type PartialPlan, protectWaves } from './guards.ts';
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
  return protectWaves(input, guardEmpty(input, guardUnmatched(input, resolved)));
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
