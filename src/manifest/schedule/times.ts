import { isEarlierPhase } from '../../core/desired.ts';
import { formatPlace } from '../../core/error.ts';
import { addToGroup } from '../../core/lists.ts';
import { quote } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { Openings, windowsFor } from '../../schedule/opening.ts';
import { openWindows, type OpenWindow, scheduleProblem } from '../../schedule/windows.ts';
import { displayInZone, isTimeZone, toInstant } from '../../schedule/zones.ts';
import { locate, type Project, type RuleInput, type Wave } from '../model.ts';
import { concernAt, type ConcernText, type Rule } from '../rules/rule.ts';
import { windowsOf } from './windows.ts';

/** Windows are computed this far ahead: a window of the year opens within it. */
const HORIZON = 400 * 24 * 3_600_000;

/** A name stands for one window, also for --override-window. */
const windowDuplicate: Rule = {
  id: 'window.duplicate',
  check: ({ project }) => {
    const byName = new Map<string, number[]>();
    for (const [index, { name }] of (project?.windows ?? []).entries()) addToGroup(byName, name, index);
    return [...byName].flatMap(([name, [first = 0, ...others]]) =>
      others.flatMap((index) => {
        const at = project === undefined ? undefined : placeOfWindow(project, first);
        const message = `there is a window ${name} already${at === undefined ? '' : `, at ${at}`}`;
        return windowConcern('window.duplicate', project, index, 'name', {
          message,
          remedy: 'give one of the two another name',
        });
      }),
    );
  },
};

function placeOfWindow({ origin }: Project, index: number): string | undefined {
  const { place } = locate(origin, ['windows', index]);
  return place === undefined ? undefined : formatPlace(place);
}

function windowConcern(
  id: Rule['id'],
  project: Project | undefined,
  index: number,
  key: string,
  words: ConcernText,
) {
  return project === undefined ? [] : [concernAt(id, project.origin, ['windows', index, key], words)];
}

/** croner says what is wrong with a schedule. */
const windowSchedule: Rule = {
  id: 'window.schedule',
  check: ({ project }) =>
    (project?.windows ?? []).flatMap(({ schedule }, index) => {
      // The schema has reported a schedule that is not text in five fields; the project has none then.
      if (schedule === '') return [];
      const problem = scheduleProblem(schedule);
      if (problem === undefined) return [];
      return windowConcern('window.schedule', project, index, 'schedule', {
        message: `${quote(schedule)} is no schedule: ${problem}`,
        remedy: 'write five fields of cron: minute, hour, day of the month, month, day of the week',
      });
    }),
};

/** A window that never opens either stops its waves, or protects nothing. */
const windowNeverOpens: Rule = {
  id: 'window.never-opens',
  check: (input) => {
    const { project, now } = input;
    const windows = computedWindows(input);
    return windows.flatMap((window) => {
      const index = (project?.windows ?? []).findIndex(({ name }) => name === window.name);
      const denied = window.open.length > 0 && window.kind === 'allow' && isDenied(window, windows, now);
      if (window.open.length > 0 && !denied) return [];
      return windowConcern('window.never-opens', project, index, 'schedule', {
        message: denied
          ? `window ${window.name} never opens: windows with kind: deny cover all of it`
          : `window ${window.name} never opens: no date fits ${quote(window.schedule)}`,
        remedy: denied ? 'change its schedule, or that of the other windows' : 'change its schedule',
      });
    });
  },
};

/** Whether no wave of a window can ever use it. */
function isDenied(window: OpenWindow, windows: readonly OpenWindow[], now: Instant): boolean {
  const openings = new Openings();
  return (
    window.waves.length > 0 &&
    window.phases.every((phase) =>
      window.waves.every((wave) => {
        const denying = windowsFor(windows, wave, phase).filter(({ kind }) => kind === 'deny');
        if (denying.length === 0) return false;
        const opening = openings.at({ windows: [window, ...denying] }, now);
        return !opening.isOpen && opening.opensAt === undefined;
      }),
    )
  );
}

