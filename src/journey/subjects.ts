import { type Desired, type DesiredVm, mayBeLeftOut, type Target } from '../core/desired.ts';
import { byKeys } from '../core/lists.ts';
import { type Address, fullName, toAddress } from '../core/names.ts';
import { isOwnedBy, type Observed, type PastJob } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import { type OverlappingTargets, overlappingTargets } from './account.ts';
import { isNamedById, type MatchedTarget, matchTarget, subjectOf, unlistedJobs } from './resolve.ts';
import { serverOf } from './servers.ts';
import { hasOtherVms, unresolvedConcern } from './vm-concerns.ts';

/**
 * Every VM that a command can be about: those of the manifests, found in their accounts as a plan finds them, all other
 * jobs, ours or not, and VMs of which only deleted jobs of the project are left. Targets that were not observed are left out. Sorted by target, wave and address.
 */
export function findSubjects(
  desired: Desired,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
): readonly VmEntry[] {
  return desired.targets
    .flatMap((target) => {
      const account = observed.get(target.name);
      const inventory = traits.get(target.name)?.inventory;
      return account === undefined || inventory === undefined
        ? []
        : subjectsOf(desired, target, account, observed, inventory);
    })
    .toSorted(inOrder);
}

function subjectsOf(
  desired: Desired,
  target: Target,
  account: Observed,
  observed: ReadonlyMap<string, Observed>,
  inventory: ProviderTraits['inventory'],
): readonly VmEntry[] {
  const { project } = desired;
  const vms = desired.vms.filter((vm) => vm.target === target.name);
  const overlapping = overlappingTargets(target, desired, observed);
  const matched = matchTarget(vms, overlapping, account);
  const { resolved } = matched;
  const found = [...resolved.found].map(([vm, server]): VmEntry => ({
    ...entryOf(vm),
    ...subjectOf(project, matched, server, vm),
  }));
  const isForeign = hasOtherVms(target, resolved);
  const uncertain = [...resolved.problems.keys(), ...resolved.sharedServers.keys()].map((vm): VmEntry => {
    const problem = unresolvedConcern(vm, resolved, account, inventory, isForeign);
    return { ...entryOf(vm), past: [], ...(problem !== undefined && { problem }) };
  });
  const others = unlistedJobs(account.jobs, matched, overlapping, project, vms);
  const unlisted = others.map((job): VmEntry => {
    const isLeftOut = job.wave !== undefined && mayBeLeftOut(desired, job.wave);
    const past = matched.past.get(job.server.serverId) ?? [];
    return { ...job, target: target.name, past, ...(isLeftOut && { isLeftOut }) };
  });
  const taken = new Set([...vms, ...unlisted].map(({ address }) => address));
  return [
    ...found,
    ...uncertain,
    ...unlisted,
    ...pastSubjects(desired, target.name, matched, overlapping, taken),
  ];
}

/** The VMs of which only deleted jobs of the project are left: they were migrated, and taken out of the manifests. */
function pastSubjects(
  desired: Desired,
  target: string,
  { servers, jobs, past, listed }: MatchedTarget,
  overlapping: OverlappingTargets,
  taken: Set<Address>,
): readonly VmEntry[] {
  return [...past].flatMap(([serverId, ofServer]): readonly VmEntry[] => {
    const latest = ofServer.find((job) => isOwnedBy(job, desired.project));
    if (latest?.owner === undefined || jobs.has(serverId) || listed.byServer.has(serverId)) return [];
    const { wave } = latest.owner;
    if (!overlapping.mayDelete(wave)) return [];
    const server = serverOf(latest, servers);
    const plain = toAddress(`${wave}/${server.name ?? server.path ?? serverId}`);
    const address = taken.has(plain) ? toAddress(`${plain}#${latest.id}`) : plain;
    taken.add(address);
    const label = servers.labelOf(server);
    return [
      {
        ...{ address, wave, target, server, past: ofServer, isPast: true },
        ...(label !== undefined && { label }),
        ...(mayBeLeftOut(desired, wave) && { isLeftOut: true }),
      },
    ];
  });
}

