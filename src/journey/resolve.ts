import type { DesiredVm, VmReference } from '../core/desired.ts';
import { addToGroup, byText, incrementCount } from '../core/lists.ts';
import { toAddress, type Address, type ServerId } from '../core/names.ts';
import {
  isOwnedBy,
  type Observed,
  type ObservedJob,
  type ObservedServer,
  type PastJob,
} from '../core/observed.ts';
import type { OverlappingTargets } from './account.ts';
import { awaitedServer, possibleServers, type Resolution, resolve } from './find-server.ts';
import { groupJobs, indexServers, preferredJob, serverOf, type Servers } from './servers.ts';

/** The VMs, servers and jobs of a target, matched with one another. */
export interface MatchedTarget {
  readonly servers: Servers;
  /** The jobs of each server, by the server's id. */
  readonly jobs: ReadonlyMap<ServerId, readonly ObservedJob[]>;
  /** The deleted jobs of each server, the latest first. */
  readonly past: ReadonlyMap<ServerId, readonly PastJob[]>;
  readonly resolved: ResolvedVms;
  /** The same with the VMs of overlapping targets: no job of these is unlisted. */
  readonly listed: ResolvedVms;
}

/** Finds the server of each VM that the manifests name for a target; `vms` are sorted, and so are lists of the result. */
export function matchTarget(
  vms: readonly DesiredVm[],
  overlapping: OverlappingTargets,
  observed: Observed,
): MatchedTarget {
  const servers = indexServers(observed);
  const { sameAccount } = overlapping;
  const certain = resolveAll([...vms, ...sameAccount], servers);
  const resolved = sameAccount.length === 0 ? certain : ofTarget(certain, vms);
  const isAll = overlapping.vms.length === sameAccount.length;
  const listed = isAll ? certain : resolveAll([...vms, ...overlapping.vms], servers);
  const past = groupJobs((observed.pastJobs ?? []).toSorted(latestFirst), servers);
  return { servers, jobs: groupJobs(observed.jobs, servers), past, resolved, listed };
}

/** Those of the VMs that are a target's own. A server that an overlapping target has too is shared. */
function ofTarget(listed: ResolvedVms, vms: readonly DesiredVm[]): ResolvedVms {
  const own = new Set(vms.map(({ address, target }) => JSON.stringify([target, address])));
  const pick = <T>(all: ReadonlyMap<DesiredVm, T>): ReadonlyMap<DesiredVm, T> =>
    new Map([...all].filter(([{ address, target }]) => own.has(JSON.stringify([target, address]))));
  const { found, problems, sharedServers } = listed;
  return { ...listed, found: pick(found), problems: pick(problems), sharedServers: pick(sharedServers) };
}

/** A VM, with what the account has of it. */
export interface JourneySubject {
  /** Absent: it is in no manifest. */
  readonly vm?: DesiredVm;
  readonly server: ObservedServer;
  /** The job that stands for the server; absent: it has none. */
  readonly job?: ObservedJob;
  /** Its deleted jobs, the latest first. */
  readonly past: readonly PastJob[];
}

/** What the account has of a server: the job that stands for it, and its deleted jobs. */
export function subjectOf(
  project: string,
  { jobs, past }: Pick<MatchedTarget, 'jobs' | 'past'>,
  server: ObservedServer,
  vm?: DesiredVm,
): JourneySubject {
  const job = preferredJob(jobs.get(server.serverId) ?? [], project);
  const subject: { -readonly [Part in keyof JourneySubject]: JourneySubject[Part] } = {
    server,
    past: past.get(server.serverId) ?? [],
  };
  if (vm !== undefined) subject.vm = vm;
  if (job !== undefined) subject.job = job;
  return subject;
}

/** Sorts deleted jobs by their last run, or else by their first time; ties go to the larger id. */
function latestFirst(a: PastJob, b: PastJob): number {
  return lastTimeOf(b) - lastTimeOf(a) || byText(b.id, a.id);
}

function lastTimeOf({ runs = [], settings }: PastJob): number {
  const seed = Date.parse(String(settings['seedReplicationTime']));
  return runs[0]?.scheduledAt ?? (Number.isNaN(seed) ? 0 : seed);
}

/** A job that stands for no VM of the manifests. */
export interface UnlistedJob {
  /** `wave/name`, by the wave in its marker; the VM's name alone of a job of others. */
  readonly address: Address;
  /** What text output shows for its name, as other VMs have the name too: `jenkins (vc-zrh)`. */
  readonly label?: string;
  /** Absent: the job is not the project's. */
  readonly wave?: string;
  readonly server: ObservedServer;
  readonly job: ObservedJob;
}

/**
 * The jobs that stand for no VM of the manifests and that are this target's, not an overlapping one's, to delete or to
 * show. Addresses that several share, or that a VM of the manifests has, end in the job's id: `wave/name#sms-job-1`.
 */
