import type { Target } from '../core/desired.ts';
import type { Drift } from '../core/drift.ts';
import { LandfallError } from '../core/error.ts';
import type { Plan } from '../core/plan.ts';
import type { Observed } from '../core/observed.ts';
import type { ObserveScope } from '../core/provider.ts';
import { loadTargets } from '../manifest/index.ts';
import { accountDrift, projectDrift, type SavedPlan, touchedTargets } from '../plan/saved/index.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import type { Context } from './context.ts';
import type { Locks } from './locking.ts';
import { findProjectFile } from './project.ts';

/** What a saved plan meets: all that has moved, or the accounts that it can be carried out on. */
export type Meeting =
  | { readonly drift: readonly [Drift, ...Drift[]] }
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
export async function meet<T>(
  context: Context,
  saved: SavedPlan,
  use: (meeting: Meeting) => T | Promise<T>,
  locks?: Locks,
): Promise<T> {
  const { plan } = saved;
  const projectFile = findProjectFile(context);
  const { found, concerns } = loadTargets(projectFile, context.host.cwd);
  if (found === undefined) throw brokenProject(concerns[0]?.message ?? 'it is wrong');

  const { project, targets } = found;
  const [first, ...others] = projectDrift(plan, project, targets);
  if (first !== undefined) return use({ drift: [first, ...others] });

  const touched = new Set(touchedTargets(plan));
  const open = targets.filter(({ name }) => touched.has(name));
  const work = async (): Promise<T> => {
    const accounts = await openAccounts(context, project, projectFile, open);
    try {
      const observed = await accounts.observe(scopeOf(plan));
      const [moved, ...more] = accountDrift(saved, observed, accounts.traits);
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
function scopeOf({ changes }: Plan): Omit<ObserveScope, 'project'> {
  const steps = changes.filter(({ action }) => action === 'advance');
  const adopt = changes.some(({ fields }) =>
    fields.some(({ field, before }) => field === 'owner' && before === undefined),
  );
  return { phases: new Map(steps.map(({ wave }) => [wave, 'archive'])), adopt };
}

function brokenProject(what: string): LandfallError {
  return new LandfallError('MANIFESTS_INVALID', `the project file has errors: ${what}`, {
    remedy: 'run `landfall validate`, which shows all of them with their places',
  });
}
