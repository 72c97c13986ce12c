import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { ApplyReport, ApplyReporter, ChangeResult } from '../../core/apply-result.ts';
import type { Concern } from '../../core/concern.ts';
import { LandfallError } from '../../core/error.ts';
import type { Change, Plan } from '../../core/plan.ts';
import {
  type ApplyEvent,
  concernEvent,
  endEvents,
  planEvents,
  progressEvent,
  resultEvent,
  startEvent,
  versionEvent,
} from '../../report/apply/events.ts';
import { renderProgressBar, renderResultLine } from '../../report/apply/progress.ts';
import { formatJsonLine } from '../../report/text/json.ts';
import { outputFile, reasonOf } from '../../workflow/files.ts';
import { version } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';
import { endingOfError } from './apply-report.ts';

export interface StreamFlags {
  /** The stream is what stdout gets. */
  readonly json?: boolean;
  readonly jsonInto?: string;
}

/** What an apply tells programs, a JSON object a line, while it happens (schemas/apply-event.schema.json). */
export interface EventStream {
  /** Why the manifests give no plan. */
  readonly invalidManifests: (concerns: readonly Concern[]) => void;
  planned(plan: Plan): void;
  readonly reporter: ApplyReporter;
  /** The last lines; nothing may come after them. */
  ended(ending: ApplyReport): void;
}

/** How often a change that goes on is told of, in milliseconds; Terraform does so every ten seconds. */
const PROGRESS_INTERVAL = 10_000;

/**
 * Opens the stream to stdout, to a file, to both or to nowhere, and says its first line.
 * @throws LandfallError FILE_UNWRITABLE, which stdout's stream has been told
 */
export function openEventStream(context: Context, flags: StreamFlags): EventStream {
  const { host, print } = context;
  const shown = flags.json === true ? [print] : [];
  let sinks: readonly ((line: string) => void)[] = shown;
  const stream = createEventStream(host, (event) => {
    const { '@level': level, '@message': message, ...more } = event;
    const time = new Date(host.clock.now()).toISOString();
    const line = formatJsonLine({
      '@level': level,
      '@message': message,
      '@module': 'landfall.ui',
      '@timestamp': time,
      ...more,
    });
    for (const write of sinks) write(line);
  });
  try {
    // The file comes first: where it does not take the first line, stdout has not been told that all is well.
    if (flags.jsonInto !== undefined) sinks = [fileSink(context, flags.jsonInto), ...shown];
    stream.opened();
  } catch (error) {
    sinks = shown;
    stream.opened();
    stream.ended(endingOfError(error));
    throw error;
  }
  return stream;
}

function createEventStream(
  { clock, every }: Context['host'],
  emit: (event: ApplyEvent) => void,
): EventStream & { opened(): void } {
  const inFlight = new Map<Change, number>();
  const told = new Set<Change>();
  let stop = (): void => undefined;

  function tick(): void {
    for (const [change, startedAt] of inFlight) {
      const elapsed = clock.now() - startedAt;
      if (elapsed >= PROGRESS_INTERVAL) emit(progressEvent(change, elapsed));
    }
  }

  return {
    opened() {
      emit(versionEvent(version()));
    },
    invalidManifests(concerns) {
      for (const concern of concerns) emit(concernEvent(concern));
    },
    planned(plan) {
      for (const event of planEvents(plan)) emit(event);
    },
    reporter: {
      started(change) {
        if (inFlight.size === 0) stop = every?.(PROGRESS_INTERVAL, tick) ?? stop;
        inFlight.set(change, clock.now());
        emit(startEvent(change));
      },
      ended(result) {
        if (inFlight.delete(result.change) && inFlight.size === 0) stop();
        told.add(result.change);
        emit(resultEvent(result));
      },
    },
    ended(ending) {
      stop();
      for (const event of endEvents(ending, told)) emit(event);
    },
  };
}

/**
 * Writes each line as it comes, so that it is there whatever happens next. A disk that fills up later on ends no run.
 * @throws LandfallError FILE_UNWRITABLE; so does the sink at its first line
 */
function fileSink({ host, log }: Context, file: string): (line: string) => void {
  const path = outputFile(host, file);
  const unwritable = (cause: unknown): LandfallError =>
    new LandfallError('FILE_UNWRITABLE', `the stream cannot be written to ${file}: ${reasonOf(cause)}`, {
      remedy: 'name a file in a folder that is there and may be written, on a disk with room',
      cause,
    });
  let descriptor: number | undefined;
  let begun = false;
  try {
    descriptor = openSync(path, 'w');
  } catch (cause) {
    throw unwritable(cause);
  }
  return (line) => {
    if (descriptor === undefined) return;
    try {
      // On a descriptor it goes on where it is, and writes the whole line.
      writeFileSync(descriptor, line);
      begun = true;
    } catch (cause) {
      closeSync(descriptor);
      descriptor = undefined;
      if (!begun) throw unwritable(cause);
      log('The rest of the stream is lost: its file cannot be written any more.\n');
    }
  };
}

/** Rubs out the line the cursor is on. */
const ERASE_LINE = '\r\u001b[K';

/** The progress of an apply on stderr. */
export interface Progress {
  readonly reporter: ApplyReporter;
  /** Erases the bar; the next change draws it again. */
  finish(): void;
}

/** Shows the progress of an apply on stderr: a bar on a terminal, a line for each change elsewhere. */
export function progressReporter(
  { host, quiet, canRedraw: mayRedraw, errorColors }: Context,
  total: number,
): Progress {
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

  function say(result: ChangeResult): void {
    if (quiet || (live && result.status === 'done')) return;
    stderr.write(`${live ? ERASE_LINE : ''}${renderResultLine(result, errorColors)}\n`);
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
