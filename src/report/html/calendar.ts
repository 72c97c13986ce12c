import type { CalendarEvent } from '../../core/results/calendar.ts';
import type { ProjectReport } from '../../core/results/report.ts';
import type { Instant } from '../../core/time.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { formatNumber } from './charts.ts';
import { type Html, markup, table, withCode } from './markup.ts';

/** Openings of a window, and of a freeze, that are listed. */
const MOST_OPENINGS = { allow: 3, deny: 12 } as const;

interface Row {
  readonly at: Instant;
  readonly start: string;
  readonly end?: string | undefined;
  readonly what: string;
  /** The wave or the window. */
  readonly name: string;
  readonly owner?: string | undefined;
  /** Absent: it has none, or nobody knows. */
  readonly vms?: number | undefined;
  readonly note: string;
}

/** All dates that are to come, sorted by time: cut-overs, freezes, windows, finalize dates and expiries. */
export function calendarSection(report: ProjectReport): Html {
  const rows = datesOf(report);
  const intro = markup`<p>
    Windows and freezes until ${utc(report.eventsUntil)}; the dates of waves whenever they are.
    <code>landfall calendar</code> writes the same for calendar programs.
  </p>`;
  if (rows.length === 0)
    return markup`${intro}
      <p>
        Nothing has a date: no wave has a time for its cut-over, there are no windows, and no replication is
        about to end.
      </p>`;
  return markup`${intro}
  ${table(
    'What comes next',
    [
      { title: 'When', kind: 'time', cell: ({ start }) => start },
      { title: 'Until', kind: 'time', cell: ({ end }) => end },
      { title: 'What', cell: ({ what }) => what },
      { title: 'Wave or window', cell: ({ name }) => name },
      { title: 'Owner', cell: ({ owner }) => owner },
      { title: 'VMs', kind: 'number', cell: ({ vms }) => (vms === undefined ? '' : formatNumber(vms)) },
      { title: 'Notes', cell: ({ note }) => withCode(note) },
    ],
    rows,
  )}`;
}

/** The dates from the report's time on, sorted by time. */
function datesOf(report: ProjectReport): readonly Row[] {
  const { events, at } = report;
  const openings = new Map<string, number>();
  const all = new Map<string, number>();
  for (const { event } of events)
    if (event.kind === 'window') all.set(event.window.name, (all.get(event.window.name) ?? 0) + 1);
  const unread = new Set(report.targets.flatMap(({ name, problem }) => (problem === undefined ? [] : name)));
  const listed = events.flatMap(({ event, start, end }): readonly Row[] => {
    if ((event.end ?? event.start) < at && event.kind !== 'finalize') return [];
    const row = { at: event.start, start, end };
    if (event.kind !== 'window') {
      const words = wordsOf(event, report);
      if (!unread.has(event.wave.target)) return [{ ...row, ...words }];
      return [{ ...row, ...words, vms: undefined, note: `its target was not read; ${words.note}` }];
    }
    const { name, kind, phases, reason } = event.window;
    const count = (openings.get(name) ?? 0) + 1;
    openings.set(name, count);
    if (count > MOST_OPENINGS[kind]) return [];
    const more = count === MOST_OPENINGS[kind] ? (all.get(name) ?? 0) - count : 0;
    return [
      {
        ...row,
        ...{ what: kind === 'deny' ? 'Freeze' : 'Window', name },
        note: [
          ...(reason === undefined ? [] : [reason]),
          `${kind === 'deny' ? 'denies' : 'allows'} steps to ${phases.join(', ')}`,
          ...(more > 0 ? [`opens ${more} times more`] : []),
        ].join('; '),
      },
    ];
  });
  return [...listed, ...expectedCutovers(report)].toSorted((a, b) => a.at - b.at);
}

function wordsOf(
  event: Exclude<CalendarEvent, { readonly kind: 'window' }>,
  { forecast }: ProjectReport,
): Pick<Row, 'what' | 'name' | 'owner' | 'vms' | 'note'> {
  const { name, owner } = event.wave;
  switch (event.kind) {
    case 'cutover': {
      const met = forecast.waves.find(({ wave }) => wave === name)?.window?.met;
      const words = {
        yes: 'its VMs begin in time',
        likely: 'its VMs begin in time in most runs',
        // Some may never begin.
        no: 'not all of its VMs begin in time',
      };
      const note = met === undefined ? '' : `by the forecast, ${words[met]}; `;
      return { what: 'Cut-over', name, owner, vms: event.vms, note: `${note}\`landfall runbook ${name}\`` };
    }
    case 'finalize':
      return {
        ...{ what: 'May be finalized', name, owner, vms: event.vms },
        note: event.isPlanned
          ? 'counted from the planned cut-over'
          : 'counted from the cut-over in the account',
      };
    case 'expiry':
      return {
        what: event.of === 'lifetime' ? '90 days of replication end' : 'Paused jobs are deleted',
        ...{ name, owner, vms: event.vms.length },
        note: `first at this time`,
      };
  }
}

/** The cut-overs of waves that name no time, by the forecast. */
function expectedCutovers({ waves, forecast }: ProjectReport): readonly Row[] {
  const byName = new Map(waves.map((wave) => [wave.name, wave]));
  return forecast.waves.flatMap(({ wave, phases, window, vms }): readonly Row[] => {
    const { cutover, owner } = byName.get(wave) ?? {};
    const phase = phases.find((one) => one.phase === 'cutover');
    const start = phase?.start.median;
    if (cutover?.at !== undefined || start === undefined) return [];
    const end = phase?.end.median;
    const bound = phase?.end.bound;
    const note = [
      bound === undefined
        ? 'in one run of ten, it does not end'
        : `in nine of ten runs, it ends by ${utc(bound)}`,
      ...(window?.name === undefined ? [] : [`window ${window.name}`]),
      `\`landfall runbook ${wave}\``,
    ].join('; ');
    return [
      {
        ...{
          at: start,
          start: utc(start),
          what: 'Cut-over (forecast)',
          name: wave,
          owner,
          vms,
          note,
        },
        end: end === undefined ? undefined : utc(end),
      },
    ];
  });
}

function utc(at: Instant): string {
  return `${formatMinute(at)} UTC`;
}

/** The next cut-over, in words; undefined: none is planned or forecast. */
export function nextCutover(report: ProjectReport): string | undefined {
  const row = datesOf(report).find(({ what, at }) => what.startsWith('Cut-over') && at >= report.at);
  if (row === undefined) return undefined;
  const vms = row.vms === undefined ? '' : ` (${pluralize(row.vms, 'VM')})`;
  return `${row.start}, ${row.name}${vms}${row.what === 'Cut-over' ? '' : ', by the forecast'}`;
}
