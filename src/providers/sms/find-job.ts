import type { ObservedJob, ObservedServer } from '../../core/observed.ts';
import { isActive } from '../../core/observed.ts';
import type { SmsApi } from './api.ts';
import { pagesOf } from './paging.ts';
import { readJob } from './wire-job.ts';

/**
 * The active job of a server, if there is one. The API finds a server's job by the VM's address: two small calls.
 * Where that is not known, the list of all jobs is read until the server turns up.
 */
export async function findActiveJob(api: SmsApi, server: ObservedServer): Promise<ObservedJob | undefined> {
  const { serverId, vmManagerId, vmId } = server;
  if (vmManagerId === undefined || vmId === undefined) return searchJobs(api, serverId);
  const { serverList = [] } = await api.getServers({ vmServerAddressList: [{ vmManagerId, vmId }] });
  const id = serverList.find((one) => one.serverId === serverId)?.replicationJobId;
  if (id === undefined) return undefined;
  const { replicationJobList = [] } = await api.getJobs({ replicationJobId: id });
  return activeJobs(replicationJobList, serverId)[0];
}

async function searchJobs(api: SmsApi, serverId: string): Promise<ObservedJob | undefined> {
  for await (const { replicationJobList = [] } of pagesOf((request) => api.getJobs(request))) {
    const [job] = activeJobs(replicationJobList, serverId);
    if (job !== undefined) return job;
  }
  return undefined;
}

function activeJobs(
  jobs: readonly Parameters<typeof readJob>[0][],
  serverId: string,
): readonly ObservedJob[] {
  return jobs
    .filter((job) => job.serverId === serverId)
    .flatMap((job) => readJob(job) ?? [])
    .filter(isActive);
}