function entryOf(vm: DesiredVm) {
  const { address, target, wave, label } = vm;
  return { address, target, wave, vm, ...(label !== undefined && { label }) };
}

const inOrder = byKeys<VmEntry>(
  ({ target }) => target,
  ({ wave }) => wave ?? '\uffff',
  ({ address }) => address,
);

/** Whether a name is meant: a name or glob that the caller has compiled. */
export type NameMatcher = (name: string) => boolean;

/** Everything by which a user may call a VM: its names, its path, its VMware UUID and the ids of its server and its job. */
export function subjectNames(entry: VmEntry): readonly string[] {
  const { vm, server, job } = entry;
  const others = [vm?.reference.path, server?.path, server?.serverId, server?.vmWareUuid, job?.id];
  return [...new Set([...vmNames(entry), ...others.filter((name) => name !== undefined)])];
}

/** The names of a VM: its address, with and without the wave, its names to show, and others such as its DNS name. */
export function vmNames(entry: VmEntry): readonly string[] {
  const { address, wave, server, vm } = entry;
  const short = wave === undefined ? [] : [address.slice(wave.length + 1)];
  // Where VMs share a name, their addresses end in what tells them apart.
  const name = vm?.reference.name ?? server?.name;
  const named = wave === undefined || name === undefined ? [] : [`${wave}/${name}`];
  return [address, ...named, ...short, ...displayNames(entry), ...(server?.otherNames ?? [])];
}

/** The names of a VM that are worth a suggestion: its address unless that ends in an id, its label and its name. */
export function displayNames(entry: VmEntry): readonly string[] {
  const { label, vm, server } = entry;
  const hasName = label !== undefined || vm === undefined || !isNamedById(vm.reference);
  const names = [...(hasName ? [fullName(entry)] : []), label, vm?.reference.name, server?.name];
  return names.filter((name) => name !== undefined);
}

/**
 * Finds the VMs of which the account has something with one of some ids: a run, an AMI, an instance, a job, a launch.
 * Looks at each VM once, however many ids there are.
 * @returns the VMs by id; ids of nothing are not in it
 */
export function subjectsById(
  subjects: readonly VmEntry[],
  ids: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<VmEntry>> {
  const found = new Map<string, Set<VmEntry>>();
  if (ids.size === 0) return found;
  for (const subject of subjects) {
    const add = (id: string | undefined): void => {
      if (id === undefined || !ids.has(id)) return;
      const others = found.get(id);
      if (others === undefined) found.set(id, new Set([subject]));
      else others.add(subject);
    };
    const addJob = (job: PastJob): void => {
      for (const id of [job.id, job.server.serverId, job.latestAmiId, job.finalizedAmi, job.instanceId])
        add(id);
      for (const run of job.runs ?? []) {
        add(run.id);
        add(run.amiId);
      }
      for (const { id, instanceId } of job.milestones ?? []) {
        add(id);
        add(instanceId);
      }
    };
    if (subject.job !== undefined) addJob(subject.job);
    subject.past.forEach(addJob);
  }
  return found;
}

/**
 * The VMs that are meant, by one of their names or by that of their wave. VMs that are past are meant by a name that no
 * other VM has.
 * @param byId those that are meant by an id
 */
export function matchSubjects(
  subjects: readonly VmEntry[],
  matches: NameMatcher,
  byId: ReadonlySet<VmEntry> = new Set(),
): readonly VmEntry[] {
  const isNamed = (subject: VmEntry): boolean => subjectNames(subject).some(matches);
  const isInWave = ({ wave }: VmEntry): boolean => wave !== undefined && matches(wave);
  const meant = subjects.filter(
    (subject) => byId.has(subject) || (subject.isPast !== true && (isInWave(subject) || isNamed(subject))),
  );
  return meant.length > 0 ? meant : subjects.filter(isNamed);
}
