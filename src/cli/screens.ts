import type { Colors } from 'picocolors/types.js';
import type { Status, VmStatus } from '../core/status.ts';
import { statusEvents } from '../report/status-events.ts';
import { renderStatusFrame } from '../report/status-frame.ts';
import type { Output } from './host.ts';
import { liveBlock } from './live-block.ts';

/** Shows a status that changes. */
export interface Screen {
  show(status: Status): void;
  /** Leaves room for what comes after it. */
  finish(): void;
}

/** On a terminal: the status in place, drawn anew each time. */
export function liveScreen(output: Output, colors: Colors): Screen {
  const block = liveBlock(output);
  return {
    show(status) {
      block.draw(renderStatusFrame(status, { colors, rows: output.rows }));
    },
    finish() {
      block.clear();
    },
  };
}

/** Elsewhere: a line when something changes. */
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