export function unlistedJobs(
  jobs: readonly ObservedJob[],
  { servers, listed }: MatchedTarget,
  overlapping: OverlappingTargets,
  project: string,
  vms: readonly DesiredVm[],
): readonly UnlistedJob[] {
  const unlisted = jobs.flatMap((job): readonly UnlistedJob[] => {
    const server = serverOf(job, servers);
    if (listed.byServer.has(server.serverId)) return [];
    const name = server.name ?? server.path ?? server.serverId;
    if (!isOwnedBy(job, project)) return [{ address: toAddress(name), server, job }];
    const { wave } = job.owner;
    return overlapping.mayDelete(wave) ? [{ address: toAddress(`${wave}/${name}`), wave, server, job }] : [];
  });
  if (unlisted.length === 0) return [];
  const counts = new Map<Address, number>();
  for (const { address } of [...vms, ...unlisted]) counts.set(address, (counts.get(address) ?? 0) + 1);
  const jobsOfServer = new Map<ServerId, number>();
  for (const { server } of unlisted) incrementCount(jobsOfServer, server.serverId);
  return unlisted.map((one) => {
    const { address, server, job } = one;
    const known = servers.labelOf(server);
    const isOnly = jobsOfServer.get(server.serverId) === 1;
    return {
      ...one,
      ...(counts.get(address) !== 1 && { address: toAddress(`${address}#${job.id}`) }),
      ...(known !== undefined && { label: isOnly ? known : `${known}#${job.id}` }),
    };
  });
}

/** The servers of all VMs of a target. Each VM is in `found`, in `problems` or in `sharedServers`. */
export interface ResolvedVms {
  /** With the labels of the VMs. */
  readonly found: ReadonlyMap<DesiredVm, ObservedServer>;
  readonly problems: ReadonlyMap<DesiredVm, Exclude<Resolution, { kind: 'found' }>>;
  /** VMs that share a server with another VM, and that server. */
  readonly sharedServers: ReadonlyMap<DesiredVm, ObservedServer>;
  /** The VMs that stand on a server, by the server's id: more than one where they share it. */
  readonly byServer: ReadonlyMap<ServerId, readonly DesiredVm[]>;
  /** The VMs with a problem that might have meant a server, by the server's id. */
  readonly possibleVms: ReadonlyMap<ServerId, readonly DesiredVm[]>;
}

/** Most unknown names that are compared with every name of the catalogue: each costs a pass over it. */
const MAX_COMPARED_NAMES = 20;

/** Resolves every VM of a target. */
function resolveAll(vms: readonly DesiredVm[], servers: Servers): ResolvedVms {
  const matched: DesiredVm[] = [];
  const serversOfMatched: ObservedServer[] = [];
  const match = (vm: DesiredVm, server: ObservedServer): void => {
    matched.push(vm);
    serversOfMatched.push(server);
  };
  const problems = new Map<DesiredVm, Exclude<Resolution, { kind: 'found' }>>();
  const shared = new Map<DesiredVm, ObservedServer>();
  const byServer = new Map<ServerId, DesiredVm[]>();
  const possible = new Map<ServerId, DesiredVm[]>();

  let comparisons = MAX_COMPARED_NAMES;
  for (const vm of vms) {
    const { reference } = vm;
    let resolution = resolve(reference, servers, vm.replication);
    if (resolution.kind === 'unknown' && resolution.similar.length === 0 && comparisons-- > 0)
      resolution = { kind: 'unknown', similar: servers.byNearestName(reference.name ?? reference.path) };
    if (resolution.kind === 'unknown' && vm.replication === 'agent') {
      const twins = new Set(possibleServers(reference, servers));
      const similar = resolution.similar.filter((server) => !twins.has(server));
      match(vm, awaitedServer(reference, similar));
      // Until its agent reports it, what replicates agentless stands for it; what it may have meant is not deleted.
      for (const { serverId } of twins) addToGroup(byServer, serverId, vm);
      for (const { serverId } of similar) addToGroup(possible, serverId, vm);
    } else if (resolution.kind === 'found') {
      match(vm, resolution.server);
      addToGroup(byServer, resolution.server.serverId, vm);
    } else {
      problems.set(vm, resolution);
      for (const { serverId } of possibleServers(vm.reference, servers)) addToGroup(possible, serverId, vm);
    }
  }
  const found = new Map<DesiredVm, ObservedServer>();
  matched.forEach((vm, index) => {
    const server = serversOfMatched[index] as ObservedServer;
    const label = labelOf(vm.reference, server, servers);
    if (server.notReported === undefined && byServer.get(server.serverId)?.length !== 1)
      shared.set(vm, server);
    else found.set(label === undefined ? vm : { ...vm, label }, server);
  });
  return { found, problems, sharedServers: shared, byServer, possibleVms: possible };
}

/** Returns the label of a VM's server. A VM that the manifest names by ids only is labelled with the name of its server. */
function labelOf(reference: VmReference, server: ObservedServer, servers: Servers): string | undefined {
  return servers.labelOf(server) ?? (isNamedById(reference) ? server.name : undefined);
}

/** Whether a reference has ids only: they identify a VM, and tell people nothing. */
export function isNamedById({ name, path }: VmReference): boolean {
  return name === undefined && path === undefined;
}
