import type { Target } from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';

/**
 * Makes sure that a target which names its account is that account, before anything else is asked of it.
 *
 * @param find tells the account that calls go to; asked only where the target names one
 * @throws LandfallError ACCOUNT_MISMATCH; whatever `find` throws
 */
export async function checkAccount(
  { name, account, endpoint, place }: Target,
  find: () => Promise<string | undefined>,
): Promise<void> {
  if (account === undefined) return;
  const found = await find();
  if (found === account) return;
  const what =
    found === undefined
      ? `nothing tells which account is behind ${endpoint ?? 'it'}`
      : `the credentials are for account ${found}`;
  throw new LandfallError('ACCOUNT_MISMATCH', `target ${name} is for account ${account}, and ${what}`, {
    place,
    remedy:
      found === undefined
        ? 'name a role of the account with assumeRole, or take `account` off the target'
        : 'use credentials of that account, or correct `account` of the target',
  });
}
