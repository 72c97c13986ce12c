import type { Context } from '../../cli/context.ts';
import type { ChangedPrecondition } from '../../core/apply-result.ts';
import type { Target } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { Observed } from '../../core/observed.ts';
import type { Plan } from '../../core/plan.ts';
import type { ObserveScope } from '../../core/provider.ts';
import { loadTargets } from '../../manifest/load.ts';
import {
  changedPreconditions,
  changedProject,
  type SavedPlan,
  targetsWithChanges,
} from '../../plan/saved/preconditions.ts';
import { type Accounts, openAccounts } from '../accounts.ts';
import type { Locks } from '../locking/locks.ts';
import { findProjectFile } from '../project-files.ts';

/** What a saved plan meets: all that has moved, or the accounts that it can be carried out on. */
export type SavedPlanCheck =
  | { readonly drift: readonly [ChangedPrecondition, ...ChangedPrecondition[]] }
  | {
      readonly drift: readonly [];
      readonly accounts: Accounts;
      readonly observed: ReadonlyMap<string, Observed>;
      readonly targets: readonly Target[];
    };

/**
 * Holds a saved plan against the project file and the accounts as they are now. The wave files are not read: what
 * was reviewed is what runs. Hands what it finds to `use`, and closes the accounts afterwards; with `locks` all of that
 * under the locks of the targets that the plan touches.
 *
 * @throws LandfallError where this cannot be found out: no project file, an error in it, an account out of reach
 */
export async function withSavedPlanCheck<T>(
  context: Context,
  saved: SavedPlan,
  use: (meeting: SavedPlanCheck) => T | Promise<T>,
  locks?: Locks,
): Promise<T> {
  const { plan } = saved;
  const projectFile = findProjectFile(context);
  const { found, concerns } = loadTargets(projectFile, context.host.cwd);
  if (found === undefined) throw invalidProject(concerns[0]?.message ?? 'it is wrong');

  const { project, targets } = found;
  const [first, ...others] = changedProject(plan, project, targets);
  if (first !== undefined) return use({ drift: [first, ...others] });

  const touched = new Set(targetsWithChanges(plan));
  const open = targets.filter(({ name }) => touched.has(name));
  const work = async (): Promise<T> => {
    const accounts = await openAccounts(context, project, projectFile, open);
    try {
      const observed = await accounts.observe(scopeOfPlan(plan));
      const [moved, ...more] = changedPreconditions(saved, observed, accounts.traits);
      return await use(
        moved === undefined ? { drift: [], accounts, observed, targets: open } : { drift: [moved, ...more] },
      );
    } finally {
      await accounts.close();
    }
  };
  return locks === undefined ? work() : locks.hold({ project, projectFile, targets: open }, work);
}

/**
 * What the plan stands on, as the wave files are not read: waves with a step in it are looked at as closely as the last
 * phase takes, and jobs of nobody where it adopts one.
 */
function scopeOfPlan({ changes }: Plan): Omit<ObserveScope, 'project'> {
  const steps = changes.filter(({ action }) => action === 'advance');
  const adopt = changes.some(({ fields }) =>
    fields.some(({ field, before }) => field === 'owner' && before === undefined),
  );
  return { phases: new Map(steps.map(({ wave }) => [wave, 'archive'])), adopt };
}

function invalidProject(what: string): LandfallError {
  return new LandfallError('MANIFESTS_INVALID', `the project file has errors: ${what}`, {
    remedy: 'run `landfall validate`, which shows all of them with their places',
  });
}
