// An account in memory, as strict as the service: what a plan asks for is done, or refused with an error.
import type { Observed, ObservedJob } from '../../src/core/observed.ts';
import { isActive } from '../../src/core/observed.ts';
import type { Change, Plan } from '../../src/core/plan.ts';
import { PROJECT, unmarked } from './plan-input.ts';
import type { Manner } from './samples.ts';

/** Carries a plan out on what was observed: deletes first, then the rest, as an apply does. */
export function carryOut(plan: Plan, observed: Observed, limit: number): Observed {
  const jobs = new Map(observed.jobs.map((job) => [job.id, job]));
  const runnable = plan.changes.filter(({ blockedBy }) => blockedBy.length === 0);
  const deletes = runnable.filter(({ action }) => action === 'delete');
  for (const { id = '', replicatesOn } of deletes) {
    const job = jobs.get(id);
    remove(jobs, id);
    if (replicatesOn === true && job !== undefined) jobs.set(id, unmarked(job));
  }
  for (const change of runnable) run(change, jobs, observed, limit);
  return { ...observed, jobs: [...jobs.values()] };
}

/** Lets time pass: every job that is to come to an end and is active completes; so does what others run. */
export function advance(observed: Observed, manner: Manner): Observed {
  const { ending } = manner;
  const ends = ({ settings, owner }: ObservedJob): boolean =>
    owner?.project !== PROJECT || Object.entries(ending).every(([name, value]) => settings[name] === value);
  const jobs = observed.jobs.map((job): ObservedJob => {
    if (!isActive(job) || !ends(job)) return job;
    const known = manner.facts('completed');
    return { ...job, state: 'completed', ...(known !== undefined && { facts: known }) };
  });
  return { ...observed, jobs };
}

function run(change: Change, jobs: Map<string, ObservedJob>, observed: Observed, limit: number): void {
  const { action, id = '' } = change;
  if (action === 'replace') remove(jobs, id);
  if (action === 'create' || action === 'replace') create(change, jobs, observed, limit);
  if (action === 'update') {
    const job = jobs.get(id);
    if (job === undefined || job.state === 'completed') throw new Error(`cannot update ${id}`);
    jobs.set(id, { ...job, settings: change.settings, owner: change.owner });
  }
}

function remove(jobs: Map<string, ObservedJob>, id: string): void {
  if (jobs.get(id)?.owner?.project !== PROJECT) throw new Error(`deletes ${id}, which is not ours`);
  jobs.delete(id);
}

function create(change: Change, jobs: Map<string, ObservedJob>, observed: Observed, limit: number): void {
  const { serverId, settings, owner } = change;
  const active = [...jobs.values()].filter(isActive);
  if (active.length >= limit) throw new Error(`creates a job for ${serverId} though ${limit} are active`);
  if (active.some((job) => job.server.serverId === serverId)) throw new Error(`${serverId} has a job`);
  const known = [...observed.servers, ...observed.jobs.map((job) => job.server)];
  const server = known.find((candidate) => candidate.serverId === serverId) ?? { serverId };
  const id = `sms-job-new-${jobs.size}-${serverId}`;
  jobs.set(id, { id, server, state: 'pending', owner, settings });
}
