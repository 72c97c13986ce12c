import { LandfallError } from '../core/error.ts';
import type { Context } from './context.ts';

/** Prints what is about to be done: with `--quiet` only if the user is asked to approve it. */
export function announce({ host, log }: Context, autoApprove: boolean | undefined, words: string): void {
  if (autoApprove === true) log(words);
  else host.stderr.write(words);
}

/**
 * Asks for a `yes` on the terminal, unless the command line has `--auto-approve`.
 * @returns false if the answer is anything else, or the user leaves
 * @throws LandfallError APPROVAL_NEEDED without a terminal, with `--no-input`, and in a pipeline
 */
export async function requestApproval(
  { host, log }: Context,
  autoApprove: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (autoApprove === true) return true;
  if (host.ask === undefined) {
    throw new LandfallError(
      'APPROVAL_NEEDED',
      'this needs approval, and there is no terminal, or CI or --no-input turns questions off',
      {
        remedy: 'run it on a terminal, or give --auto-approve',
      },
    );
  }
  const answer = await host.ask(`\n${question}\n  Type "yes" to continue: `).catch(() => '');
  if (answer.trim() === 'yes') return true;
  log('Not approved: nothing was changed.\n');
  return false;
}
