import type { Environment } from '../../core/environment.ts';
import type { Observed, ObservedJob, PastJob } from '../../core/observed.ts';
import type { RunHistory } from '../../core/operations.ts';
import type { Status, VmStatus } from '../../core/status.ts';
import { statusOf, type VmSelection } from './vm-selection.ts';

/** What is waited for: a VM of the status. */
type WaitCondition = (vm: VmStatus) => boolean;

/** Waits for runs that are active or due, and whatever else ends by itself: not for runs that are hours away. */
export const isRunning: WaitCondition = ({ activity }) => activity !== undefined;

interface WatchOptions {
  /** In milliseconds. */
  readonly interval: number;
  /** Is called with the status after each observation. */
  readonly onStatus: (status: Status) => void;
  readonly waitsFor: WaitCondition;
  /** Leaves out VMs before the status is shown: those are observed again, and do not prolong the wait. */
  readonly narrow?: (status: Status, observed: ReadonlyMap<string, Observed>) => Status;
  /** Is called when the user interrupts a second time, right before the program ends. */
  readonly onLeave?: () => void;
  /** Observes again before the first status, because something has happened since the accounts were observed. */
  readonly isStale?: boolean;
}

/**
 * Observes the VMs that are waited for, and only those, at an interval, until there are none or the user interrupts.
 * @returns the last status of all the VMs
 */
export async function watchRuns(
  host: Environment,
  selection: VmSelection,
  { interval, onStatus, waitsFor, narrow = (status) => status, onLeave, isStale = false }: WatchOptions,
): Promise<Status> {
  let { observed } = selection;
  let status = statusOf(selection);
  let shown = narrow(status, observed);
  let looksAgain = isStale;
  const step = async (): Promise<boolean> => {
    if (looksAgain) observed = await observeAwaited(selection, observed, status.vms.filter(waitsFor));
    looksAgain = true;
    status = statusOf(selection, observed);
    shown = narrow(status, observed);
    onStatus(shown);
    return shown.vms.some(waitsFor);
  };
  await repeat(host, interval, step, onLeave);
  return shown;
}

/** The runs of a job; `gone`: the service does not know the job any more. */
type SeenHistory = RunHistory | 'gone';

/** Observes VMs again: the runs of their jobs, or the whole target where its service has no runs. */
async function observeAwaited(
  { operations, observeAgain }: VmSelection,
  observed: ReadonlyMap<string, Observed>,
  vms: readonly VmStatus[],
): Promise<ReadonlyMap<string, Observed>> {
  const silent = new Set(vms.map(({ target }) => target).filter((target) => !operations.has(target)));
  const [histories, again] = await Promise.all([
    Promise.all(
      vms.map(async ({ target, job }): Promise<readonly [string, string, SeenHistory | undefined]> => {
        const history = job && ((await operations.get(target)?.runs(job.id)) ?? 'gone');
        return [target, job?.id ?? '', history];
      }),
    ),
    silent.size === 0 ? new Map<string, Observed>() : observeAgain(silent, observed),
  ]);
  return new Map(
    [...observed].map(([target, account]) => {
      const own = histories.flatMap(([of, id, history]) =>
        of === target && history !== undefined && operations.has(of) ? [[id, history] as const] : [],
      );
      return [target, again.get(target) ?? withHistories(account, new Map(own))];
    }),
  );
}

/** Updates the jobs of an account from their runs, which were read later. */
function withHistories(account: Observed, histories: ReadonlyMap<string, SeenHistory>): Observed {
  if (histories.size === 0) return account;
  const jobs: ObservedJob[] = [];
  const pastJobs: PastJob[] = [...(account.pastJobs ?? [])];
  for (const job of account.jobs) {
    const history = histories.get(job.id);
    if (history === undefined) jobs.push(job);
    else if (history === 'gone') continue;
    else if (history.isDeleted) pastJobs.push({ ...job, runs: history.runs });
    // The service does not return the facts of saved plans with the runs.
    else jobs.push({ ...job, ...history.job, runs: history.runs });
  }
  const at = Math.max(
    account.at,
    ...[...histories.values()].map((history) => (history === 'gone' ? 0 : history.at)),
  );
  return { ...account, at, jobs, pastJobs };
}

/**
 * Takes a step, again after each interval, until one says that it was the last, or the user interrupts: the step
 * under way then ends, and the next Ctrl-C ends the program.
 * @param interval in milliseconds
 * @param step resolves to whether there is more to wait for
 * @param onLeave is called right before the program ends
 * @returns whether it was interrupted
 */
export async function repeat(
  host: Environment,
  interval: number,
  step: () => Promise<boolean>,
  onLeave?: () => void,
): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  const stopListening = host.onInterrupt(() => {
    if (signal.aborted) {
      onLeave?.();
      return 'leave';
    }
    stop.abort();
    return undefined;
  });
  try {
    while (!signal.aborted && (await step())) await host.clock.sleep(interval, signal);
    return signal.aborted;
  } finally {
    stopListening();
  }
}
