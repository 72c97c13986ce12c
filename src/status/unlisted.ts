import type { ObservedJob } from '../core/observed.ts';
import type { Subject } from '../core/status.ts';
import { type Servers, serverOf } from '../plan/servers.ts';

/** The jobs that stand for no VM of the manifests: ours by the wave of their marker, others by the VM's name alone. */
export function unlistedJobs(
  target: string,
  project: string,
  jobs: readonly ObservedJob[],
  servers: Servers,
  listed: ReadonlyMap<string, unknown>,
): readonly Subject[] {
  return jobs.flatMap((job): readonly Subject[] => {
    const server = serverOf(job, servers);
    if (listed.has(server.serverId)) return [];
    const name = server.name ?? server.path ?? server.serverId;
    const { owner } = job;
    if (owner?.project !== project) return [{ address: name, target, server, job }];
    return [{ address: `${owner.wave}/${name}`, target, wave: owner.wave, server, job }];
  });
}
