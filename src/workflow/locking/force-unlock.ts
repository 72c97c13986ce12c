import type { Target } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { LandfallError } from '../../core/error.ts';
import { describeLockHolder, describeTargets } from '../../core/lock.ts';
import { loadTargets, type ProjectTargets } from '../../manifest/load.ts';
import { findProjectFile } from '../project-files.ts';
import { findTarget } from '../targets.ts';
import { type LockPlace, lockPlaces } from './places.ts';

export interface UnlockOptions {
  /** Absent: the default target of the project. */
  readonly target?: string;
  /** Decides whether the lock is removed. `about` names the lock, `holder` says who holds it since when. */
  readonly approve: (about: string, holder: string) => Promise<boolean>;
}

/** The lock that was removed; undefined: it was not approved. */
export type UnlockResult = { readonly targets: readonly string[] } | undefined;

/**
 * Removes the lock with an id, and only as it was when it was shown. Does not read the wave files, so that a lock can be
 * removed whatever is wrong with them.
 * @throws LandfallError MANIFESTS_INVALID, TARGET_UNKNOWN, USAGE, LOCK_NOT_HELD, LOCK_OTHER
 */
export async function forceUnlock(
  workspace: Workspace,
  id: string,
  options: UnlockOptions,
): Promise<UnlockResult> {
  const projectFile = findProjectFile(workspace);
  const { found, concerns } = loadTargets(projectFile, workspace.host.cwd);
  if (found === undefined) {
    throw new LandfallError(
      'MANIFESTS_INVALID',
      `the project file has errors: ${concerns[0]?.message ?? 'it is wrong'}`,
      { remedy: 'run `landfall validate`, which shows all of them with their places' },
    );
  }
  const target = chooseTarget(found, options.target);
  const [place] = await lockPlaces(workspace, { project: found.project, projectFile, targets: [target] });
  if (place === undefined) {
    throw new LandfallError('USAGE', `target ${target.name} has no lock`, {
      place: target.place,
      remedy: 'name another one with --target; `lock` on a target gives it a lock',
    });
  }
  try {
    return await removeLock(workspace, place, id, options);
  } finally {
    place.store.close();
  }
}

async function removeLock(
  { host }: Workspace,
  { names, store }: LockPlace,
  id: string,
  { approve }: UnlockOptions,
): Promise<UnlockResult> {
  const about = `the lock of ${describeTargets(names)} at ${store.place}`;
  const found = await store.read();
  if (found === undefined) {
    throw new LandfallError('LOCK_NOT_HELD', `nobody holds ${about}`, {
      remedy: 'there is nothing to remove; for the lock of another target, give --target',
    });
  }
  const holder = describeLockHolder(found, host.clock.now());
  if (found.id !== id) {
    throw new LandfallError('LOCK_OTHER', `${about} has the id ${found.id}, not ${id}: ${holder}`, {
      remedy: 'wait for that run with --lock-timeout; only if it has died, give its id',
    });
  }
  if (!(await approve(about, holder))) return undefined;
  if (!(await store.remove(found))) {
    throw new LandfallError('LOCK_NOT_HELD', `${about} was released or replaced in the meantime`, {
      remedy: 'run the command again that was refused',
    });
  }
  return { targets: names };
}

/** @throws LandfallError TARGET_UNKNOWN */
function chooseTarget({ targets, defaultTarget }: ProjectTargets, name = defaultTarget): Target {
  if (name !== undefined) return findTarget(targets, name);
  throw new LandfallError('TARGET_UNKNOWN', 'the project has no defaultTarget', {
    remedy: `name one with --target: ${targets.map((target) => target.name).join(', ')}`,
  });
}
