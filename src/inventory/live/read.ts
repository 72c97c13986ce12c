import type { ProviderName } from '../../core/desired.ts';
import type { SkippedEntry } from '../../core/inventory.ts';
import { byKeys, incrementCount } from '../../core/lists.ts';
import { isActive, isOwnedBy, type ObservedJob, type ObservedServer } from '../../core/observed.ts';
import { isManifestName } from '../../core/names.ts';
import type { Instant } from '../../core/time.ts';
import { supportedReference } from '../../manifest/model.ts';
import { DEFAULT_PROVIDER, serviceOf } from '../../providers/registry.ts';
import type { Inventory, InventoryVm, WaveGroup } from '../inventory.ts';

/** The ways to split jobs without an owner into waves; an account has no other facts about a VM. */
export type LiveGrouping = 'folder' | 'datacenter' | 'vcenter';

/** A job of no VM in the manifests, and its server in the catalogue. */
export interface LiveJob {
  readonly job: ObservedJob;
  readonly server: ObservedServer;
}

export interface LiveOptions {
  readonly project: string;
  /** The service of the target; absent: the first of the registry. */
  readonly provider?: ProviderName;
  readonly by: LiveGrouping;
  readonly folderDepth?: number;
  /** The time of the service. */
  readonly now: Instant;
  /** Names of the existing waves. */
  readonly waves: ReadonlySet<string>;
  /** All servers of the account, to find names that several of them have. */
  readonly servers: readonly ObservedServer[];
}

/** Makes manifest entries of the jobs of an account, so that a plan only adopts them. */
export function readLive(jobs: readonly LiveJob[], options: LiveOptions): Inventory {
  const vms: InventoryVm[] = [];
  const leftOut: SkippedEntry[] = [];
  for (const { live, behind } of oneJobPerServer(jobs, options.project)) {
    const read = readJob(live, options);
    if ('reason' in read) leftOut.push(read);
    else vms.push(read);
    for (const { job, server } of behind) {
      const reason = `stands behind job ${live.job.id} of the same VM`;
      leftOut.push({ name: displayName(server), origin: job.id, reason });
    }
  }
  const names = new Map<string, number>();
  const servers = new Map(
    [...jobs.map(({ server }) => server), ...options.servers].map((s) => [s.serverId, s]),
  );
  for (const { name } of servers.values()) incrementCount(names, name);
  return { vms, leftOut, names, notes: [] };
}

function readJob({ job, server }: LiveJob, options: LiveOptions): InventoryVm | SkippedEntry {
  const left = (reason: string): SkippedEntry => ({ name: displayName(server), origin: job.id, reason });
  const { project, waves } = options;
  const { owner, state } = job;
  if (server.serverId === '') return left('does not say which VM it replicates');
  if (owner !== undefined && owner.project !== project) return left(`belongs to project ${owner.project}`);
  if (owner !== undefined && waves.has(owner.wave)) {
    return left(`belongs to wave ${owner.wave}, which is written already without this VM`);
  }
  if (owner !== undefined && !isManifestName(owner.wave)) {
    return left(`belongs to wave ${owner.wave}, a name that no manifest can have`);
  }
  // A job that has ended cannot be changed, not even to add our marker.
  if (owner === undefined && (state === 'completed' || state === 'failed')) {
    return left(`has ${state}: nothing is left to take over`);
  }
  const service = serviceOf(options.provider ?? DEFAULT_PROVIDER);
  const read = service.describeJob(job, options);
  if ('reason' in read) return left(read.reason);
  const { serverId, name, path, vmManagerId, vmId, vmWareUuid } = server;
  return {
    origin: job.id,
    reference: supportedReference(service, {
      serverId,
      ...(name !== undefined && { name }),
      ...(path !== undefined && { path }),
      ...(vmManagerId !== undefined && vmId !== undefined && { vmManagerId, vmId }),
      ...(vmWareUuid !== undefined && { vmWareUuid }),
    }),
    ...read,
    group: owner === undefined ? groupOf(server, options) : { key: [], title: owner.wave, wave: owner.wave },
  };
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

function groupOf({ path = '', vmManagerName, vmManagerId }: ObservedServer, options: LiveOptions): WaveGroup {
  const steps = path.split('/').filter((step) => step !== '');
  if (steps[0] === 'Datacenters') steps.shift();
  const [datacenter = '', ...rest] = steps;
  if (options.by === 'vcenter') {
    const vCenter = vmManagerName ?? vmManagerId ?? '';
    return { key: [vCenter], title: vCenter || 'no vcenter', adopt: true };
  }
  if (options.by === 'datacenter') {
    return { key: [datacenter], title: datacenter || 'no datacenter', adopt: true };
  }
  const folders = (rest[0] === 'vm' ? rest.slice(1) : rest).slice(0, -1).slice(0, options.folderDepth);
  const key = [datacenter, ...folders];
  return { key, title: key.filter((part) => part !== '').join(' / ') || 'no folder', adopt: true };
}

function displayName({ name, path, serverId }: ObservedServer): string {
  return name ?? path ?? serverId;
}
