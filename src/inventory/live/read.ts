import type { ProviderName, ReplicationKind, Settings, VmReference } from '../../core/desired.ts';
import type { SkippedEntry } from '../../core/inventory.ts';
import { byKeys, incrementCount } from '../../core/lists.ts';
import {
  type IdleServer,
  isActive,
  isOwnedBy,
  type ObservedJob,
  type ObservedServer,
} from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';
import type { ImportGrouping, JobDescription, ServiceDefinition } from '../../core/service.ts';
import { canonicalJson } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { supportedReference } from '../../manifest/model.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../../providers/registry.ts';
import type { Inventory, InventoryVm, WaveGroup } from '../inventory.ts';

/** A job of no VM in the manifests, and its server in the catalogue. */
export interface LiveJob {
  readonly job: ObservedJob;
  readonly server: ObservedServer;
}

export interface LiveOptions {
  readonly project: string;
  /** The service of the target; absent: the first of the registry. */
  readonly provider?: ProviderName;
  readonly by: ImportGrouping;
  readonly folderDepth?: number;
  /** The time of the service. */
  readonly now: Instant;
  /** Names of the existing waves. */
  readonly waves: ReadonlySet<string>;
  /** All servers of the account, to find names, paths and UUIDs that several of them have. */
  readonly servers: readonly ObservedServer[];
  /** Servers without a job that no manifest names. */
  readonly idle: readonly IdleServer[];
}

/** Makes manifest entries of the jobs of an account, so that a plan only adopts them. */
export function readLive(jobs: readonly LiveJob[], options: LiveOptions): Inventory {
  const service = serviceOf(options.provider ?? DEFAULT_PROVIDER);
  const servers = new Map(
    [...jobs.map(({ server }) => server), ...options.servers].map((server) => [server.serverId, server]),
  );
  const known = countIdentifiers([...servers.values()]);
  const ownGroups = groupsOfOwnWaves(service, jobs, options.project);
  const vms: InventoryVm[] = [];
  const leftOut: SkippedEntry[] = options.idle.map(({ server, reason }) => ({
    name: displayName(server),
    origin: server.serverId,
    reason,
  }));
  for (const { live, behind } of oneJobPerServer(jobs, options.project)) {
    const { job, server } = live;
    const read = readJob(service, live, options);
    if ('reason' in read) leftOut.push({ name: displayName(server), origin: job.id, reason: read.reason });
    else {
      const { owner } = job;
      const group: WaveGroup =
        owner === undefined
          ? groupOf(service, live, options)
          : {
              ...{ key: [], title: owner.wave, wave: owner.wave },
              ...ownGroups.get(owner.wave),
            };
      const reference = referenceOf(service, server, known);
      const replication = replicationOf(server, known);
      vms.push({
        ...{ origin: job.id, identity: { key: server.serverId }, reference },
        ...(replication !== undefined && { replication }),
        ...read,
        group,
      });
    }
    for (const other of behind) {
      const reason = `stands behind job ${job.id} of the same VM`;
      leftOut.push({ name: displayName(other.server), origin: other.job.id, reason });
    }
  }
  return { vms, leftOut, names: known.names, notes: unassignedNotes(vms, service, options.by) };
}

/** Reads the settings of a job, or the reason why no manifest can have it. */
function readJob(service: ServiceDefinition, { job, server }: LiveJob, options: LiveOptions): JobDescription {
  const { project, waves } = options;
  const { owner, state } = job;
  if (server.serverId === '') return { reason: 'does not say which VM it replicates' };
  if (owner !== undefined && owner.project !== project)
    return { reason: `belongs to project ${owner.project}` };
  if (owner !== undefined && waves.has(owner.wave))
    return { reason: `belongs to wave ${owner.wave}, which is written already without this VM` };
  if (owner !== undefined && !isManifestName(owner.wave))
    return { reason: `belongs to wave ${owner.wave}, a name that no manifest can have` };
  const read = service.describeJob(job, options);
  // A job that has ended can seldom be changed, not even to add our marker.
  const hasEnded = (state === 'completed' && job.isMarkable !== true) || state === 'failed';
  if (!('reason' in read) && owner === undefined && hasEnded)
    return { reason: `has ${state}: nothing is left to take over` };
  return read;
}

/** How many servers of an account have each identifier. */
interface IdentifierCounts {
  readonly names: ReadonlyMap<string, number>;
  readonly paths: ReadonlyMap<string, number>;
  /** In lower case. */
  readonly uuids: ReadonlyMap<string, number>;
  /** The names and UUIDs of the servers that replicate by an agent. */
  readonly ofAgents: ReadonlySet<string>;
}

/** Names, and UUIDs in lower case, by which servers of one VM are recognised. */
function sharedIdentifiers({ name, otherNames = [], vmWareUuid }: ObservedServer): readonly string[] {
  const keys = [name, ...otherNames].flatMap((each) => (each === undefined ? [] : `name ${each}`));
  return vmWareUuid === undefined ? keys : [...keys, `uuid ${vmWareUuid.toLowerCase()}`];
}

