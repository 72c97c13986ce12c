import type { Desired, Target } from '../../core/desired.ts';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { lackConcerns } from '../../plan/lacks.ts';
import { renderSetUpIntent, renderSetUpText } from '../../report/set-up-text.ts';
import { renderSetUpJson } from '../../report/set-up-json.ts';
import type { Accounts } from '../accounts.ts';
import { announce, approved } from '../approval.ts';
import type { Context } from '../context.ts';
import { type LockFlags, type Locks, withLocks } from '../locking.ts';
import { ofTarget, withAccounts } from '../open-accounts.ts';
import { findTarget } from '../target.ts';

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
    onMgn(findTarget(targets, name ?? flags.target ?? defaultTarget));
  return withLocks(context, flags, 'mgn init', async (locks) => {
    const code = await withAccounts(
      context,
      (desired) => [choose(desired)],
      (desired, accounts) => setUp(context, flags, { desired, target: choose(desired), accounts, locks }),
      locks,
    );
    return locks.lost === undefined ? code : EXIT.locked;
  });
}

async function setUp(
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
  if (!(await approved(context, autoApprove, 'Set this account up?'))) return EXIT.error;
  if (!(await locks.mayGoOn())) return EXIT.error;

  const steps = await ofTarget(accounts.setUps, name)(setup, { project: desired.project });
  const observed = ofTarget(await accounts.observe({ phases: new Map() }), name);
  const concerns = lackConcerns(name, observed);
  print(
    format === 'json'
      ? renderSetUpJson(name, steps, concerns)
      : renderSetUpText(name, steps, concerns, { colors, verbose }),
  );
  return EXIT.done;
}

/** @throws LandfallError NOT_SUPPORTED for a target of another service */
function onMgn(target: Target): Target {
  if (target.provider === 'mgn') return target;
  throw new LandfallError('NOT_SUPPORTED', `target ${target.name} is not on AWS MGN`, {
    place: target.place,
    remedy:
      'name a target with `provider: mgn`: `landfall mgn init TARGET`; AWS SMS needs no setting up by landfall',
  });
}
