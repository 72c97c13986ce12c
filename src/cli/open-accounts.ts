import type { Desired, Target } from '../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import type { Context } from './context.ts';
import type { Locks } from './locking.ts';
import { readManifests } from './planning.ts';

/**
 * Reads the manifests and opens the accounts of some of their targets for as long as `use` takes. Manifests that
 * cannot be read have been explained on stderr when it returns. With `locks`, all of it under the locks of the targets.
 */
export async function withAccounts(
  context: Context,
  choose: (desired: Desired) => readonly Target[],
  use: (desired: Desired, accounts: Accounts) => Promise<ExitCode>,
  locks?: Locks,
): Promise<ExitCode> {
  const manifests = readManifests(context);
  if (manifests === undefined) return EXIT.error;
  const { desired, projectFile } = manifests;
  const { project } = desired;
  const targets = choose(desired);
  const work = async (): Promise<ExitCode> => {
    const accounts = await openAccounts(context, project, projectFile, targets);
    try {
      return await use(desired, accounts);
    } finally {
      await accounts.close();
    }
  };
  return locks === undefined ? work() : locks.hold({ project, projectFile, targets }, work);
}

/** What a map by target names has for one that is open. */
export function ofTarget<T>(map: ReadonlyMap<string, T>, target: string): T {
  const value = map.get(target);
  if (value !== undefined) return value;
  throw new LandfallError('INTERNAL', `target ${target} is not open`, { source: 'landfall' });
}
