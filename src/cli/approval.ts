import { LandfallError } from '../core/error.ts';
import type { Context } from './context.ts';

/** Says what is about to be done: to one who is asked about it, however quiet the run is to be. */
export function announce({ host, log }: Context, autoApprove: boolean | undefined, words: string): void {
  if (autoApprove === true) log(words);
  else host.stderr.write(words);
}

/**
 * Asks for a `yes` on the terminal, unless the command line has said it already.
 * @returns false when the answer is anything else, or the user leaves
 * @throws LandfallError APPROVAL_NEEDED where nobody is there to ask
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
      'nobody is there to approve this: there is no terminal, or CI or --no-input says not to ask',
      {
        remedy: 'run it on a terminal, or say --auto-approve',
      },
    );
  }
  const answer = await host.ask(`\n${question}\n  Only "yes" goes on: `).catch(() => '');
  if (answer.trim() === 'yes') return true;
  log('Not approved: nothing was changed.\n');
  return false;
}
