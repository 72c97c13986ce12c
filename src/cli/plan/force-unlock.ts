import { describeLockHolder, describeTargets } from '../../core/lock.ts';
import type { Target } from '../../core/desired.ts';
import { EXIT, LandfallError } from '../../core/error.ts';
import { loadTargets, type ProjectTargets } from '../../manifest/load.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { type LockPlace, lockPlaces } from '../../workflow/locking/places.ts';
import { findProjectFile } from '../../workflow/project-files.ts';
import { findTarget } from '../../workflow/targets.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly target?: string;
  readonly autoApprove?: boolean;
}

/**
 * `landfall force-unlock ID`: removes a lock whose run is gone, after asking. Only the one with that id, and only as it
 * was shown. The wave files are not read: whatever is wrong with them, a lock can be removed.
 */
export async function forceUnlock(
  context: Context,
  flags: Flags,
  [id = '']: readonly string[],
): Promise<number> {
  const projectFile = findProjectFile(context);
  const { found, concerns } = loadTargets(projectFile, context.host.cwd);
  if (found === undefined) {
    throw new LandfallError(
      'MANIFESTS_INVALID',
      `the project file has errors: ${concerns[0]?.message ?? 'it is wrong'}`,
      { remedy: 'run `landfall validate`, which shows all of them with their places' },
    );
  }
  const target = chooseTarget(found, flags.target);
  const [place] = await lockPlaces(context, { project: found.project, projectFile, targets: [target] });
  if (place === undefined) {
    throw new LandfallError('USAGE', `target ${target.name} has no lock`, {
      place: target.place,
      remedy: 'name another one with --target; `lock` on a target gives it a lock',
    });
  }
  try {
    return await unlock(context, flags, place, id);
  } finally {
    place.store.close();
  }
}

async function unlock(
  context: Context,
  { autoApprove }: Flags,
  { names, store }: LockPlace,
  id: string,
): Promise<number> {
  const { host, print } = context;
  const found = await store.read();
  const about = `the lock of ${describeTargets(names)} at ${store.place}`;
  if (found === undefined) {
    throw new LandfallError('LOCK_NOT_HELD', `nobody holds ${about}`, {
      remedy: 'there is nothing to remove; is it another target’s? name it with --target',
    });
  }
  const words = describeLockHolder(found, host.clock.now());
  if (found.id !== id) {
    throw new LandfallError('LOCK_OTHER', `${about} has the id ${found.id}, not ${id}: ${words}`, {
      remedy: 'wait for that run with --lock-timeout; only if it has died, give its id',
    });
  }
  const warning = `This removes ${about}: ${words}.`;
  const why = 'Do so only if that run has died: two runs at the same time undo each other’s work.';
  announce(context, autoApprove, `${escapeTerminal(warning)}\n${why}\n`);
  if (!(await requestApproval(context, autoApprove, 'Remove this lock?'))) return EXIT.error;
  if (!(await store.remove(found))) {
    throw new LandfallError('LOCK_NOT_HELD', `${about} has been released or replaced meanwhile`, {
      remedy: 'run the command again that was refused',
    });
  }
  print(`${escapeTerminal(`The lock ${id} of ${describeTargets(names)} is removed.`)}\n`);
  return EXIT.done;
}

/** @throws LandfallError TARGET_UNKNOWN */
function chooseTarget({ targets, defaultTarget }: ProjectTargets, name: string | undefined): Target {
  const wanted = name ?? defaultTarget;
  if (wanted !== undefined) return findTarget(targets, wanted);
  throw new LandfallError('TARGET_UNKNOWN', 'the project has no defaultTarget', {
    remedy: `name one with --target: ${targets.map((target) => target.name).join(', ')}`,
  });
}
