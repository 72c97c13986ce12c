import type { Colors } from 'picocolors/types.js';
import type { WorkflowEvent } from '../core/environment.ts';
import { describeLockHolder, describeTargets } from '../core/lock.ts';
import { renderLeftInFlight, renderRunsLeft } from '../report/apply/left.ts';
import { renderProgressBar } from '../report/apply/progress.ts';
import { renderError } from '../report/text/errors.ts';
import { escapeTerminal } from '../report/text/escape.ts';
import { renderLeftOutFiles } from '../report/validation/validation.ts';
import type { Host } from './host.ts';

interface Printer {
  readonly host: Pick<Host, 'stderr' | 'clock'>;
  readonly verbose: boolean;
  readonly errorColors: Colors;
  readonly log: (text: string) => void;
}

/** Erases the line of the cursor. */
export const ERASE_LINE = '\r\u001b[K';

/** Milliseconds: a short reading shows nothing, a terminal is redrawn at most so often, other outputs get a line each. */
const SHORT_READING = 2_000;
const REDRAW_INTERVAL = 100;
const LINE_INTERVAL = 30_000;

/** Shows on stderr how far long readings of accounts are: a bar on a terminal, a line each half minute elsewhere. */
export function readingProgress({
  host,
  canRedraw,
  errorColors,
  log,
  quiet,
}: Printer & { readonly canRedraw: boolean; readonly quiet: boolean }): (event: WorkflowEvent) => void {
  const live = host.stderr.isTerminal && canRedraw;
  const open = new Map<string, { readonly done: number; readonly total: number }>();
  let startedAt: number | undefined;
  let shownAt = 0;
  let isDrawn = false;

  function erase(): void {
    if (isDrawn) host.stderr.write(ERASE_LINE);
    isDrawn = false;
  }
  function show(): void {
    const now = host.clock.now();
    if (startedAt === undefined) [startedAt, shownAt] = [now, live ? 0 : now];
    if (quiet || now - startedAt < SHORT_READING) return;
    const [done, total] = (['done', 'total'] as const).map((key) =>
      [...open.values()].reduce((sum, one) => sum + one[key], 0),
    ) as [number, number];
    if (now - shownAt < (live ? REDRAW_INTERVAL : LINE_INTERVAL)) return;
    shownAt = now;
    const words = `reading ${describeTargets([...open.keys()])}`;
    if (live) {
      const width = host.stderr.columns - words.length - 1;
      const bar = renderProgressBar({ total, ended: done, failed: 0, inFlight: 0, width }, errorColors);
      host.stderr.write(`${ERASE_LINE}${escapeTerminal(words)} ${bar}`);
      isDrawn = true;
    } else log(`${escapeTerminal(`${words}: ${done} of ${total} configurations`)}\n`);
  }
  return (event) => {
    if (event.kind === 'target-reading') {
      open.set(event.target, event);
      show();
      return;
    }
    if (event.kind === 'target-read') open.delete(event.target);
    if (open.size === 0) startedAt = undefined;
    erase();
  };
}

/** Prints on stderr what happens while a command runs: errors always, details with `--verbose`, the rest unless `--quiet`. */
export function printEvent({ host, verbose, log, errorColors }: Printer, event: WorkflowEvent): void {
  const say = (text: string): void => {
    log(`${escapeTerminal(text)}\n`);
  };
  switch (event.kind) {
    case 'files-left-out':
      host.stderr.write(renderLeftOutFiles(event.problems));
      break;
    case 'interrupted':
      say('Stopping: calls in flight will finish. Interrupt again to end at once.');
      break;
    case 'lock-waiting':
      say(
        `Waiting for the lock of ${describeTargets(event.targets)}: ${describeLockHolder(event.found, event.at)}.`,
      );
      break;
    case 'lock-taken-over': {
      const { who, pid } = event.holder;
      say(
        `The lock of ${describeTargets(event.targets)} was held by ${who}, process ${pid ?? '?'}, which has ended. Taking it over.`,
      );
      break;
    }
    case 'lock-unchecked':
      if (verbose) log(renderError(event.error, errorColors));
      break;
    case 'lock-lost':
    case 'lock-not-released':
    case 'target-unreachable':
      host.stderr.write(renderError(event.error, errorColors));
      break;
    case 'lock-at-risk':
      say(
        `If you interrupt again, the lock of ${describeTargets(event.targets)} remains. To remove it: ${event.command}`,
      );
      break;
    case 'lock-left':
      host.stderr.write(
        `${escapeTerminal(`The lock of ${describeTargets(event.targets)} remains. When no call of this run is in progress: ${event.command}`)}\n`,
      );
      break;
    case 'left-in-flight':
      host.stderr.write(renderLeftInFlight(event.changes));
      break;
    case 'runs-left':
      host.stderr.write(renderRunsLeft(event.starting, event.started));
      break;
    case 'target-observed':
      if (verbose) say(`observed ${event.target} in ${event.calls} API calls`);
      if (verbose) for (const note of event.notes ?? []) say(`${event.target}: ${note}`);
      break;
    case 'platform-called':
      if (verbose) say(event.line);
      break;
    case 'waited-for-unread':
      say(`${event.error.message}; waves that wait for waves of it are deferred`);
      break;
    case 'every-wave-planned':
      say(`${event.reason} since ${event.revision}: all waves are planned`);
      break;
    case 'manifests-read':
    case 'planned':
    case 'target-reading':
    case 'target-read':
      break;
  }
}
