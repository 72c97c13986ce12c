import { unreachableTargets } from '../../core/concern.ts';
import { EXIT, type ExitCode, LandfallError } from '../../core/error.ts';
import { hasProblem, type Status } from '../../core/status.ts';
import type { StatusFormat } from '../../report/formats.ts';
import { renderStatusCsv, renderStatusJson, renderStatusJsonLine } from '../../report/status/data.ts';
import { renderStatusMetrics } from '../../report/status/prometheus.ts';
import { renderStatusMarkdown, renderStatusText } from '../../report/status/text.ts';
import { status as observeStatus, type StatusOptions } from '../../workflow/runs/status.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import { eventScreen, liveScreen, type Screen } from '../screens.ts';

interface Flags extends Pick<
  StatusOptions,
  'target' | 'wave' | 'stage' | 'problems' | 'notReady' | 'maxAttempts'
> {
  readonly format: StatusFormat;
  readonly exitCode?: boolean;
  readonly watch?: boolean;
  readonly interval: number;
}

const RENDERERS: Readonly<Record<StatusFormat, (status: Status, context: Context) => string>> = {
  text: renderStatusText,
  json: renderStatusJson,
  csv: renderStatusCsv,
  markdown: renderStatusMarkdown,
  prometheus: renderStatusMetrics,
};

/** `landfall status`: the replication status of each VM; with `--watch` until every run has ended. */
export async function status(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const { format } = flags;
  if (flags.watch === true && format !== 'text' && format !== 'json') {
    throw new LandfallError('USAGE', `--watch does not go with --format ${format}`, {
      remedy: 'leave one of the two out: only text and json can be updated',
    });
  }
  const screen = format === 'json' ? jsonScreen(context.print) : textScreen(context);
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
  // A stream of JSON ends with what it has said last.
  if (flags.watch !== true || format !== 'json') context.print(RENDERERS[format](found.status, context));
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
