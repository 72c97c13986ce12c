import { type Concern, raiseForTarget, raiseForVm } from '../core/concern.ts';
import type { DesiredVm, Target, VmReference } from '../core/desired.ts';
import { byText, summarizeList } from '../core/lists.ts';
import { fullName } from '../core/names.ts';
import { normalizeName } from '../core/suggest.ts';
import { isOwnedBy, type Observed, type ObservedJob, type ObservedServer } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Identifier } from './find-server.ts';
import type { ResolvedVms } from './resolve.ts';
import { serverNames, simplifyName, vmKey } from './servers.ts';

/**
 * Says why the server of a VM is not certain. Undefined where it is certain, or where no VM can be known: because the
 * catalogue is not available, or because the built-in endpoint has other VMs. That is one concern of the target, not one
 * of each VM.
 * @param isForeign what `hasOtherVms` says of the target
 */
export function unresolvedConcern(
  vm: DesiredVm,
  { problems, sharedServers, byServer }: ResolvedVms,
  { catalog }: Observed,
  inventory: ProviderTraits['inventory'],
  isForeign: boolean,
): Concern | undefined {
  const shared = sharedServers.get(vm);
  if (shared !== undefined) return sharedServerConcern(vm, shared, byServer.get(shared.serverId) ?? []);
  const problem = problems.get(vm);
  switch (problem?.kind) {
    case 'ambiguous':
      return ambiguousVmConcern(vm, problem.candidates);
    case 'mismatch':
      return mismatchedVmConcern(vm, problem.server, problem.mismatched);
    case 'unknown':
      return catalog === 'available' && !isForeign
        ? unknownVmConcern(vm, problem.similar, inventory)
        : undefined;
    case undefined:
      return undefined;
  }
}

/**
 * Whether the built-in endpoint of a target has other VMs than the manifests: more than one VM is unknown, and more are
 * unknown than known. It begins with a data centre of its own, and not with the one that an import read.
 */
export function hasOtherVms({ endpoint }: Target, { found, problems }: ResolvedVms): boolean {
  if (endpoint !== BUILT_IN_ENDPOINT) return false;
  const unknown = [...problems.values()].filter(({ kind }) => kind === 'unknown').length;
  return unknown > 1 && unknown > found.size;
}

/**
 * The concern about all `missing` VMs that a built-in endpoint with other VMs does not have; none for another endpoint.
 */
export function otherVmsConcerns(
  { name, endpoint }: Target,
  { catalog }: Observed,
  missing: number,
): readonly Concern[] {
  if (endpoint !== BUILT_IN_ENDPOINT || catalog !== 'available' || missing === 0) return [];
  const vms = missing === 1 ? '1 VM of the manifests is' : `${missing} VMs of the manifests are`;
  return [
    raiseForTarget('endpoint.other-vms', name, {
      message: `${vms} not in the data centre that the built-in endpoint of target "${name}" simulates`,
      remedy: 'run `landfall local load FILE`, with the RVTools export of your VMs',
    }),
  ];
}

const BUILT_IN_ENDPOINT = 'local';

/** A VM that the account does not know; `near` are those that may be meant. */
function unknownVmConcern(
  vm: DesiredVm,
  near: readonly ObservedServer[],
  { name, remedy }: ProviderTraits['inventory'],
): Concern {
  return raiseForVm('vm.unknown', vm, {
    message: `the ${name} of target "${vm.target}" has no VM with ${describeReference(vm.reference)}`,
    remedy: didYouMean(vm.reference, near) ?? remedy,
  });
}

/** Most VMs that a question names. */
const MAX_SUGGESTIONS = 3;

/** Asks for what might have been written in place of the identifier that is looked up. */
function didYouMean(reference: VmReference, near: readonly ObservedServer[]): string | undefined {
  const { what, spell } = lookupIdentifier(reference);
  const meant = [...new Set(near.flatMap((server) => spell(server) ?? []))].toSorted(byText);
  if (meant.length === 0 || meant.length > MAX_SUGGESTIONS) return undefined;
  return `did you mean ${what}${meant.join(' or ')}?`;
}

/** What a reference is looked up by, and how a server would have to be written there. */
function lookupIdentifier({ serverId, vmManagerId, vmId, vmWareUuid, path, name = '' }: VmReference): {
  readonly what: string;
  readonly spell: (server: ObservedServer) => string | undefined;
} {
  const quoted = (text: string | undefined) => (text === undefined ? undefined : `"${text}"`);
  if (serverId !== undefined) return { what: 'serverId ', spell: (server) => quoted(server.serverId) };
  if (vmManagerId !== undefined && vmId !== undefined) {
    return {
      what: '',
      spell: (server) =>
        server.vmManagerId === undefined || server.vmId === undefined
          ? undefined
          : `vmManagerId "${server.vmManagerId}" and vmId "${server.vmId}"`,
    };
  }
  if (vmWareUuid !== undefined) return { what: 'vmWareUuid ', spell: (server) => quoted(server.vmWareUuid) };
  if (path !== undefined) return { what: 'path ', spell: (server) => quoted(server.path) };
  const spellings = [normalizeName, simplifyName];
  return {
    what: 'name ',
    spell(server) {
      const same = spellings.flatMap(
        (spelling) => serverNames(server).find((one) => spelling(one) === spelling(name)) ?? [],
      );
      return quoted(same[0] ?? server.name);
    },
  };
}