function countIdentifiers(servers: readonly ObservedServer[]): IdentifierCounts {
  const names = new Map<string, number>();
  const paths = new Map<string, number>();
  const uuids = new Map<string, number>();
  const ofAgents = new Set<string>();
  for (const server of servers) {
    const { path, vmWareUuid } = server;
    for (const name of new Set([server.name, ...(server.otherNames ?? [])])) incrementCount(names, name);
    incrementCount(paths, path);
    incrementCount(uuids, vmWareUuid?.toLowerCase());
    if (server.hasAgent === true) for (const key of sharedIdentifiers(server)) ofAgents.add(key);
  }
  return { names, paths, uuids, ofAgents };
}

/** Says how a server replicates, where it has an agent, or where another server with an agent is the same VM. */
function replicationOf(server: ObservedServer, { ofAgents }: IdentifierCounts): ReplicationKind | undefined {
  if (server.hasAgent === true) return 'agent';
  return sharedIdentifiers(server).some((key) => ofAgents.has(key)) ? 'agentless' : undefined;
}

/** Returns the identifiers of a server, without a path and a UUID that another server has too. */
function referenceOf(
  service: ServiceDefinition,
  { serverId, name, path, vmManagerId, vmId, vmWareUuid }: ObservedServer,
  { paths, uuids }: IdentifierCounts,
): VmReference {
  const isOnlyUuid = vmWareUuid !== undefined && uuids.get(vmWareUuid.toLowerCase()) === 1;
  return supportedReference(service, {
    serverId,
    ...(name !== undefined && { name }),
    ...(path !== undefined && paths.get(path) === 1 && { path }),
    ...(vmManagerId !== undefined && vmId !== undefined && { vmManagerId, vmId }),
    ...(isOnlyUuid && { vmWareUuid }),
  });
}

/**
 * Returns, for each wave of the project whose file is lost, what it must say so that a plan leaves the groups of the
 * account as they are: a name for the group of all its servers, or else that it leaves groups alone.
 */
function groupsOfOwnWaves(
  service: ServiceDefinition,
  jobs: readonly LiveJob[],
  project: string,
): ReadonlyMap<string, Partial<WaveGroup>> {
  const groups = new Map<string, Settings | undefined>();
  for (const { job } of jobs) {
    if (!isOwnedBy(job, project)) continue;
    const { wave } = job.owner;
    const ofWave = service.groupOfJob?.(job, 'wave').ofWave;
    const isSame = !groups.has(wave) || canonicalJson(groups.get(wave)) === canonicalJson(ofWave);
    groups.set(wave, isSame ? ofWave : service.groupOfJob?.(job, 'folder').ofWave);
  }
  return new Map(
    [...groups].map(([wave, ofWave]) => [
      wave,
      ofWave === undefined ? {} : { ofWave, keepsApplications: true },
    ]),
  );
}

/** Chooses the job of a server as a plan does: active jobs first, then ours, then the smaller id. */
function oneJobPerServer(
  jobs: readonly LiveJob[],
  project: string,
): readonly { readonly live: LiveJob; readonly behind: readonly LiveJob[] }[] {
  const rank = ({ job }: LiveJob): string => `${isActive(job) ? 0 : 1}${isOwnedBy(job, project) ? 0 : 1}`;
  const groups = new Map<string, LiveJob[]>();
  for (const each of jobs.toSorted(byKeys<LiveJob>(rank, ({ job }) => job.id))) {
    const key = each.server.serverId || `job ${each.job.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap(([live, ...behind]) => (live === undefined ? [] : [{ live, behind }]));
}

/** The title of a wave of servers that are in no wave or application of the account. */
const UNASSIGNED = 'unassigned';

/** Says where VMs are that no group of the account has. */
function unassignedNotes(
  vms: readonly InventoryVm[],
  { title }: ServiceDefinition,
  by: ImportGrouping,
): readonly string[] {
  const count = vms.filter(({ group }) => group.isUnassigned === true).length;
  const verb = count === 1 ? 'VM is' : 'VMs are';
  return count === 0 ? [] : [`${count} ${verb} in no ${by} of ${title}, and so in the wave "${UNASSIGNED}"`];
}

function groupOf(service: ServiceDefinition, { job, server }: LiveJob, options: LiveOptions): WaveGroup {
  const { by } = options;
  const { name, ofWave } = service.groupOfJob?.(job, by) ?? {};
  const group = { adopt: true, ...(ofWave !== undefined && { ofWave, keepsApplications: true }) };
  if (by === 'wave' || by === 'application') {
    if (name !== undefined) return { ...group, key: [name], title: name };
    const comments = [`The VMs are in no ${by} of ${service.title}.`];
    return { ...group, key: [], title: UNASSIGNED, comments, isUnassigned: true };
  }
  const { path = '', vmManagerName, vmManagerId } = server;
  const steps = path.split('/').filter((step) => step !== '');
  if (steps[0] === 'Datacenters') steps.shift();
  const [datacenter = '', ...rest] = steps;
  if (by === 'vcenter') {
    const vCenter = vmManagerName ?? vmManagerId ?? '';
    return { ...group, key: [vCenter], title: vCenter || 'no vcenter' };
  }
  if (by === 'datacenter') {
    return { ...group, key: [datacenter], title: datacenter || 'no datacenter' };
  }
  const folders = (rest[0] === 'vm' ? rest.slice(1) : rest).slice(0, -1).slice(0, options.folderDepth);
  const key = [datacenter, ...folders];
  return { ...group, key, title: key.filter((part) => part !== '').join(' / ') || 'no folder' };
}

function displayName({ name, path, serverId }: ObservedServer): string {
  return name ?? path ?? serverId;
}
