import { EXIT } from '../../core/error.ts';
import { missingSetupConcerns } from '../../journey/account.ts';
import { serviceOf } from '../../providers/registry.ts';
import { renderSetUpIntent, renderSetUpJson, renderSetUpText } from '../../report/account/set-up.ts';
import { type LockOptions, Locks } from '../../workflow/locking/locks.ts';
import { readValidManifests } from '../../workflow/manifests.ts';
import { findTarget, openTarget, requireFeature } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, exitCodeUnder, showInvalidManifests } from '../context.ts';

interface Flags extends LockOptions {
  readonly autoApprove?: boolean;
  readonly target?: string;
  readonly format: 'text' | 'json';
}

/**
 * `landfall mgn init [TARGET]`: gives the account of a target what AWS MGN needs before the first replication, as the
 * project file says, after asking. Says what it found there already, and what is left to do by hand.
 */
export async function mgnInit(context: Context, flags: Flags, [name]: readonly string[]): Promise<number> {
  await using locks = new Locks(context, flags, 'mgn init');
  const manifests = readValidManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  const { targets, defaultTarget } = manifests.desired;
  const target = findTarget(targets, name ?? flags.target ?? defaultTarget);
  requireFeature(serviceOf(target.provider).target.setup, target, 'mgn init');
  await using open = await openTarget(context, manifests, target.name, locks);
  announce(context, flags.autoApprove, renderSetUpIntent(target));
  const approved = await requestApproval(context, flags.autoApprove, 'Set this account up?');
  if (!approved || !(await locks.canContinue())) return await exitCodeUnder(locks, EXIT.error);

  const steps = (await open.setUp?.(target.setup ?? {}, { project: open.project })) ?? [];
  const concerns = missingSetupConcerns(target.name, await open.observe());
  const { colors, verbose, print } = context;
  print(
    flags.format === 'json'
      ? renderSetUpJson(target.name, steps, concerns)
      : renderSetUpText(target.name, steps, concerns, { colors, verbose }),
  );
  return await exitCodeUnder(locks, EXIT.done);
}
