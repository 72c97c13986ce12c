import { EXIT } from '../../core/error.ts';
import { describeTargets } from '../../core/lock.ts';
import { escapeTerminal } from '../../report/text/escape.ts';
import { forceUnlock as removeLock } from '../../workflow/locking/force-unlock.ts';
import { announce, requestApproval } from '../approval.ts';
import type { Context } from '../context.ts';

interface Flags {
  readonly target?: string;
  readonly autoApprove?: boolean;
}

/** `landfall force-unlock ID`: removes the lock of a run that has died, after asking. */
export async function forceUnlock(
  context: Context,
  { target, autoApprove }: Flags,
  [id = '']: readonly string[],
): Promise<number> {
  const removed = await removeLock(context, id, {
    ...(target !== undefined && { target }),
    approve: (about, holder) => {
      announce(context, autoApprove, `${escapeTerminal(`This removes ${about}: ${holder}.`)}\n${WARNING}\n`);
      return requestApproval(context, autoApprove, 'Remove this lock?');
    },
  });
  if (removed === undefined) return EXIT.error;
  context.print(`${escapeTerminal(`The lock ${id} of ${describeTargets(removed.targets)} is removed.`)}\n`);
  return EXIT.done;
}

const WARNING = 'Do so only if that run has died: two runs at the same time undo each other’s work.';
