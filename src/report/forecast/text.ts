import type { Colors } from 'picocolors/types.js';
import type {
  CapForecast,
  Expected,
  Forecast,
  PhaseForecast,
  WaveForecast,
} from '../../core/results/forecast.ts';
import { displayInstant, formatDuration, type Instant } from '../../core/time.ts';
import { markdownTable, renderMarkdownListing } from '../listing.ts';
import { prose } from '../markdown/escape.ts';
import { concernList } from '../markdown/summary.ts';
import { concernLines, incompleteLines, type TextOptions, wrapLines } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import type { Column } from '../text/fit.ts';
import { foldRows } from '../text/table.ts';
import { pluralize } from '../text/words.ts';

/** Times of a cap that are shown at most. */
const MOST_TIMES = 3;

/** The forecast for people: each wave with its phases, then caps that are full, then what looks wrong. Ends in a newline. */
export function renderForecastText(forecast: Forecast, options: TextOptions): string {
  const { project, at, runs, waves, caps, concerns, unreachable } = forecast;
  const { colors, columns = Infinity } = options;
  const blocked = waves.filter((wave) => wave.blocked !== undefined).length;
  const head = `Forecast of ${escapeTerminal(project)} from ${displayInstant(at)}: ${pluralize(runs, 'run')} of a simulation.`;
  const total =
    waves.length === 0
      ? 'No wave to forecast.'
      : blocked === 0
        ? `${pluralize(waves.length, 'wave')}: all get to their phase.`
        : `${pluralize(waves.length, 'wave')}: ${blocked} with VMs that do not get to the phase.`;
  const lines = [
    ...wrapLines([colors.bold(head)], options),
    ...waves.flatMap((wave) => ['', ...waveLines(wave, colors, columns)]),
    ...(caps.length === 0 ? [] : ['', 'Caps that are full while something waits for them:']),
    ...wrapLines(caps.map(capLine), options),
    ...(concerns.length === 0 ? [] : ['', ...concernLines(concerns, options)]),
    '',
    total,
    ...wrapLines(incompleteLines(unreachable, colors), options),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same as Markdown: a table of waves and phases, then caps and what looks wrong. */
export function renderForecastMarkdown(forecast: Forecast): string {
  const { project, at, runs, waves, caps, concerns, unreachable } = forecast;
  const phases = waves.flatMap((wave) => wave.phases.map((phase) => ({ wave, phase })));
  const time = (at: Instant | undefined, { timeZone }: WaveForecast): string =>
    at === undefined ? 'never' : timeInZone(at, timeZone);
  const notes = waves.flatMap((wave) =>
    waveNotes(wave, (moment) => time(moment, wave)).map((note) => ({ wave, note })),
  );
  const name: Column<{ readonly wave: WaveForecast }> = {
    title: 'WAVE',
    cell: ({ wave }) => escapeTerminal(wave.wave),
  };
  const cells = ({ wave, phase }: (typeof phases)[number]): readonly string[] =>
    phaseRow(phase, (moment) => time(moment, wave));
  return renderMarkdownListing({
    head: [
      prose(
        `Forecast of ${project} from ${displayInstant(at)}: ${pluralize(runs, 'run')} of a simulation.`,
        400,
      ),
    ],
    columns: [
      name,
      ...PHASE_TITLES.map((title, index) => ({
        title,
        cell: (row: (typeof phases)[number]) => (cells(row)[index] ?? '').trim(),
      })),
    ],
    items: phases,
    foot: [
      markdownTable<(typeof notes)[number]>([name, { title: 'NOTE', cell: ({ note }) => note }], notes),
      markdownTable([{ title: 'CAP THAT IS FULL', cell: (cap) => capLine(cap).trim() }], caps),
      concernList(concerns, { items: 30, text: 400, name: 120 }),
    ],
    ...{ unreachable, whole: 'landfall forecast --format csv' },
  });
}

const PHASE_TITLES = ['PHASE', 'BEGINS', 'REACHED', '90 % BY', 'FROM'];

function waveLines(wave: WaveForecast, colors: Colors, columns: number): readonly string[] {
  const { phases, timeZone, vms, phase, assumedPhase } = wave;
  const assumed = assumedPhase === undefined ? '' : `, as if git said ${assumedPhase} by then`;
  const title = `${colors.bold(escapeTerminal(wave.wave))}  ${pluralize(vms, 'VM')}, phase ${phase}${assumed}`;
  const time = (at: Instant | undefined): string => (at === undefined ? 'never' : timeInZone(at, timeZone));
  const rows = phases.map((one) => phaseRow(one, time));
  const heading = PHASE_TITLES.map((title, index) => (index === 0 ? `  ${title}` : title));
  const [first = [], ...others] = foldRows([heading, ...rows], columns, { 4: colors.dim });
  const notes = waveNotes(wave, time).map((note, index, all) =>
    wave.blocked !== undefined && index === all.length - 1 ? colors.yellow(note) : note,
  );
  return [
    title,
    ...(rows.length === 0 ? [] : [...first.map(colors.dim), ...others.flat()]),
    ...wrapLines(
      notes.map((note) => `  ${note}`),
      { colors, columns },
    ),
  ];
}

/** What there is to say of a wave beside its phases; last, why some of its VMs do not get there. */
function waveNotes(
  { window, expires, blocked, vms }: WaveForecast,
  time: (at: Instant | undefined) => string,
): readonly string[] {
  return [
    ...(window === undefined ? [] : [windowText(window, time)]),
    ...(expires?.median === undefined
      ? []
      : [`the 90 days of its replication end first at ${time(expires.median)}`]),
    ...(blocked === undefined
      ? []
      : [`${blocked.vms} of ${pluralize(vms, 'VM')}: ${escapeTerminal(blocked.reason)}`]),
  ];
}

function phaseRow(
  { phase, start, end, source }: PhaseForecast,
  time: (at: Instant | undefined) => string,
): readonly string[] {
  if (source === 'observed') return [`  ${phase}`, 'reached', '', '', ''];
  return [`  ${phase}`, time(start.median), time(end.median), time(end.bound), source];
}

function windowText(
  { name, opensAt, closesAt, ready, met }: NonNullable<WaveForecast['window']>,
  time: (at: Instant | undefined) => string,
): string {
  const which = name === undefined ? 'cut-over' : `window ${escapeTerminal(name)}`;
  const until = closesAt === undefined ? '' : ` to ${time(closesAt)}`;
  const words = { yes: 'met', likely: 'met in most runs', no: 'missed' }[met];
  const bound = ready.bound === ready.median ? '' : ` (90 %: ${spareText(opensAt, ready.bound)})`;
  // Ready in time, it is missed where something else keeps the wave from it: the lines below say what.
  const although = met === 'no' && (ready.median ?? opensAt + 1) <= opensAt ? ', although' : ';';
  const it = ready.median === undefined ? '' : ' it';
  return `${which} ${time(opensAt)}${until}: ${words}${although} ready ${spareText(opensAt, ready.median)}${it}${bound}`;
}

/** How long before an opening something is ready, or how long after it. */
function spareText(opensAt: Instant, ready: Expected['median']): string {
  if (ready === undefined) return 'never';
  const words = ready <= opensAt ? 'before' : 'after';
  return `${formatDuration(Math.abs(opensAt - ready))} ${words}`;
}

function capLine({ target, wave, of, limit, full }: CapForecast): string {
  const owner = wave === undefined ? `target ${escapeTerminal(target)}` : `wave ${escapeTerminal(wave)}`;
  const what = of === undefined ? 'active replications' : of === 'jobs' ? 'jobs' : 'servers in jobs';
  const times = full
    .slice(0, MOST_TIMES)
    .map(({ from, until }) =>
      until === undefined
        ? `from ${displayInstant(from)} on`
        : `${displayInstant(from)} to ${displayInstant(until)}`,
    );
  const more = full.length > MOST_TIMES ? ` and ${full.length - MOST_TIMES} more times` : '';
  return `  ${owner}, ${limit} ${what}: ${times.join(', ')}${more}`;
}

/** An instant as the clocks of a time zone show it, as `displayInZone` in schedule/ writes it. */
function timeInZone(at: Instant, timeZone: string): string {
  const parts = formatterOf(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  const zone = part('timeZoneName');
  const shown = /^GMT[+-]/.test(zone) ? timeZone : zone;
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${shown}`;
}

const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(timeZone);
  if (known !== undefined) return known;
  const digits = '2-digit';
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, timeZoneName: 'short', hourCycle: 'h23' },
    ...{ year: 'numeric', month: digits, day: digits, hour: digits, minute: digits },
  });
  FORMATTERS.set(timeZone, made);
  return made;
}

/** What two forecasts say of a phase of a wave. */
interface Difference {
  readonly phase: string;
  readonly before: Expected;
  readonly after: Expected;
}

/** The forecast with other values beside the one of today: the phases of waves whose end differs. Ends in a newline. */
export function renderWhatIfText(
  before: Forecast,
  after: Forecast,
  values: readonly string[],
  options: TextOptions,
): string {
  const { colors, columns = Infinity } = options;
  const old = new Map(before.waves.map((wave) => [wave.wave, wave]));
  const changed = after.waves.flatMap((wave) => {
    const differences = differencesOf(old.get(wave.wave), wave);
    return differences.length === 0 ? [] : [{ wave, differences }];
  });
  const blocks = changed.flatMap(({ wave, differences }) => {
    const time = (at: Instant | undefined): string =>
      at === undefined ? 'never' : timeInZone(at, wave.timeZone);
    const rows = differences.map((one) => [
      `  ${one.phase}`,
      time(one.before.median),
      time(one.after.median),
      shiftText(one.before.median, one.after.median),
      shiftText(one.before.bound, one.after.bound),
    ]);
    const [first = [], ...others] = foldRows(
      [['  PHASE', 'TODAY', 'THEN', 'CHANGE', '90 % CHANGE'], ...rows],
      columns,
    );
    return ['', colors.bold(escapeTerminal(wave.wave)), ...first.map(colors.dim), ...others.flat()];
  });
  const gone = before.concerns.filter(
    ({ message }) => !after.concerns.some((one) => one.message === message),
  );
  const added = after.concerns.filter(
    ({ message }) => !before.concerns.some((one) => one.message === message),
  );
  const lines = [
    ...wrapLines([colors.bold(`If ${values.map(escapeTerminal).join(' and ')}:`)], options),
    ...blocks,
    '',
    changed.length === 0
      ? 'No wave gets to its phase at another time.'
      : `${changed.length} of ${pluralize(after.waves.length, 'wave')} change.`,
    ...(gone.length === 0 ? [] : ['', 'No longer raised:', ...concernLines(gone, options)]),
    ...(added.length === 0 ? [] : ['', 'Raised then:', ...concernLines(added, options)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Phases that either forecast has, and whose end is not the same in both. */
export function differencesOf(before: WaveForecast | undefined, after: WaveForecast): readonly Difference[] {
  const names = new Set([...(before?.phases ?? []), ...after.phases].map(({ phase }) => phase));
  const endIn = (wave: WaveForecast | undefined, name: string): Expected =>
    wave?.phases.find(({ phase }) => phase === name)?.end ?? {};
  return [...names].flatMap((phase) => {
    const [old, now] = [endIn(before, phase), endIn(after, phase)];
    if (old.median === now.median && old.bound === now.bound) return [];
    return [{ phase, before: old, after: now }];
  });
}

function shiftText(before: Instant | undefined, after: Instant | undefined): string {
  if (before === after) return 'none';
  if (before === undefined) return 'gets there';
  if (after === undefined) return 'no longer gets there';
  return `${formatDuration(Math.abs(after - before))} ${after < before ? 'earlier' : 'later'}`;
}