/** A VM whose identifiers fit several servers. */
function ambiguousVmConcern(vm: DesiredVm, candidates: readonly ObservedServer[]): Concern {
  const places = candidates.map(describeServer).toSorted(byText);
  return raiseForVm('vm.ambiguous', vm, {
    message: `${describeReference(vm.reference)} fits ${candidates.length} VMs: ${summarizeList(places)}`,
    remedy: distinguishingRemedy(candidates),
  });
}

/** What a manifest can say that fits one of the servers only: what people know best comes first. */
function distinguishingRemedy(candidates: readonly ObservedServer[]): string {
  const agents = candidates.filter(({ hasAgent }) => hasAgent === true).length;
  if (candidates.length === 2 && agents === 1)
    return 'write `replication: agent` at the VM for the one with an agent, or `replication: agentless` for the other';
  return `add the ${distinguishingIdentifier(candidates)} of the intended one`;
}

function distinguishingIdentifier(candidates: readonly ObservedServer[]): string {
  const differ = (keyOf: (server: ObservedServer) => string | undefined): boolean =>
    new Set(candidates.flatMap((server) => keyOf(server) ?? [])).size === candidates.length;
  if (differ(({ path }) => path)) return 'path';
  if (differ(vmKey)) return 'vmManagerId and vmId';
  return differ(({ vmWareUuid }) => vmWareUuid?.toLowerCase()) ? 'vmWareUuid' : 'serverId';
}

/** A VM whose identifiers point at different servers. */
function mismatchedVmConcern(vm: DesiredVm, server: ObservedServer, disagrees: Identifier): Concern {
  if (disagrees === 'replication') {
    return raiseForVm('vm.identity-mismatch', vm, {
      message: `${describeReference(vm.reference)} is ${describeServer(server)}, which replicates ${server.hasAgent === true ? 'by an agent' : 'agentless'}, and the manifest says replication ${vm.replication ?? ''}`,
      remedy: `write \`replication: ${server.hasAgent === true ? 'agent' : 'agentless'}\`, or remove the key`,
    });
  }
  const wanted = vm.reference[disagrees] ?? '';
  const actual = server[disagrees] ?? '';
  return raiseForVm('vm.identity-mismatch', vm, {
    message: `${describeReference(vm.reference)} is the VM with ${disagrees} "${actual}", and the manifest says ${disagrees} "${wanted}"`,
    remedy: 'keep the identifier that is right, and take the other out of the manifest',
  });
}

/** A VM that is the same server as others of the manifests; `all` are sorted, and `vm` is one of them. */
function sharedServerConcern(vm: DesiredVm, server: ObservedServer, all: readonly DesiredVm[]): Concern {
  // A slice, not the whole list: a wave that names one server a thousand times costs no million steps.
  const some = all.slice(0, 10).filter((other) => other !== vm);
  const others = summarizeList(
    some.map(({ address }) => address),
    all.length - 1,
  );
  return raiseForVm('vm.same-server', vm, {
    message: `${vm.address} is the same server as ${others}: ${describeServer(server)}`,
    remedy: 'keep the VM in one place, and take it out of the other',
  });
}

/** The identifier of a reference that decides which server is looked up. */
function describeReference({ serverId, vmManagerId, vmId, vmWareUuid, path, name }: VmReference): string {
  if (serverId !== undefined) return `serverId "${serverId}"`;
  if (vmManagerId !== undefined && vmId !== undefined) {
    return `vmId "${vmId}" of vmManagerId "${vmManagerId}"`;
  }
  if (vmWareUuid !== undefined) return `vmWareUuid "${vmWareUuid}"`;
  return path === undefined ? `name "${name ?? ''}"` : `path "${path}"`;
}

/** Where a server stands, as exactly as the account knows it. */
function describeServer(server: ObservedServer): string {
  const { serverId, path, name, vmManagerName, vmManagerId, vmId, vmWareUuid } = server;
  const manager = vmManagerName ?? vmManagerId;
  const agent = server.hasAgent === true ? 'with an agent' : undefined;
  const id = [serverId, vmId ?? vmWareUuid, agent].filter((part) => part !== undefined).join(', ');
  return `${path ?? name ?? 'a VM without a name'} (${id}${manager === undefined ? '' : ` on ${manager}`})`;
}

/**
 * Refuses a job that the project does not own (design, rule 1). A wave that says `adopt` takes over a job that
 * nobody's marker claims; a job of another project is never taken over, and one that has completed or failed cannot
 * be changed any more, not even to carry our marker.
 */
export function ownershipConcern(vm: DesiredVm, job: ObservedJob, project: string): Concern | undefined {
  const { owner, id } = job;
  if (isOwnedBy(job, project)) return undefined;
  if (owner !== undefined) {
    return raiseForVm('job.unmanaged', vm, {
      message: `${fullName(vm)} already has replication job ${id} of project "${owner.project}"`,
      remedy: vm.adopt
        ? `take the VM out of that project first: adopt never takes over a job of another project`
        : `take the VM out of the manifests of one of the two projects`,
    });
  }
  if (job.isMarkable !== true && (job.state === 'completed' || job.state === 'failed')) {
    return raiseForVm('job.unmanaged', vm, {
      message: `${fullName(vm)} already has replication job ${id}, which no project owns and which has ${job.state}`,
      remedy: 'take the VM out of the manifests, or delete the job if the VM is to be replicated again',
    });
  }
  // A wave of agents takes over what its agents have reported.
  if (vm.adopt || (vm.replication === 'agent' && job.server.hasAgent === true)) return undefined;
  return raiseForVm('job.unmanaged', vm, {
    message: `${fullName(vm)} already has replication job ${id}, which no project owns`,
    remedy: 'set `adopt: true` on the wave to take the job over, or take the VM out of the manifests',
  });
}