/** A window about no wave is most likely a name misspelt. */
const windowNoWave: Rule = {
  id: 'window.no-wave',
  check: ({ project, waves }) =>
    project === undefined || waves.length === 0
      ? []
      : windowsOf(project, waves).flatMap((window, index) => {
          if (window.waves.length > 0) return [];
          const globs = project.windows[index]?.waves ?? [];
          return windowConcern('window.no-wave', project, index, 'waves', {
            message: `window ${window.name} is about no wave: no name matches ${globs.map(quote).join(', ')}`,
            remedy: 'write the names of waves of this project, or globs that match them',
          });
        }),
};

/** Time zones are those of the IANA database that Node has. */
const timeZoneUnknown: Rule = {
  id: 'time-zone.unknown',
  check: ({ project, waves }) => [
    ...(project?.windows ?? []).flatMap(({ timeZone }, index) =>
      isTimeZone(timeZone)
        ? []
        : windowConcern('time-zone.unknown', project, index, 'timeZone', zoneWords(timeZone)),
    ),
    ...waves.flatMap(({ origin, timing }) => {
      const timeZone = timing?.cutover?.timeZone;
      if (timeZone === undefined || isTimeZone(timeZone)) return [];
      return [concernAt('time-zone.unknown', origin, [...CUTOVER, 'timeZone'], zoneWords(timeZone))];
    }),
  ],
};

function zoneWords(timeZone: string): ConcernText {
  return {
    message: `there is no time zone ${quote(timeZone)}`,
    remedy: 'write a name of the IANA database, such as Europe/Zurich, America/Los_Angeles or UTC',
  };
}

const CUTOVER = ['spec', 'cutover'] as const;

/** A time of a cut-over must be one moment. */
const cutoverTime: Rule = {
  id: 'cutover.time',
  check: ({ waves }) =>
    waves.flatMap(({ origin, timing }) => {
      const { at, timeZone = 'UTC' } = timing?.cutover ?? {};
      const time = at === undefined ? undefined : toInstant(at, timeZone);
      if (at === undefined || time === undefined || time.kind === 'instant' || time.kind === 'unknown-zone')
        return [];
      return [concernAt('cutover.time', origin, [...CUTOVER, 'at'], timeWords(at, timeZone, time))];
    }),
};

function timeWords(
  at: string,
  timeZone: string,
  time: Exclude<ReturnType<typeof toInstant>, { readonly kind: 'instant' | 'unknown-zone' }>,
): ConcernText {
  if (time.kind === 'no-date')
    return { message: `there is no such time: ${quote(at)}`, remedy: 'write a date that exists' };
  const [earlier, later] = time.either;
  const remedy = `write ${earlier} or ${later}`;
  return time.kind === 'twice'
    ? { message: `${timeZone} has ${at} twice: the clocks go back`, remedy }
    : { message: `${timeZone} does not have ${at}: the clocks go forward over it`, remedy };
}

/** A cut-over that the wave does not even ask for yet cannot begin in the past. */
const cutoverPast: Rule = {
  id: 'cutover.past',
  check: ({ waves, now }) =>
    waves.flatMap((wave) => {
      const times = cutoverTimesOf(wave);
      const { phase = 'replicate', timing, origin } = wave;
      if (times === undefined || !isEarlierPhase(phase, 'cutover')) return [];
      const over = times.until ?? times.at;
      if (over >= now) return [];
      const { timeZone = 'UTC' } = timing?.cutover ?? {};
      const message = `the time of the cut-over is over, since ${displayInZone(over, timeZone)}, and the wave has the phase ${phase}`;
      const remedy = 'write the time at which the wave is to be cut over, or remove it';
      return [concernAt('cutover.past', origin, [...CUTOVER, 'at'], { message, remedy })];
    }),
};

