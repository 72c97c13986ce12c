import { EXIT, type ExitCode } from '../core/error.ts';

/** What each exit code says, for the help and the reference. */
const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; for a plan with changes, too',
  error: 'error: nothing, or not all, could be done',
  changes: 'the plan has changes (`plan --detailed-exitcode`), or there is drift (`drift`)',
  refused: 'refused by a guard or a critical concern',
  stale: 'the saved plan is stale',
  locked: 'another run holds the lock',
  partial: 'applied in part',
};

/** All exit codes, in order. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = (
  Object.keys(EXIT) as (keyof typeof EXIT)[]
).map((name) => ({ code: EXIT[name], meaning: MEANINGS[name] }));
