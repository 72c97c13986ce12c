import type { Desired, DesiredWave } from '../core/desired.ts';
import { cutOverAt } from '../core/journey.ts';
import { DAY } from '../core/limits.ts';
import { groupBy } from '../core/lists.ts';
import type { CalendarEvent, ProjectCalendar } from '../core/results/calendar.ts';
import type { VmStatus } from '../core/status.ts';
import { openWindows } from './windows.ts';

/**
 * Collects what has a date: each opening of each window in a span of time, and for each wave, whenever it is, its cut-over,
 * the time from which it may be finalized, and the ends of replications that the service sets.
 * @param vms the VMs of the manifests, as they were observed
 */
export function calendarEvents(
  { windows = [], waves }: Pick<Desired, 'windows' | 'waves'>,
  vms: readonly VmStatus[],
  span: Pick<ProjectCalendar, 'from' | 'until'>,
): Pick<ProjectCalendar, 'events' | 'cut'> {
  const byWave = groupBy(vms, ({ wave = '' }) => wave);
  const opened = openWindows(windows, span.from, span.until);
  const events = [
    ...opened.flatMap(({ open, ...window }) =>
      open
        .filter(([start]) => start < span.until)
        .map(([start, end]): CalendarEvent => {
          return { kind: 'window', start, end, timeZone: window.timeZone, window };
        }),
    ),
    ...waves.flatMap((wave) => eventsOfWave(wave, byWave.get(wave.name) ?? [])),
  ];
  return {
    events: events.toSorted((one, other) => one.start - other.start),
    cut: opened.flatMap(({ name, knownUntil }) =>
      knownUntil < span.until ? [{ window: name, last: knownUntil }] : [],
    ),
  };
}

function eventsOfWave(wave: DesiredWave, vms: readonly VmStatus[]): readonly CalendarEvent[] {
  const { at, until, timeZone = 'UTC', finalizeAfter } = wave.cutover ?? {};
  const cutover: readonly CalendarEvent[] =
    at === undefined
      ? []
      : [
          {
            ...{ kind: 'cutover', start: at, timeZone, wave, vms: vms.length },
            ...(until !== undefined && { end: until }),
          },
        ];
  return [
    ...cutover,
    ...(finalizeAfter === undefined ? [] : finalizeEvents(wave, vms, finalizeAfter)),
    ...expiryEvents(wave, vms),
  ];
}

/** The moment at which the last VM of a wave has been cut over for long enough; none where no cut-over is known or planned. */
function finalizeEvents(
  wave: DesiredWave,
  vms: readonly VmStatus[],
  finalizeAfter: number,
): readonly CalendarEvent[] {
  const { at: planned, timeZone = 'UTC' } = wave.cutover ?? {};
  const left = vms.filter(({ stage }) => stage !== 'finalized' && stage !== 'archived');
  const times = left.flatMap((vm) => (vm.stage === 'cut-over' ? cutOverAt(vm) : undefined) ?? planned ?? []);
  if (times.length === 0) return [];
  const isPlanned = left.some(({ stage }) => stage !== 'cut-over');
  const start = Math.max(...times) + finalizeAfter;
  return [{ kind: 'finalize', start, timeZone, wave, vms: left.length, isPlanned }];
}

/** The ends of replications, one event for each day and kind: thousands of VMs begin within hours of each other. */
function expiryEvents(wave: DesiredWave, vms: readonly VmStatus[]): readonly CalendarEvent[] {
  const all = vms.flatMap((vm) => vm.deadlines.map((deadline) => ({ vm, ...deadline })));
  const days = groupBy(all, ({ kind, at }) => `${kind} ${Math.floor(at / DAY)}`);
  return [...days.values()].flatMap((group): readonly CalendarEvent[] => {
    const sorted = group.toSorted((one, other) => one.at - other.at);
    const [first] = sorted;
    if (first === undefined) return [];
    const { timeZone = 'UTC' } = wave.cutover ?? {};
    const names = sorted.map(({ vm }) => vm);
    return [{ kind: 'expiry', of: first.kind, start: first.at, timeZone, wave, vms: names }];
  });
}