/** A wave cannot be cut over before a wave that it waits for. */
const dependencyLater: Rule = {
  id: 'dependency.later',
  check: ({ waves }) => {
    const byName = new Map(waves.map((wave) => [wave.name, wave]));
    return waves.flatMap((wave) => {
      const own = cutoverTimesOf(wave);
      if (own === undefined) return [];
      return (wave.timing?.dependsOn ?? []).flatMap(({ wave: name, phase = 'cutover' }, index) => {
        const other = byName.get(name);
        const times = other === undefined ? undefined : cutoverTimesOf(other);
        if (phase !== 'cutover' || times === undefined) return [];
        if (own.until === undefined ? times.at <= own.at : times.at < own.until) return [];
        const { timeZone = 'UTC' } = wave.timing?.cutover ?? {};
        const [at, later] = [own.at, times.at].map((each) => displayInZone(each, timeZone));
        const message = `the cut-over at ${at} waits for wave ${name}, whose cut-over begins at ${later}`;
        const remedy = 'write a later time here or an earlier one there, or remove the dependency';
        return [
          concernAt('dependency.later', wave.origin, ['spec', 'dependsOn', index], { message, remedy }),
        ];
      });
    });
  },
};

/** A cut-over that lies in a window which denies it, or outside those that allow it, does not begin. */
const cutoverDenied: Rule = {
  id: 'cutover.denied',
  check: (input) => {
    const windows = computedWindows(input);
    const openings = new Openings();
    return input.waves.flatMap((wave) => {
      const times = cutoverTimesOf(wave);
      if (times === undefined || times.at < input.now) return [];
      const rules = { windows: windowsFor(windows, wave.name, 'cutover'), cutover: times };
      const opening = openings.at(rules, times.at);
      if (opening.isOpen) return [];
      const { timeZone = 'UTC' } = wave.timing?.cutover ?? {};
      const { shutBy } = opening;
      const why =
        shutBy === undefined
          ? 'no window allows it'
          : shutBy.kind === 'deny'
            ? `window ${shutBy.name} denies it${shutBy.reason === undefined ? '' : ` (${shutBy.reason})`}`
            : `window ${shutBy.name}, which allows it, is not open then`;
      const later =
        opening.opensAt === undefined
          ? 'before its end it never can'
          : `the first moment at which it can is ${displayInZone(opening.opensAt, timeZone)}`;
      const message = `the cut-over cannot begin at ${displayInZone(times.at, timeZone)}: ${why}; ${later}`;
      const remedy = 'write another time, or change the window';
      return [concernAt('cutover.denied', wave.origin, [...CUTOVER, 'at'], { message, remedy })];
    });
  },
};

/** The time of the cut-over of a wave; undefined: it has none, or something is wrong with it. */
function cutoverTimesOf({ timing }: Wave): { readonly at: Instant; readonly until?: Instant } | undefined {
  const { at, timeZone = 'UTC', duration } = timing?.cutover ?? {};
  const time = at === undefined ? undefined : toInstant(at, timeZone);
  if (time?.kind !== 'instant') return undefined;
  return { at: time.at, ...(duration !== undefined && { until: time.at + duration }) };
}

/** When the windows of the project without errors are open, from now on; computed once for all rules. */
function computedWindows(input: RuleInput): readonly OpenWindow[] {
  const { project, waves, now } = input;
  if (project === undefined) return [];
  const known = COMPUTED.get(input);
  if (known !== undefined) return known;
  const valid = windowsOf(project, waves).filter(
    ({ schedule, timeZone, duration }) =>
      duration > 0 && isTimeZone(timeZone) && scheduleProblem(schedule) === undefined,
  );
  const windows = openWindows(valid, now, now + HORIZON);
  COMPUTED.set(input, windows);
  return windows;
}

const COMPUTED = new WeakMap<RuleInput, readonly OpenWindow[]>();

export const TIME_RULES: readonly Rule[] = [
  cutoverDenied,
  cutoverPast,
  cutoverTime,
  dependencyLater,
  timeZoneUnknown,
  windowDuplicate,
  windowNeverOpens,
  windowNoWave,
  windowSchedule,
];
