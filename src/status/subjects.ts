import type { Desired, DesiredVm, Target } from '../core/desired.ts';
import type { Observed } from '../core/observed.ts';
import { byKeys } from '../core/order.ts';
import type { ProviderTraits } from '../core/provider.ts';
import type { Subject } from '../core/status.ts';
import { preferredJob } from '../plan/jobs.ts';
import { neighboursOf } from '../plan/neighbours.ts';
import { resolveAll } from '../plan/resolve-all.ts';
import { groupJobs, indexServers } from '../plan/servers.ts';
import { problemOf } from './problem.ts';
import { unlistedJobs } from './unlisted.ts';

/**
 * Every VM that a command can be about: those of the manifests, found in their accounts as a plan finds them, and
 * all other jobs, ours or not. Targets that were not observed are left out. Sorted by target, wave and address.
 */
export function findSubjects(
  desired: Desired,
  observed: ReadonlyMap<string, Observed>,
  traits: ReadonlyMap<string, ProviderTraits>,
): readonly Subject[] {
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
): readonly Subject[] {
  const { project } = desired;
  const vms = desired.vms.filter((vm) => vm.target === target.name);
  const servers = indexServers(account);
  const resolved = resolveAll(vms, servers);
  const jobs = groupJobs(account.jobs, servers);
  const listed = vms.map((vm): Subject => {
    const server = resolved.found.get(vm);
    const job = server && preferredJob(jobs.get(server.serverId) ?? [], project);
    return subjectOf(vm, {
      ...(server !== undefined && { server }),
      ...(job !== undefined && { job }),
      ...problemOf(vm, resolved, account, inventory),
    });
  });

  const neighbours = neighboursOf(target, desired, observed);
  const { byServer } =
    neighbours.vms.length === 0 ? resolved : resolveAll([...vms, ...neighbours.vms], servers);
  const others = unlistedJobs(target.name, project, account.jobs, servers, byServer).filter(
    ({ wave }) => wave === undefined || neighbours.mayDelete(wave),
  );
  return [...listed, ...distinguish(others, listed)];
}

function subjectOf(vm: DesiredVm, seen: Pick<Subject, 'server' | 'job' | 'problem'>): Subject {
  const { address, target, wave } = vm;
  return { address, target, wave, vm, ...seen };
}

/** Adds the job's id to addresses that several share, as plans do. */
function distinguish(others: readonly Subject[], listed: readonly Subject[]): readonly Subject[] {
  const counts = new Map<string, number>();
  for (const { address } of [...listed, ...others]) counts.set(address, (counts.get(address) ?? 0) + 1);
  return others.map((subject) => {
    const { address, job } = subject;
    return counts.get(address) === 1 ? subject : { ...subject, address: `${address}#${job?.id ?? ''}` };
  });
}

const inOrder = byKeys<Subject>(
  ({ target }) => target,
  ({ wave }) => wave ?? '\uffff',
  ({ address }) => address,
);
