import { type Desired, mayBeLeftOut, type Target } from '../core/desired.ts';
import { byKeys } from '../core/lists.ts';
import type { Observed, PastJob } from '../core/observed.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { VmEntry } from '../core/status.ts';
import { overlappingTargets } from './account.ts';
import { matchTarget, subjectOf, unlistedJobs } from './resolve.ts';
import { unresolvedConcern } from './vm-concerns.ts';

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
  const overlapping = overlappingTargets(target, desired, observed);
  const matched = matchTarget(vms, overlapping, account);
  const { resolved } = matched;
  const listed = vms.map((vm): VmEntry => {
    const { address, wave } = vm;
    const server = resolved.found.get(vm);
    const { job, past = [] } = server === undefined ? {} : subjectOf(project, matched, server);
    const problem = unresolvedConcern(vm, resolved, account, inventory);
    return {
      ...{ address, target: target.name, wave, vm },
      past,
      ...(server !== undefined && { server }),
      ...(job !== undefined && { job }),
      ...(problem !== undefined && { problem }),
    };
  });
  const others = unlistedJobs(account.jobs, matched, overlapping, project, vms);
  const unlisted = others.map((job): VmEntry => {
    const isLeftOut = job.wave !== undefined && mayBeLeftOut(desired, job.wave);
    const past = matched.past.get(job.server.serverId) ?? [];
    return { ...job, target: target.name, past, ...(isLeftOut && { isLeftOut }) };
  });
  return [...listed, ...unlisted];
}

const inOrder = byKeys<VmEntry>(
  ({ target }) => target,
  ({ wave }) => wave ?? '\uffff',
  ({ address }) => address,
);

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

/** Everything that the account has of a VM, by its id: runs, AMIs, instances, deleted jobs, launches. */
export function subjectIds({ job, past }: VmEntry): readonly string[] {
  const jobs: readonly PastJob[] = job === undefined ? past : [job, ...past];
  const ids = jobs.flatMap(({ id, server, runs = [], milestones = [], ...rest }) => [
    id,
    server.serverId,
    rest.latestAmiId,
    rest.finalizedAmi,
    rest.instanceId,
    ...runs.flatMap((run) => [run.id, run.amiId]),
    ...milestones.map((milestone) => milestone.id),
  ]);
  return ids.filter((id) => id !== undefined);
}

/**
 * The VMs that are meant, by one of their names or by that of their wave, or by the id of something that the account has
 * of them.
 */
export function matchSubjects(
  subjects: readonly VmEntry[],
  matches: NameMatcher,
  ids: ReadonlySet<string> = new Set(),
): readonly VmEntry[] {
  return subjects.filter(
    (subject) =>
      (subject.wave !== undefined && matches(subject.wave)) ||
      subjectNames(subject).some(matches) ||
      (ids.size > 0 && subjectIds(subject).some((id) => ids.has(id))),
  );
}
