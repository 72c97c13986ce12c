import { renderSetUpIntent, renderSetUpJson, renderSetUpText } from '../../report/account/set-up.ts';
import { setUpAccount } from '../../workflow/account/set-up.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';
import { printChange } from './print-change.ts';

interface Flags extends LockOptions {
  readonly autoApprove?: boolean;
  readonly target?: string;
  readonly format: 'text' | 'json';
}

/**
 * `landfall mgn init [TARGET]`: gives the account of a target what AWS MGN needs before the first replication, after
 * asking. Prints what was done, what was there already, and what must be done by hand.
 */
export async function mgnInit(
  context: Context,
  { autoApprove, format, ...flags }: Flags,
  [name = flags.target]: readonly string[],
): Promise<number> {
  const { colors, verbose } = context;
  const result = await setUpAccount(context, {
    ...flags,
    ...(name !== undefined && { target: name }),
    approve: (target) => {
      announce(context, autoApprove, renderSetUpIntent(target));
      return requestApproval(context, autoApprove, 'Set this account up?');
    },
  });
  return printChange(context, result, ({ target, steps, concerns }) =>
    format === 'json'
      ? renderSetUpJson(target, steps, concerns)
      : renderSetUpText(target, steps, concerns, { colors, verbose }),
  );
}
