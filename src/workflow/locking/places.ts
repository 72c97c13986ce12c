import { describeLockHolder, describeTargets } from '../../core/lock.ts';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import type { Workspace } from '../../core/environment.ts';
import type { Target } from '../../core/desired.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { byText } from '../../core/lists.ts';
import type { FoundLock, LockStore } from '../../core/lock.ts';
import type { Instant } from '../../core/time.ts';
import type { TargetScope } from '../accounts.ts';
import { stateFolder } from '../project-files.ts';

/** A place where a lock is kept, and the targets that it is for. */
export interface LockPlace {
  readonly names: readonly string[];
  readonly store: LockStore;
  /** Whether the next run takes over the lock of a run that was killed. */
  readonly takesOverAbandoned: boolean;
}

/**
 * Returns the locks of targets, each once, in the order in which every run takes them. Targets without a lock are left
 * out.
 * @throws LandfallError USAGE for a local target whose lock is not on this machine
 */
export async function lockPlaces(workspace: Workspace, scope: TargetScope): Promise<readonly LockPlace[]> {
  const places = new Map<string, LockPlace>();
  for (const target of scope.targets) {
    const store = await storeOf(workspace, scope, target);
    if (store === undefined) continue;
    const known = places.get(store.place);
    if (known !== undefined) store.close();
    const names = [...(known?.names ?? []), target.name].sort(byText);
    places.set(store.place, {
      store: known?.store ?? store,
      names,
      takesOverAbandoned: target.lock === undefined,
    });
  }
  return [...places.values()].sort((a, b) => byText(a.store.place, b.store.place));
}

/** Loads the S3 client only if a lock is in S3. */
async function storeOf(
  { host }: Workspace,
  { project, projectFile, stateFolder: named }: TargetScope,
  { name, lock, endpoint, region, assumeRole, externalId }: Target,
): Promise<LockStore | undefined> {
  const local = endpoint === 'local';
  if (lock !== undefined) {
    const { s3Lock } = await import('../../locks/s3.ts');
    return s3Lock({
      lock,
      local,
      region,
      sessionName: `landfall-${project}`,
      clock: host.clock,
      machine: host,
      ...(assumeRole !== undefined && { assumeRole }),
      ...(externalId !== undefined && { externalId }),
    });
  }
  if (!local) return undefined;
  const { fileLock } = await import('../../locks/file.ts');
  const folder = named === undefined ? stateFolder(projectFile, 'locks', name) : join(named, 'locks', name);
  return fileLock({
    folder,
    place: relative(host.cwd, folder) || folder,
    host: hostname(),
    ...(host.isAlive !== undefined && { isAlive: host.isAlive }),
  });
}

/** The command that removes a lock for good. */
export function unlockCommand({ names }: LockPlace, id: string): string {
  return `landfall force-unlock ${id} --target ${names[0] ?? ''}`;
}

/** Returns the error of a run whose lock another run holds. */
export function lockHeldError(place: LockPlace, found: FoundLock, now: Instant): LandfallError {
  return new LandfallError(
    'LOCK_HELD',
    `${describeTargets(place.names)} is locked at ${place.store.place}: ${describeLockHolder(found, now)}`,
    {
      exitCode: EXIT.locked,
      remedy: `wait for it with --lock-timeout 10m; only if that run has died: ${unlockCommand(place, found.id)}`,
    },
  );
}

/** Returns the error of a run that has lost its lock. */
export function lockLostError({ names, store }: LockPlace, now: Instant, found?: FoundLock): LandfallError {
  const what = found === undefined ? 'somebody has removed it' : describeLockHolder(found, now);
  return new LandfallError(
    'LOCK_LOST',
    `the lock of ${describeTargets(names)} at ${store.place} was lost during the run: ${what}`,
    {
      exitCode: EXIT.locked,
      remedy:
        'check whether another run is in progress; then apply again, which continues from the current state',
    },
  );
}
