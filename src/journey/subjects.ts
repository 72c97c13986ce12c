import type { Desired, DesiredVm, Target } from '../core/desired.ts';
import { byKeys } from '../core/lists.ts';
import type { Observed, ObservedJob } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import { overlappingTargets } from './account.ts';
import { resolveAll, type ResolvedVms } from './resolve.ts';
import { groupJobs, indexServers, preferredJob, serverOf, type Servers } from './servers.ts';
import {
  ambiguousVmConcern,
  mismatchedVmConcern,
  sharedServerConcern,
  unknownVmConcern,
} from './vm-concerns.ts';

/**
 * Every VM that a command can be about: those of the manifests, found in their accounts as a plan finds them, and
 * all other jobs, ours or not. Targets that were not observed are left out. Sorted by target, wave and address.
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
  const servers = indexServers(account);
  const resolved = resolveAll(vms, servers);
  const jobs = groupJobs(account.jobs, servers);
  const listed = vms.map((vm): VmEntry => {
    const server = resolved.found.get(vm);
    const job = server && preferredJob(jobs.get(server.serverId) ?? [], project);
    return subjectOf(vm, {
      ...(server !== undefined && { server }),
      ...(job !== undefined && { job }),
      ...problemOf(vm, resolved, account, inventory),
    });
  });

  const neighbours = overlappingTargets(target, desired, observed);
  const { byServer } =
    neighbours.vms.length === 0 ? resolved : resolveAll([...vms, ...neighbours.vms], servers);
  const others = findUnlistedJobs(target.name, project, account.jobs, servers, byServer).filter(
    ({ wave }) => wave === undefined || neighbours.mayDelete(wave),
  );
  return [...listed, ...distinguish(others, listed)];
}

function subjectOf(vm: DesiredVm, seen: Pick<VmEntry, 'server' | 'job' | 'problem'>): VmEntry {
  const { address, target, wave } = vm;
  return { address, target, wave, vm, ...seen };
}

/** Adds the job's id to addresses that several share, as plans do. */
function distinguish(others: readonly VmEntry[], listed: readonly VmEntry[]): readonly VmEntry[] {
  const counts = new Map<string, number>();
  for (const { address } of [...listed, ...others]) counts.set(address, (counts.get(address) ?? 0) + 1);
  return others.map((subject) => {
    const { address, job } = subject;
    return counts.get(address) === 1 ? subject : { ...subject, address: `${address}#${job?.id ?? ''}` };
  });
}

const inOrder = byKeys<VmEntry>(
  ({ target }) => target,
  ({ wave }) => wave ?? '\uffff',
  ({ address }) => address,
);

/**
 * Why it is not certain which server a VM is, in a plan's words. A catalogue that is not there knows no VM: that is
 * said once for the target, not for each of its VMs.
 */
function problemOf(
  vm: DesiredVm,
  { problems, sharedServers: rivals, byServer }: ResolvedVms,
  { catalog }: Observed,
  inventory: ProviderTraits['inventory'],
): Pick<VmEntry, 'problem'> {
  const shared = rivals.get(vm);
  if (shared !== undefined)
    return { problem: sharedServerConcern(vm, shared, byServer.get(shared.serverId) ?? []) };
  const problem = problems.get(vm);
  switch (problem?.kind) {
    case 'ambiguous':
      return { problem: ambiguousVmConcern(vm, problem.candidates) };
    case 'mismatch':
      return { problem: mismatchedVmConcern(vm, problem.server, problem.mismatched) };
    case 'unknown':
      return catalog === 'available' ? { problem: unknownVmConcern(vm, problem.similar, inventory) } : {};
    case undefined:
      return {};
  }
}

/** The jobs that stand for no VM of the manifests: ours by the wave of their marker, others by the VM's name alone. */
function findUnlistedJobs(
  target: string,
  project: string,
  jobs: readonly ObservedJob[],
  servers: Servers,
  listed: ReadonlyMap<string, unknown>,
): readonly VmEntry[] {
  return jobs.flatMap((job): readonly VmEntry[] => {
    const server = serverOf(job, servers);
    if (listed.has(server.serverId)) return [];
    const name = server.name ?? server.path ?? server.serverId;
    const { owner } = job;
    if (owner?.project !== project) return [{ address: name, target, server, job }];
    return [{ address: `${owner.wave}/${name}`, target, wave: owner.wave, server, job }];
  });
}

/** Whether a name is meant: a name or glob that the caller has compiled. */
export type NameMatcher = (name: string) => boolean;

/** Everything by which a user may call a VM: address, name, path and the ids of server and job. */
export function subjectNames({ address, wave, vm, server, job }: VmEntry): readonly string[] {
  const names = [
    address,
    wave === undefined ? undefined : address.slice(wave.length + 1),
    vm?.reference.name,
    vm?.reference.path,
    server?.name,
    server?.path,
    server?.serverId,
    job?.id,
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The VMs that are meant, by one of their names or by that of their wave. */
export function matchSubjects(subjects: readonly VmEntry[], matches: NameMatcher): readonly VmEntry[] {
  return subjects.filter(
    (subject) => (subject.wave !== undefined && matches(subject.wave)) || subjectNames(subject).some(matches),
  );
}
