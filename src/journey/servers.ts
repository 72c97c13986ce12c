import { addToGroup, byKeys, byText, incrementCount } from '../core/lists.ts';
import type { ServerId } from '../core/names.ts';
import { NAME_TOLERANCE, normalizeName, suggest } from '../core/suggest.ts';
import {
  isActive,
  isOwnedBy,
  type Observed,
  type ObservedJob,
  type ObservedServer,
  type PastJob,
} from '../core/observed.ts';

/** The servers of a target by everything a manifest may call them; by what it leaves out, none. */
export interface Servers {
  /** Also by an id that the catalogue has forgotten and a job still carries. */
  byId(serverId: string | undefined): ObservedServer | undefined;
  /** By `vmKey`. */
  byVm(key: string | undefined): readonly ObservedServer[];
  /** By VMware's UUID of the VM, which tools write in either case. */
  byUuid(vmWareUuid: string | undefined): readonly ObservedServer[];
  byPath(path: string | undefined): readonly ObservedServer[];
  /** By its name, or another one that it goes by. */
  byName(name: string | undefined): readonly ObservedServer[];
  /** What tells a server from the others of its name: `jenkins (vc-zrh)`; undefined: no other has the name. */
  labelOf(server: ObservedServer): string | undefined;
  /** By what is roughly its name, or what its path ends in. */
  bySimilarName(nameOrPath: string | undefined): readonly ObservedServer[];
  /** By the name that is nearest by edit distance: compares it with the name of every server. */
  byNearestName(nameOrPath: string | undefined): readonly ObservedServer[];
}

/**
 * Indexes the servers of the catalogue together with those that jobs describe: a catalogue that is deleted,
 * expired or imported again must not make the jobs of desired VMs look undesired.
 *
 * A job whose server id the catalogue does not have, but whose VM it has under another id, is that VM's job:
 * a catalogue that was deleted and imported again may give its servers new ids.
 */
export function indexServers({ servers, jobs, pastJobs = [] }: Observed): Servers {
  const byId = new Map<string, ObservedServer>();
  for (const server of servers) byId.set(server.serverId, server);
  const all = [...servers];
  const forgotten = jobs.filter(({ server }) => !byId.has(server.serverId)).toSorted(byJobId);
  if (forgotten.length > 0) {
    const byVm = groupByKeys(servers, vmKey);
    for (const { server } of forgotten) {
      const key = vmKey(server);
      const [twin, ...more] = (key === undefined ? undefined : byVm.get(key)) ?? [];
      const known = twin !== undefined && more.length === 0 ? twin : byId.get(server.serverId);
      byId.set(server.serverId, known ?? server);
      if (known !== undefined) continue;
      all.push(server);
      if (key !== undefined) addToGroup(byVm, key, server);
    }
  }
  for (const server of serversOfPastJobs(pastJobs, byId, all)) {
    byId.set(server.serverId, server);
    all.push(server);
  }
  const near = lazyIndex(all, (server) => [
    ...new Set(
      [...serverNames(server), server.path ?? '']
        .flatMap((name) => [normalizeName(name), simplifyName(name)])
        .filter((name) => name !== ''),
    ),
  ]);
  let simpleNames: readonly string[] | undefined;
  const byUuid = lazyIndex(all, ({ vmWareUuid }) => vmWareUuid?.toLowerCase());
  const byName = lazyIndex(all, (server) =>
    server.otherNames === undefined ? server.name : serverNames(server),
  );
  const labels = new Map<string, ReadonlyMap<ServerId, string>>();
  return {
    byId: (serverId) => (serverId === undefined ? undefined : byId.get(serverId)),
    byVm: lazyIndex(all, vmKey),
    byUuid: (uuid) => byUuid(uuid?.toLowerCase()),
    byPath: lazyIndex(all, ({ path }) => path),
    byName,
    labelOf({ name, serverId }) {
      if (name === undefined) return undefined;
      const named = byName(name);
      if (named.length < 2) return undefined;
      const known = labels.get(name) ?? labelServers(name, named);
      labels.set(name, known);
      return known.get(serverId);
    },
    bySimilarName(nameOrPath) {
      if (nameOrPath === undefined) return [];
      const same = near(normalizeName(nameOrPath));
      return same.length > 0 ? same : near(simplifyName(nameOrPath));
    },
    byNearestName(nameOrPath) {
      if (nameOrPath === undefined) return [];
      simpleNames ??= [...new Set(all.flatMap(serverNames).map(simplifyName))];
      return near(suggest(simplifyName(nameOrPath), simpleNames, NAME_TOLERANCE));
    },
  };
}

/**
 * The servers that only deleted jobs still describe: the VM was removed from its vCenter after its migration. A server
 * that may be another one of the account's, by VM or name, is not one of them.
 */
function serversOfPastJobs(
  pastJobs: readonly PastJob[],
  byId: ReadonlyMap<string, ObservedServer>,
  known: readonly ObservedServer[],
): readonly ObservedServer[] {
  const unknown = pastJobs.filter(({ server }) => !byId.has(server.serverId)).toSorted(byJobId);
  if (unknown.length === 0) return [];
  const taken = new Set(known.flatMap(identitiesOf));
  return unknown.flatMap(({ server }) => {
    const identities = identitiesOf(server);
    if (identities.some((identity) => taken.has(identity))) return [];
    for (const identity of identities) taken.add(identity);
    return [server];
  });
}

