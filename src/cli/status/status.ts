import { unreachableTargets } from '../../core/concern.ts';
import { EXIT, type ExitCode } from '../../core/error.ts';
import { hasProblem, type Status } from '../../core/status.ts';
import { renderStatusJson, renderStatusJsonLine } from '../../report/status/json.ts';
import { renderStatusText } from '../../report/status/text.ts';
import { status as observeStatus, type StatusOptions } from '../../workflow/runs/status.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';
import { eventScreen, liveScreen, type Screen } from '../screens.ts';

interface Flags
  extends VmFlags, Pick<StatusOptions, 'wave' | 'stage' | 'problems' | 'notReady' | 'maxAttempts'> {
  readonly exitCode?: boolean;
  readonly watch?: boolean;
  readonly interval: number;
}

/** `landfall status`: the replication status of each VM; with `--watch` until every run has ended. */
export async function status(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const { colors, columns, verbose, print } = context;
  const json = flags.format === 'json';
  const screen = json ? jsonScreen(print) : textScreen(context);
  const onStatus = (now: Status): void => {
    screen.show(now);
  };
  const found = await observeStatus(context, {
    ...flags,
    names,
    watch: flags.watch === true ? { interval: flags.interval, onStatus } : undefined,
  });
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  if (flags.watch === true) screen.finish();
  if (!json) print(renderStatusText(found.status, { colors, columns, verbose }));
  else if (flags.watch !== true) print(renderStatusJson(found.status));
  return exitCodeOf(found.status, flags);
}

/** 1 where a target could not be read, or VMs are not ready for the phase of `--not-ready`; with `--exit-code` 2 where a VM has a problem. */
function exitCodeOf({ vms, filtered, concerns }: Status, { exitCode }: Flags): ExitCode {
  if (unreachableTargets(concerns).length > 0) return EXIT.error;
  if (filtered?.notReadyFor !== undefined && vms.length > 0) return EXIT.error;
  return exitCode === true && vms.some(hasProblem) ? EXIT.changes : EXIT.done;
}

function textScreen({ host: { stdout }, canRedraw: mayRedraw, colors, print }: Context): Screen {
  return stdout.isTerminal && mayRedraw ? liveScreen(stdout, colors) : eventScreen(print, colors);
}

/** A stream of whole states, one a line, each time that one differs from the one before. */
function jsonScreen(print: (text: string) => void): Screen {
  let before = '';
  return {
    show(now) {
      const comparable = renderStatusJsonLine({ ...now, at: 0 });
      if (comparable !== before) print(renderStatusJsonLine(now));
      before = comparable;
    },
    finish: () => undefined,
  };
}
