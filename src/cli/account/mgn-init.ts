import type { Desired, Target } from '../../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { missingSetupConcerns } from '../../journey/account.ts';
import { serviceOf } from '../../providers/registry.ts';
import { renderSetUpIntent, renderSetUpJson, renderSetUpText } from '../../report/account/set-up.ts';
import type { Accounts } from '../../workflow/accounts.ts';
import { type LockFlags, type Locks, withLocks } from '../../workflow/locking/locks.ts';
import { findTarget, getOfTarget, withAccounts } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';

interface Flags extends LockFlags {
  readonly autoApprove?: boolean;
  readonly target?: string;
  readonly format: 'text' | 'json';
}

/**
 * `landfall mgn init [TARGET]`: gives the account of a target what AWS MGN needs before the first replication, as the
 * project file says, after asking. Says what it found there already, and what is left to do by hand.
 */
export function mgnInit(context: Context, flags: Flags, [name]: readonly string[]): Promise<number> {
  const choose = ({ targets, defaultTarget }: Desired): Target =>
    requireSetUp(findTarget(targets, name ?? flags.target ?? defaultTarget));
  return withLocks(context, flags, 'mgn init', async (locks) => {
    const code = await withAccounts(
      context,
      (desired) => [choose(desired)],
      (desired, accounts) =>
        setUpAccount(context, flags, { desired, target: choose(desired), accounts, locks }),
      locks,
    );
    return locks.lost === undefined ? code : EXIT.locked;
  });
}

async function setUpAccount(
  context: Context,
  { autoApprove, format }: Flags,
  scene: {
    readonly desired: Desired;
    readonly target: Target;
    readonly accounts: Accounts;
    readonly locks: Locks;
  },
): Promise<ExitCode> {
  const { desired, target, accounts, locks } = scene;
  const { name, setup = {} } = target;
  const { colors, verbose, print } = context;
  announce(context, autoApprove, renderSetUpIntent(target));
  if (!(await requestApproval(context, autoApprove, 'Set this account up?'))) return EXIT.error;
  if (!(await locks.canContinue())) return EXIT.error;

  const steps = await getOfTarget(accounts.setUps, name)(setup, { project: desired.project });
  const observed = getOfTarget(await accounts.observe({ phases: new Map() }), name);
  const concerns = missingSetupConcerns(name, observed);
  print(
    format === 'json'
      ? renderSetUpJson(name, steps, concerns)
      : renderSetUpText(name, steps, concerns, { colors, verbose }),
  );
  return EXIT.done;
}

/** @throws LandfallError NOT_SUPPORTED for a target whose service needs no set-up */
function requireSetUp(target: Target): Target {
  const { title, target: rules } = serviceOf(target.provider);
  if (rules.setup !== undefined) return target;
  throw new LandfallError(
    'NOT_SUPPORTED',
    `target ${target.name} is on AWS ${title}, which needs no set-up`,
    {
      place: target.place,
      remedy: 'name a target with `provider: mgn`: `landfall mgn init TARGET`',
    },
  );
}
