import type { Concern } from '../../core/concern.ts';
import type { Target } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import type { SetUpStep } from '../../core/operations.ts';
import { missingSetupConcerns } from '../../journey/account.ts';
import { serviceOf } from '../../providers/registry.ts';
import { type InvalidManifests, type Manifests, readValidManifests } from '../manifests.ts';
import { findTarget, requireFeature } from '../targets.ts';
import { type ChangeOptions, type ChangeResult, changeTarget } from './change-target.ts';

/** What was done to set up an account, and what is still missing. */
interface SetUp {
  readonly target: string;
  readonly steps: readonly SetUpStep[];
  readonly concerns: readonly Concern[];
}

/**
 * Gives the account of a target what its service needs before the first replication, as the project file says.
 * @throws LandfallError NOT_SUPPORTED for a target whose service needs no set-up; TARGET_UNKNOWN, LOCK_HELD
 */
export function setUpAccount(
  workspace: Workspace,
  options: ChangeOptions<Target>,
): Promise<ChangeResult<SetUp>> {
  const read = async (): Promise<Manifests | InvalidManifests> => {
    const manifests = await readValidManifests(workspace);
    if (manifests.kind === 'invalid') return manifests;
    const { targets, defaultTarget } = manifests.desired;
    const target = findTarget(targets, options.target ?? defaultTarget);
    requireFeature(serviceOf(target.provider).target.setup, target, 'mgn init');
    return manifests;
  };
  return changeTarget(workspace, 'mgn init', options, {
    read,
    preview: ({ target }) => target,
    async change({ setUp, project, observe, target: { name, setup = {} } }) {
      const steps = (await setUp?.(setup, { project })) ?? [];
      return { target: name, steps, concerns: missingSetupConcerns(name, await observe()) };
    },
  });
}
