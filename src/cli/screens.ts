import type { Colors } from 'picocolors/types.js';
import type { ApplyReporter, FollowRound } from '../core/apply-result.ts';
import type { ExecutableChange } from '../core/plan.ts';
import type { Status, VmStatus } from '../core/status.ts';
import type { Instant } from '../core/time.ts';
import { changedVms, renderFollowBoard, renderFollowLine } from '../report/apply/follow.ts';
import { renderResultLine } from '../report/apply/progress.ts';
import { renderStatusFrame, statusEvents } from '../report/status/watch.ts';
import type { Context } from './context.ts';
import type { Output } from './host.ts';

/** Shows a status that changes. */
export interface Screen {
  show(status: Status): void;
  /** Ends the display, so that other output can follow. */
  finish(): void;
}

/** Creates a screen for a terminal: it redraws the status in place. */
export function liveScreen(output: Output, colors: Colors): Screen {
  const block = liveBlock(output);
  return {
    show(status) {
      block.draw(renderStatusFrame(status, { colors, rows: output.rows, columns: output.columns }));
    },
    finish() {
      block.clear();
    },
  };
}

/** Creates a screen for other outputs: it writes a line when something changes. */
export function eventScreen(write: (text: string) => void, colors: Colors): Screen {
  let before: ReadonlyMap<string, VmStatus> = new Map();
  const keyOf = ({ target, address }: VmStatus): string => JSON.stringify([target, address]);
  return {
    show({ vms }) {
      for (const vm of vms) {
        for (const line of statusEvents(before.get(keyOf(vm)), vm, colors)) write(`${line}\n`);
      }
      before = new Map(vms.map((vm) => [keyOf(vm), vm]));
    },
    finish: () => undefined,
  };
}

/** Turns line wrapping off and on: wrapped lines would make a block higher than its number of lines. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const ERASE_TO_END_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** Creates a block at the end of a terminal that is redrawn in place; it has at most as many lines as the terminal. */
export function liveBlock(output: Output): { draw(text: string): void; clear(): void } {
  let height = 0;
  const home = (): string => (height === 0 ? '\r' : `\r\u001b[${height}A`);
  return {
    draw(text) {
      const lines = text.split('\n').slice(0, -1);
      const body = lines.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join('');
      output.write(`${NO_WRAP}${home()}${body}${ERASE_BELOW}${WRAP}`);
      height = lines.length;
    },
    clear() {
      if (height > 0) output.write(`${home()}${ERASE_BELOW}`);
      height = 0;
    },
  };
}

/** Shows an apply that follows its VMs on stderr. */
export interface FollowScreen {
  readonly reporter: ApplyReporter;
  round(round: FollowRound): void;
  /** Makes room for other output; the next event draws the board again. */
  clear(): void;
  /** Ends the display. */
  finish(): void;
}

/** Milliseconds between two drawings of a board on which only durations change. */
const REDRAW_INTERVAL = 1000;

/** Creates the screen of an apply that follows its VMs: a board on a terminal, a line for each change of state elsewhere. */
export function followScreen({
  host,
  quiet,
  canRedraw,
  errorColors: colors,
  log,
}: Pick<Context, 'host' | 'quiet' | 'canRedraw' | 'errorColors' | 'log'>): FollowScreen {
  const { stderr, clock } = host;
  const isLive = stderr.isTerminal && canRedraw && !quiet;
  const block = liveBlock(stderr);
  const running = new Map<ExecutableChange, Instant>();
  let round: FollowRound | undefined;
  let drawnAt = 0;
  const draw = (): void => {
    if (!isLive || round === undefined) return;
    drawnAt = clock.now();
    const { rows, columns } = stderr;
    block.draw(renderFollowBoard({ round, now: drawnAt, running }, { colors, rows, columns }));
  };
  const stop = isLive ? host.every?.(REDRAW_INTERVAL, draw) : undefined;
  return {
    round(next) {
      const changed = changedVms(round, next);
      round = next;
      if (!isLive) for (const vm of changed) log(`${renderFollowLine(vm, colors)}\n`);
      draw();
    },
    reporter: {
      started(change) {
        running.set(change, clock.now());
        if (clock.now() - drawnAt >= REDRAW_INTERVAL) draw();
      },
      ended(result) {
        running.delete(result.change);
        if (isLive && result.status !== 'failed') return;
        if (isLive) block.clear();
        log(`${renderResultLine(result, colors)}\n`);
        draw();
      },
    },
    clear() {
      if (isLive) block.clear();
    },
    finish() {
      stop?.();
      if (isLive) block.clear();
      round = undefined;
    },
  };
}
