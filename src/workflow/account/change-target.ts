import type { Workspace } from '../../core/environment.ts';
import { type LockOptions, Locks } from '../locking/locks.ts';
import type { InvalidManifests, Manifests } from '../manifests.ts';
import { type OpenTarget, openTarget } from '../targets.ts';

export interface AccountOptions {
  /** The folder with the state of the built-in endpoint, instead of a project. */
  readonly state?: string;
  /** With `state`: the region; absent: that of the environment. */
  readonly region?: string;
  /** Absent: the default target of the project. */
  readonly target?: string;
}

export interface ChangeOptions<Preview> extends AccountOptions, LockOptions {
  /** Decides, from what would happen, whether the target is changed. */
  readonly approve: (preview: Preview) => Promise<boolean>;
}

/** How a change of a target ended. `done` is undefined if it was not approved or the user stopped it: nothing was changed. */
export type ChangeResult<Done> =
  | InvalidManifests
  | {
      readonly kind: 'ended';
      readonly done: Done | undefined;
      readonly isLockLost: boolean;
      /** A lock could not be released: the next run finds it held. */
      readonly isLockLeft: boolean;
    };

/**
 * Changes the account of one target, after approval and under the lock of the target.
 * @param operation the command that the lock names
 * @param steps `read` reads the manifests, once interrupts are listened for
 * @throws LandfallError TARGET_UNKNOWN, or LOCK_HELD
 */
export async function changeTarget<Preview, Done>(
  workspace: Workspace,
  operation: string,
  { approve, target, ...options }: ChangeOptions<Preview>,
  steps: {
    readonly read: () => Promise<Manifests | InvalidManifests>;
    readonly preview: (open: OpenTarget) => Preview | Promise<Preview>;
    readonly change: (open: OpenTarget, preview: Preview) => Promise<Done>;
  },
): Promise<ChangeResult<Done>> {
  await using locks = new Locks(workspace, options, operation);
  const manifests = await steps.read();
  if (manifests.kind === 'invalid') return manifests;
  await using open = await openTarget(workspace, manifests, target, locks);
  const preview = await steps.preview(open);
  const mayChange = (await approve(preview)) && (await locks.canContinue());
  const done = mayChange ? await steps.change(open, preview) : undefined;
  await locks.release();
  return { kind: 'ended', done, ...locks.ending };
}
