import { EXIT } from '../../core/error.ts';
import { buildStatus } from '../../journey/status.ts';
import { renderStatusJson, renderStatusJsonLine } from '../../report/status/json.ts';
import { renderStatusText } from '../../report/status/text.ts';
import { readRuns, type VmFlags, withVmSelection } from '../../workflow/runs/vm-selection.ts';
import { isRunning, watchRuns } from '../../workflow/runs/watching.ts';
import type { Context } from '../context.ts';
import { eventScreen, liveScreen, type Screen } from '../screens.ts';

interface Flags extends VmFlags {
  readonly watch?: boolean;
  readonly interval: number;
}

/** `landfall status`: how the replication of each VM is getting on; with `--watch` until every run has ended. */
export function status(context: Context, flags: Flags, names: readonly string[]): Promise<number> {
  const { colors, verbose, print, host } = context;
  const json = flags.format === 'json';
  return withVmSelection(context, flags, names, async (scene) => {
    let sightings = await readRuns(scene.operations, scene.chosen);
    if (flags.watch === true) {
      const screen = json ? jsonScreen(print) : textScreen(context);
      const { interval } = flags;
      sightings = await watchRuns(host, scene, sightings, { interval, screen, waitsFor: isRunning });
    }
    const end = buildStatus(sightings, scene.observed, scene.traits, scene.desired);
    if (!json) print(renderStatusText(end, { colors, verbose }));
    else if (flags.watch !== true) print(renderStatusJson(end));
    return EXIT.done;
  });
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
