import { EXIT, type ExitCode } from '../../core/error.ts';
import type { OnDemandResult } from '../../core/status.ts';
import {
  renderOnDemandJson,
  renderOnDemandRequest,
  renderOnDemandText,
} from '../../report/status/on-demand.ts';
import type { LockOptions } from '../../workflow/locking/locks.ts';
import { hasEnded, runOnDemand } from '../../workflow/runs/on-demand.ts';
import { announce, requestApproval } from '../approval.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';
import { eventScreen, liveScreen, type Screen } from '../screens.ts';

interface Flags extends VmFlags, LockOptions {
  readonly description?: string;
  readonly autoApprove?: boolean;
  readonly wait?: boolean;
  readonly interval: number;
}

/** `landfall run WAVE|VM…`: an on-demand run of each VM's job that may have one, after asking. */
export async function run(
  context: Context,
  { autoApprove, wait, interval, format, ...flags }: Flags,
  names: readonly string[],
): Promise<number> {
  const { colors, errorColors, print } = context;
  const screen = wait === true ? waitScreen(context) : undefined;
  const result = await runOnDemand(context, names, {
    ...flags,
    approve: (able, refused) => {
      announce(context, autoApprove, renderOnDemandRequest(able, refused, { colors: errorColors }));
      const question = `Start ${able.length === 1 ? 'this run' : `these ${able.length} runs`}?`;
      return requestApproval(context, autoApprove, question);
    },
    ...(screen && {
      wait: {
        interval,
        onStatus: (status) => {
          screen.show(status);
        },
      },
    }),
  });
  if (result.kind === 'invalid') return showInvalidManifests(context, result);
  screen?.finish();
  const { done, isLockLost, isLockLeft, unreachable = [] } = result;
  if (done !== undefined) {
    print(
      format === 'json'
        ? renderOnDemandJson(done, unreachable)
        : renderOnDemandText(done, unreachable, { colors }),
    );
  }
  if (isLockLost) return EXIT.locked;
  const code = done === undefined ? EXIT.error : exitCodeOf(done, unreachable.length === 0);
  return code === EXIT.done && isLockLeft ? EXIT.error : code;
}

function waitScreen({ host, quiet, canRedraw, errorColors, log }: Context): Screen {
  const isLive = host.stderr.isTerminal && canRedraw && !quiet;
  return isLive ? liveScreen(host.stderr, errorColors) : eventScreen(log, errorColors);
}

/**
 * Returns the exit code: 6 if only some runs were started, or one did not end well; if none was started, 3 if all were
 * refused, and 1 if the service did not start them, or a target could not be read.
 */
function exitCodeOf(results: readonly OnDemandResult[], isComplete: boolean): ExitCode {
  const well = (result: OnDemandResult): boolean =>
    result.status === 'started' &&
    result.lost !== true &&
    (!hasEnded(result.run) || result.run?.state === 'completed');
  if (isComplete && results.every(well)) return EXIT.done;
  if (results.some(({ status }) => status === 'started')) return EXIT.partial;
  return !isComplete || results.some(({ status }) => status === 'failed') ? EXIT.error : EXIT.refused;
}
