import type { Concern } from '../core/concern.ts';
import type { ConcernId } from '../core/concern-ids.ts';
import type { Change } from '../core/plan.ts';
import { isDeed } from '../core/plan.ts';
import type { Guard, TargetInput } from './input.ts';
import { isOurs } from './jobs.ts';
import type { Part } from './part.ts';
import { raiseForTarget } from '../core/raise.ts';

/** A target with fewer managed jobs is not guarded: there, one job is a large part. */
const FEWEST = 10;

/**
 * Refuses a run that deletes or updates a larger part of a target's managed jobs than it may, as the sign of a
 * mistake: a glob that fits nothing any more, an edit of defaults that meant one wave. A replaced job counts as
 * deleted. All jobs of the target are held against what this run does, however far it is narrowed.
 */
export function guardChanges(input: TargetInput, changes: readonly Change[]): Part {
  const managed = new Set(
    input.observed.jobs.filter((job) => isOurs(job, input.project)).map(({ id }) => id),
  );
  if (managed.size < FEWEST) return { changes, concerns: [] };

  // A job that is adopted is not one of ours yet.
  const touched = changes.filter((change) => isDeed(change) && managed.has(change.id ?? ''));
  const counts: Record<Guard, number> = { deletes: 0, updates: 0 };
  for (const { action } of touched) {
    if (action === 'delete' || action === 'replace') counts.deletes += 1;
    else if (action === 'update') counts.updates += 1;
  }
  const { maxDeletes, maxUpdates } = input.target.guards;
  const concerns = [
    ...judge(input, 'deletes', counts.deletes, managed.size, maxDeletes),
    ...judge(input, 'updates', counts.updates, managed.size, maxUpdates),
  ];
  return concerns.length === 0 ? { changes, concerns } : { changes: refuse(changes, concerns), concerns };
}

const RULES: Readonly<Record<Guard, { readonly id: ConcernId; readonly deed: string }>> = {
  deletes: { id: 'guard.max-deletes', deed: 'deleted or replaced' },
  updates: { id: 'guard.max-updates', deed: 'updated' },
};

function judge(
  { target: { name, place }, force }: TargetInput,
  guard: Guard,
  count: number,
  managed: number,
  limit: number,
): readonly Concern[] {
  const share = count / managed;
  if (share <= limit || force.includes(guard)) return [];
  const { id, deed } = RULES[guard];
  const concern = raiseForTarget(id, name, {
    message: `${count} of the ${managed} managed jobs of target "${name}" would be ${deed}: ${percent(share)}, and one run may do that to ${percent(limit)}`,
    remedy: `look for a mistake in the manifests; if it is meant, run with --force=${guard}`,
    place,
  });
  return [concern];
}

/** Blocks everything that the run would do on the target: what a mistake wants is not worth doing in part. */
function refuse(changes: readonly Change[], concerns: readonly Concern[]): readonly Change[] {
  const ids = concerns.map(({ id }) => id);
  return changes.map((change) => {
    return isDeed(change) ? { ...change, blockedBy: ids } : change;
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
