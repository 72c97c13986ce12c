import { EXIT } from '../../core/error.ts';
import type { Status } from '../../core/status.ts';
import { buildStatus } from '../../journey/status.ts';
import { renderStatusJson, renderStatusJsonLine } from '../../report/status/json.ts';
import { renderStatusText } from '../../report/status/text.ts';
import { readManifests } from '../../workflow/manifests.ts';
import { openVms, readRuns } from '../../workflow/runs/vm-selection.ts';
import { isRunning, watchRuns } from '../../workflow/runs/watching.ts';
import { type Context, showInvalidManifests } from '../context.ts';
import type { VmFlags } from '../flags.ts';
import { eventScreen, liveScreen, type Screen } from '../screens.ts';

interface Flags extends VmFlags {
  readonly watch?: boolean;
  readonly interval: number;
}

/** `landfall status`: the replication status of each VM; with `--watch` until every run has ended. */
export async function status(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const { colors, verbose, print, host } = context;
  const json = flags.format === 'json';
  const manifests = readManifests(context);
  if (manifests.kind === 'invalid') return showInvalidManifests(context, manifests);
  await using vms = await openVms(context, manifests, flags, names);
  let seen = await readRuns(vms.operations, vms.chosen);
  if (flags.watch === true) {
    const screen = json ? jsonScreen(print) : textScreen(context);
    const onStatus = (now: Status): void => {
      screen.show(now);
    };
    seen = await watchRuns(host, vms, seen, { interval: flags.interval, onStatus, waitsFor: isRunning });
    screen.finish();
  }
  const end = buildStatus(seen, vms.observed, vms.traits, vms.desired);
  if (!json) print(renderStatusText(end, { colors, verbose }));
  else if (flags.watch !== true) print(renderStatusJson(end));
  return EXIT.done;
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
