import type { Purpose, SourceServer, Tags } from '../records.ts';
import { isLaunchable } from '../replication.ts';
import { findServer } from '../world.ts';
import { checkIdle, notLaunchable } from './deeds.ts';
import type { MgnDesk } from './desk.ts';
import { conflict, invalid, overQuota } from './errors.ts';
import { checkTags } from './tags.ts';
import { wireJob } from './wire-job.ts';

/** The lifecycle states in which instances may be launched: to launch another one, those of the launch itself too. */
const LAUNCHED_FROM: Readonly<Record<Exclude<Purpose, 'TERMINATE'>, readonly string[]>> = {
  START_TEST: ['READY_FOR_TEST', 'TESTING'],
  START_CUTOVER: ['READY_FOR_CUTOVER', 'CUTTING_OVER'],
};
const NOT_TERMINATED_IN: readonly string[] = ['TESTING', 'CUTTING_OVER', 'CUTOVER'];

/** Starts the job that launches or terminates the instances of some servers. */
export function startJob(
  purpose: Purpose,
  desk: MgnDesk,
  input: { readonly sourceServerIDs: readonly string[]; readonly tags?: Tags },
): object {
  const { sourceServerIDs: ids, tags = {} } = input;
  checkTags(tags);
  if (new Set(ids).size < ids.length) throw wrongIds('must not repeat');
  const servers = ids.map((id) => {
    const server = findServer(desk.world.inventory, desk.mgn, id);
    if (server === undefined) throw wrongIds(`must name source servers, which ${id} is not`);
    return server;
  });
  checkIdle(desk, ids);
  checkStates(purpose, servers);
  checkRoom(desk, ids.length);
  desk.commit({ do: 'job', purpose, ids, tags });
  const job = desk.mgn.jobs.get(desk.mgn.jobCount);
  return job === undefined ? {} : { job: wireJob(desk, job) };
}

function checkStates(purpose: Purpose, servers: readonly SourceServer[]): void {
  const refuse = (wrong: readonly SourceServer[], why: string) => {
    if (wrong.length === 0) return;
    const said = wrong.map(({ id, state }) => `${id} (${state})`).join(', ');
    throw conflict(
      `${said}: ${why}.`,
      'SourceServer',
      wrong.map(({ id }) => id),
    );
  };
  refuse(
    servers.filter(({ archived }) => archived),
    'archived',
  );
  if (purpose === 'TERMINATE') {
    refuse(
      servers.filter(({ state }) => NOT_TERMINATED_IN.includes(state)),
      'in a state in which instances stay',
    );
    refuse(
      servers.filter(({ launched }) => launched === undefined),
      'without a launched instance',
    );
    return;
  }
  const from = LAUNCHED_FROM[purpose];
  refuse(
    servers.filter(({ state }) => !from.includes(state)),
    `not in ${from.join(' or ')}`,
  );
  const without = servers.filter((server) => !isLaunchable(server));
  if (without.length > 0) throw notLaunchable(without);
}

function checkRoom({ mgn, quotas }: MgnDesk, servers: number): void {
  const { activeJobs, serversInActiveJobs } = quotas;
  if (mgn.activeJobs.size >= activeJobs) throw overQuota('jobs in progress', activeJobs);
  if (mgn.busy.size + servers > serversInActiveJobs) {
    throw overQuota('source servers in all jobs in progress', serversInActiveJobs);
  }
}

const wrongIds = (message: string) =>
  invalid(`sourceServerIDs ${message}.`, [{ name: 'sourceServerIDs', message }]);
