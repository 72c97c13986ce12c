import { CONCERNS } from '../core/concern-ids.ts';
import { type Concern, raiseForTarget } from '../core/concern.ts';
import type { Desired, DesiredVm, Target } from '../core/desired.ts';
import type { Observed } from '../core/observed.ts';
import { type Change, withBlocks } from '../core/plan.ts';

/**
 * What the targets that may be the same account, region and service, under other names, have to say about the jobs of a
 * target. A project may have two such targets, with limits of their own: either sees the jobs of both.
 */
export interface OverlappingTargets {
  /** The VMs that git wants on them: no job of these is undesired. */
  readonly vms: readonly DesiredVm[];
  /** Those of them whose target was read, and is the same account for certain. */
  readonly sameAccount: readonly DesiredVm[];
  /** Whether it is this target that deletes an undesired job of a wave: exactly one of them does. */
  mayDelete(wave: string): boolean;
}

/** Finds the targets that overlap with a target, from the project and the observed accounts. */
export function overlappingTargets(
  target: Target,
  desired: Desired,
  observed: ReadonlyMap<string, Observed>,
): OverlappingTargets {
  const own = observed.get(target.name);
  const ids = new Set(own === undefined ? [] : jobIds(own));
  const others = desired.targets.filter((other) => {
    if (other.name === target.name || !mayBeSameAccount(target, other)) return false;
    // One place holds the same jobs. What was not observed, only the project file can tell apart.
    const account = observed.get(other.name);
    return account === undefined || jobIds(account).some((id) => ids.has(id));
  });
  const names = new Set(others.map(({ name }) => name));
  const homes = new Map(desired.waves.map((wave) => [wave.name, wave.target]));
  const first = !others.some(({ name }) => observed.has(name) && name < target.name);
  return {
    vms: desired.vms.filter((vm) => names.has(vm.target)),
    sameAccount: desired.vms.filter((vm) => names.has(vm.target) && observed.has(vm.target)),
    mayDelete(wave) {
      const home = homes.get(wave);
      if (home === target.name) return true;
      return home !== undefined && names.has(home) ? false : first;
    },
  };
}

function jobIds({ jobs, pastJobs = [], unfinished = [] }: Observed): readonly string[] {
  return [...jobs, ...pastJobs, ...unfinished].map(({ id }) => id);
}

function mayBeSameAccount(a: Target, b: Target): boolean {
  const accounts = [accountOf(a), accountOf(b)];
  const oneAccount = accounts.includes(undefined) || accounts[0] === accounts[1];
  return a.provider === b.provider && a.region === b.region && a.endpoint === b.endpoint && oneAccount;
}

/** What the target says, or the account in the ARN of its role: `arn:aws:iam::123456789012:role/landfall`. */
export function accountOf({
  account,
  assumeRole,
}: Pick<Target, 'account' | 'assumeRole'>): string | undefined {
  return account ?? assumeRole?.split(':')[4];
}

/**
 * What an account lacks before anything can be done in it.
 * @param vms those of the manifests, as far as they are known
 */
export function missingSetupConcerns(
  target: string,
  { missingSetup = [] }: Observed,
  vms: readonly DesiredVm[] = [],
): readonly Concern[] {
  const isAgentsOnly = vms.length > 0 && vms.every(({ replication }) => replication === 'agent');
  return missingSetup
    .filter(({ isForAgentless }) => isForAgentless !== true || !isAgentsOnly)
    .map(({ id, describe }) => raiseForTarget(id, target, describe(target)));
}

/** Blocks creates where the account lacks what every create needs: each would fail by itself. */
export function blockCreates({ missingSetup = [] }: Observed, changes: readonly Change[]): readonly Change[] {
  const ids = missingSetup.flatMap(({ id }) => (CONCERNS[id].severity === 'critical' ? [id] : []));
  if (ids.length === 0) return changes;
  return changes.map((change) => (change.action === 'create' ? withBlocks(change, ids) : change));
}
