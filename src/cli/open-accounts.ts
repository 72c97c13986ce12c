import type { Desired, Target } from '../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../core/error.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import type { Context } from './context.ts';
import { readManifests } from './planning.ts';

/**
 * Reads the manifests and opens the accounts of some of their targets for as long as `use` takes. Manifests that
 * cannot be read have been explained on stderr when it returns.
 */
export async function withAccounts(
  context: Context,
  choose: (desired: Desired) => readonly Target[],
  use: (desired: Desired, accounts: Accounts) => Promise<ExitCode>,
): Promise<ExitCode> {
  const manifests = readManifests(context);
  if (manifests === undefined) return EXIT.error;
  const { desired, projectFile } = manifests;
  const accounts = await openAccounts(context, desired.project, projectFile, choose(desired));
  try {
    return await use(desired, accounts);
  } finally {
    await accounts.close();
  }
}

/** What a map by target names has for one that is open. */
export function ofTarget<T>(map: ReadonlyMap<string, T>, target: string): T {
  const value = map.get(target);
  if (value !== undefined) return value;
  throw new LandfallError('INTERNAL', `target ${target} is not open`, { source: 'landfall' });
}