function identitiesOf(server: ObservedServer): readonly string[] {
  const key = vmKey(server);
  return [
    `id ${server.serverId}`,
    ...(key === undefined ? [] : [`vm ${key}`]),
    ...serverNames(server).map((name) => `name ${name}`),
  ];
}

/** The jobs of each server, by the id under which the index knows the server. */
export function groupJobs<Job extends PastJob>(
  jobs: readonly Job[],
  servers: Servers,
): ReadonlyMap<ServerId, readonly Job[]> {
  const groups = new Map<ServerId, Job[]>();
  for (const job of jobs) addToGroup(groups, serverOf(job, servers).serverId, job);
  return groups;
}

/** The server of a job: as the catalogue knows it, or else as the job describes it. */
export function serverOf(job: PastJob, servers: Servers): ObservedServer {
  return servers.byId(job.server.serverId) ?? job.server;
}

/**
 * Tells servers of one name apart: by the name of the vCenter where no other has it, or else by the path, or else by the
 * server's id.
 */
function labelServers(name: string, servers: readonly ObservedServer[]): ReadonlyMap<ServerId, string> {
  const counts = new Map<string, number>();
  for (const { vmManagerName, path } of servers) {
    incrementCount(counts, vmManagerName);
    incrementCount(counts, path);
  }
  return new Map(
    servers.map(({ serverId, vmManagerName, path }) => {
      const isUnique = (text: string | undefined): boolean => text !== undefined && counts.get(text) === 1;
      return [serverId, `${name} (${[vmManagerName, path].find(isUnique) ?? serverId})`];
    }),
  );
}

/** One text for a VM of a manager, whose id is a UUID that tools write in either case; absent if a part is. */
export function vmKey(vm: { readonly vmManagerId?: string; readonly vmId?: string }): string | undefined {
  if (vm.vmManagerId === undefined || vm.vmId === undefined) return undefined;
  return `${vm.vmManagerId.toLowerCase()}/${vm.vmId}`;
}

/** All names that a manifest may call a server by, each once. */
export function serverNames({ name, otherNames = [] }: ObservedServer): readonly string[] {
  if (otherNames.length === 0) return name === undefined ? [] : [name];
  return [...new Set(name === undefined ? otherNames : [name, ...otherNames])];
}

/** A name as `normalizeName` returns it, without the domain after a host name and the folders in front of it. */
export function simplifyName(nameOrPath: string): string {
  const last = normalizeName(nameOrPath.slice(nameOrPath.lastIndexOf('/') + 1));
  return /^([^.]*[a-z][^.]*)\../.exec(last)?.[1] ?? last;
}

const byJobId = byKeys<PastJob>((job) => job.id);

/** An index that is built when it is first asked: most manifests use one way of naming VMs, of five. */
function lazyIndex(
  servers: readonly ObservedServer[],
  keysOf: (server: ObservedServer) => string | readonly string[] | undefined,
): (key: string | undefined) => readonly ObservedServer[] {
  let groups: ReadonlyMap<string, ObservedServer | readonly ObservedServer[]> | undefined;
  return (key) => {
    if (key === undefined) return [];
    groups ??= groupAloneOrMore(servers, keysOf);
    const group = groups.get(key) ?? [];
    return 'serverId' in group ? [group] : group;
  };
}

/** Groups servers by their keys. A server that is alone stands for its group: lists take more memory, and most are alone. */
function groupAloneOrMore(
  servers: readonly ObservedServer[],
  keysOf: (server: ObservedServer) => string | readonly string[] | undefined,
): ReadonlyMap<string, ObservedServer | readonly ObservedServer[]> {
  const groups = new Map<string, ObservedServer | ObservedServer[]>();
  const add = (key: string, server: ObservedServer): void => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, server);
    else if ('serverId' in group) groups.set(key, [group, server]);
    else group.push(server);
  };
  for (const server of servers) {
    const keys = keysOf(server);
    if (typeof keys === 'string') add(keys, server);
    else
      keys?.forEach((key) => {
        add(key, server);
      });
  }
  return groups;
}

function groupByKeys<T>(
  items: readonly T[],
  keysOf: (item: T) => string | readonly string[] | undefined,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const keys = keysOf(item);
    if (typeof keys === 'string') addToGroup(groups, keys, item);
    else for (const key of keys ?? []) addToGroup(groups, key, item);
  }
  return groups;
}

/**
 * The job that stands for a server which has several: ours if it is active, else an active one of others
 * (which is in our way), else ours that has ended, else any. Deterministic: ties go to the smaller id.
 */
export function preferredJob(jobs: readonly ObservedJob[], project: string): ObservedJob | undefined {
  if (jobs.length < 2) return jobs[0];
  const rank = (job: ObservedJob): number => (isActive(job) ? 0 : 2) + (isOwnedBy(job, project) ? 0 : 1);
  return jobs.toSorted((a, b) => rank(a) - rank(b) || byText(a.id, b.id))[0];
}
