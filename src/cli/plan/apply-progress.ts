import type { ApplyReport, ApplyReporter, ChangeResult, FollowRound } from '../../core/apply-result.ts';
import type { Concern } from '../../core/concern.ts';
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
import { changedVms, followEvent, roundEvent } from '../../report/apply/follow.ts';
import { renderProgressBar, renderResultLine } from '../../report/apply/progress.ts';
import { formatJsonLine } from '../../report/text/json.ts';
import { openLineFile } from '../../workflow/output-files.ts';
import { version } from '../../workflow/shipped-files.ts';
import type { Context } from '../context.ts';
import { ERASE_LINE } from '../events.ts';
import { endingOfError } from './apply-report.ts';

export interface StreamFlags {
  /** The stream is what stdout gets. */
  readonly json?: boolean;
  readonly jsonInto?: string;
}

/** The events of an apply for programs: one JSON object on each line, at once (schemas/apply-event.schema.json). */
export interface EventStream {
  /** Prints why there is no plan. */
  readonly invalidManifests: (concerns: readonly Concern[]) => void;
  planned(plan: Plan): void;
  /** A round of an apply that follows its VMs. */
  round(round: FollowRound): void;
  readonly reporter: ApplyReporter;
  /** Prints the last lines. */
  ended(ending: ApplyReport): void;
}

/** Milliseconds between two events about a change in progress; Terraform uses ten seconds. */
const PROGRESS_INTERVAL = 10_000;

const nothing = (): void => undefined;
/** The stream that nobody reads: making its lines would take a tenth of the processor time of an apply. */
const UNREAD: EventStream = {
  ...{ invalidManifests: nothing, planned: nothing, round: nothing, ended: nothing },
  reporter: { started: nothing, ended: nothing },
};

/**
 * Opens the stream to stdout, to a file, to both or to none, and prints its first line.
 * @throws LandfallError FILE_UNWRITABLE, after the stream on stdout has reported it
 */
export function openEventStream(context: Context, flags: StreamFlags): EventStream {
  if (flags.json !== true && flags.jsonInto === undefined) return UNREAD;
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
    // The file comes first: if it cannot be written, stdout must not report a start without an error.
    if (flags.jsonInto !== undefined) {
      const onLost = (): void => {
        context.log('The rest of the stream is lost: its file can no longer be written.\n');
      };
      sinks = [openLineFile(host, flags.jsonInto, onLost), ...shown];
    }
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
  let before: FollowRound | undefined;
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
    round(round) {
      emit(roundEvent(round));
      for (const vm of changedVms(before, round)) emit(followEvent(vm));
      before = round;
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
