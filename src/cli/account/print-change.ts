import { EXIT, type ExitCode } from '../../core/error.ts';
import type { ChangeResult } from '../../workflow/account/change-target.ts';
import { type Context, showInvalidManifests } from '../context.ts';

/** Prints how a change of a target ended. Returns the exit code: 1 if nothing was changed or the lock remains, 5 if the lock was lost. */
export function printChange<Done>(
  context: Context,
  result: ChangeResult<Done>,
  render: (done: Done) => string,
): ExitCode {
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  const { done, isLockLost, isLockLeft } = result;
  if (done !== undefined) context.print(render(done));
  if (isLockLost) return EXIT.locked;
  return done === undefined || isLockLeft ? EXIT.error : EXIT.done;
}
