import { hostname } from 'node:os';
import { relative } from 'node:path';
import type { Target } from '../core/desired.ts';
import type { LockStore } from '../core/lock.ts';
import { byText } from '../core/order.ts';
import type { Context } from './context.ts';
import { stateFolder } from './state-folder.ts';

/** The project whose targets are to be locked. */
export interface LockScope {
  readonly project: string;
  readonly projectFile: string;
  readonly targets: readonly Target[];
}

/** A place where a lock can stand, and the targets that it is for. */
export interface LockPlace {
  readonly names: readonly string[];
  readonly store: LockStore;
  /** Whether the next run takes over what a run that was killed left behind. */
  readonly heals: boolean;
}

/**
 * The locks of targets, none twice, in the one order in which every run takes them. Targets without a lock have no
 * part in it.
 * @throws LandfallError USAGE for a local target whose lock is not on this machine
 */
export async function lockPlaces(context: Context, scope: LockScope): Promise<readonly LockPlace[]> {
  const places = new Map<string, LockPlace>();
  for (const target of scope.targets) {
    const store = await storeOf(context, scope, target);
    if (store === undefined) continue;
    const known = places.get(store.place);
    if (known !== undefined) store.close();
    const names = [...(known?.names ?? []), target.name].sort(byText);
    places.set(store.place, { store: known?.store ?? store, names, heals: target.lock === undefined });
  }
  return [...places.values()].sort((a, b) => byText(a.store.place, b.store.place));
}

/** What talks to S3 is loaded only where a lock stands there. */
async function storeOf(
  { host }: Context,
  { project, projectFile }: LockScope,
  { name, lock, endpoint, region, assumeRole, externalId }: Target,
): Promise<LockStore | undefined> {
  const local = endpoint === 'local';
  if (lock !== undefined) {
    const { s3Lock } = await import('../locks/s3.ts');
    return s3Lock({
      lock,
      local,
      region,
      sessionName: `landfall-${project}`,
      clock: host.clock,
      ...(assumeRole !== undefined && { assumeRole }),
      ...(externalId !== undefined && { externalId }),
    });
  }
  if (!local) return undefined;
  const { fileLock } = await import('../locks/file.ts');
  const folder = stateFolder(projectFile, 'locks', name);
  return fileLock({
    folder,
    place: relative(host.cwd, folder) || folder,
    host: hostname(),
    ...(host.isAlive !== undefined && { isAlive: host.isAlive }),
  });
}
