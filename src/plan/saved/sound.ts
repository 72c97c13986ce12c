import type { Change } from '../../core/plan.ts';
import { isDeed } from '../../core/plan.ts';
import { keyOf } from './drift.ts';
import type { Precondition, SavedPlan } from './saved-plan.ts';

/**
 * Why a saved plan cannot be one that was made here; undefined: nothing speaks against it. Ownership holds for any
 * file (design, rule 1): a plan that would update or delete a job which is not the project's is refused.
 */
export function unsoundness({ plan, preconditions }: SavedPlan): string | undefined {
  const deeds = plan.changes.filter(isDeed);
  const targets = new Set(plan.targets.map(({ name }) => name));
  const grounds = new Map(preconditions.map((precondition) => [keyOf(precondition), precondition]));
  if (new Set(deeds.map(keyOf)).size !== deeds.length) return 'an address stands twice';
  if (preconditions.length !== deeds.length || grounds.size !== deeds.length) {
    return 'changes and preconditions do not match';
  }
  for (const change of deeds) {
    const ground = grounds.get(keyOf(change));
    const wrong =
      ground === undefined || !targets.has(change.target)
        ? 'has no precondition or no target'
        : wrongGround(change, ground, plan.project);
    if (wrong !== undefined) return `${change.address} ${wrong}`;
  }
  return undefined;
}

function wrongGround(change: Change, { server, jobs }: Precondition, project: string): string | undefined {
  const { action, id, owner, serverId, fields } = change;
  if (owner.project !== project) return `is for a job of project "${owner.project}"`;
  if (server.serverId !== serverId) return 'has the precondition of another server';
  if (action === 'create') return jobs.length === 0 ? undefined : 'would create a second job';

  const job = jobs.find((one) => one.id === id);
  if (job === undefined) return 'is about a job that its server does not have';
  const adopts =
    action === 'update' && job.owner === undefined && fields.some(({ field }) => field === 'owner');
  return adopts || job.owner?.project === project
    ? undefined
    : `is about ${job.id}, which is not the project's`;
}
