import type { Reporter, Result } from '../core/outcome.ts';
import { renderEvent, renderProgressBar } from '../report/progress.ts';
import type { Context } from './context.ts';

/** Rubs out the line the cursor is on. */
const ERASE_LINE = '\r\u001b[K';

/** Tells on stderr how an apply is getting on: a bar that moves on a terminal, a line a change elsewhere. */
export function progressReporter(
  { host, quiet, mayRedraw, errorColors }: Context,
  total: number,
): { readonly reporter: Reporter; finish(): void } {
  const { stderr } = host;
  const live = stderr.isTerminal && mayRedraw && !quiet;
  let inFlight = 0;
  let done = 0;
  let failed = 0;

  function draw(): void {
    if (!live) return;
    const bar = renderProgressBar(
      { total, ended: done + failed, failed, inFlight, width: stderr.columns },
      errorColors,
    );
    stderr.write(ERASE_LINE + bar);
  }

  function say(result: Result): void {
    if (quiet || (live && result.status === 'done')) return;
    stderr.write(`${live ? ERASE_LINE : ''}${renderEvent(result, errorColors)}\n`);
  }

  return {
    reporter: {
      started() {
        inFlight += 1;
        draw();
      },
      ended(result) {
        if (result.status !== 'not-tried') inFlight -= 1;
        if (result.status === 'failed') failed += 1;
        else done += 1;
        say(result);
        draw();
      },
    },
    finish() {
      if (live) stderr.write(ERASE_LINE);
    },
  };
}
