import { DAY } from '../../core/limits.ts';
import type { WaveForecast } from '../../core/results/forecast.ts';
import type { ProjectReport } from '../../core/results/report.ts';
import { displayInstant, type Instant } from '../../core/time.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { figure, type Html, markup, table } from './markup.ts';
import { drawTimeline } from './timeline-chart.ts';

/** Waves in one drawing: more would not fit on a printed page. */
const WAVES_IN_A_CHART = 16;

/** When each wave gets to its phases: drawn, and as a table. */
export function timelineSection(report: ProjectReport): Html {
  const { forecast } = report;
  const waves = forecast.waves.toSorted((a, b) => firstTime(a) - firstTime(b));
  if (waves.length === 0) return markup`<p>No wave to forecast.</p>`;
  const until = lastTime(waves, forecast.at);
  const parts = Array.from({ length: Math.ceil(waves.length / WAVES_IN_A_CHART) }, (_, index) =>
    waves.slice(index * WAVES_IN_A_CHART, (index + 1) * WAVES_IN_A_CHART),
  );
  const blocked = waves.filter((wave) => wave.blocked !== undefined);
  const charts = parts.map((part, index) => drawTimeline(report, part, until, index));
  return markup`<p>
      By the median of ${pluralize(forecast.runs, 'run')} of a simulation from ${displayInstant(forecast.at)}
      on.
      ${
        blocked.length === 0
          ? 'All waves get to their phase.'
          : `${pluralize(blocked.length, 'wave')} with VMs that do not get to the phase: see the table.`
      }
    </p>
    ${figure(
      'Waves over time (UTC)',
      markup`${charts}`,
      table('When each wave begins and reaches its phases (UTC)', COLUMNS, rowsOf(report, waves)),
    )}
    <p class="key">
      R replicate, T test, Y ready, C cut-over, F finalize, A archive. A thin line with an end: nine of ten
      runs get there by then. Dashed bar: some VMs never get there.
      Outlined box: the window of the cut-over. Arrow: the wave at its end waits for
      the other. Shaded: freeze. Dotted line: now.
    </p>`;
}

interface Row {
  readonly wave: WaveForecast;
  readonly phase: WaveForecast['phases'][number] | undefined;
  readonly owner: string;
  readonly dependsOn: string;
}

const COLUMNS = [
  { title: 'Wave', cell: ({ wave }: Row) => wave.wave },
  { title: 'Phase', cell: ({ phase }: Row) => phase?.phase ?? '' },
  { title: 'Begins', kind: 'time', cell: ({ phase }: Row) => timeCell(phase, phase?.start.median) },
  { title: 'Reached', kind: 'time', cell: ({ phase }: Row) => timeCell(phase, phase?.end.median) },
  {
    title: '90 % by',
    kind: 'time',
    cell: ({ phase }: Row) => (phase?.source === 'observed' ? '' : timeCell(phase, phase?.end.bound)),
  },
  { title: 'Estimated from', cell: ({ phase }: Row) => (phase?.source === 'observed' ? '' : phase?.source) },
  { title: 'Owner', cell: ({ owner }: Row) => owner },
  { title: 'Waits for', cell: ({ dependsOn }: Row) => dependsOn },
  { title: 'Notes', cell: ({ wave, phase }: Row) => (phase === wave.phases.at(-1) ? notes(wave) : '') },
] as const;

function timeCell(phase: Row['phase'], at: Instant | undefined): string {
  if (phase === undefined) return '';
  if (phase.source === 'observed') return 'reached';
  return at === undefined ? 'never' : formatMinute(at);
}

function notes({ window, blocked, assumedPhase, vms }: WaveForecast): string {
  const met = window && { yes: 'met', likely: 'met in most runs', no: 'missed' }[window.met];
  return [
    ...(assumedPhase === undefined ? [] : [`as if git said ${assumedPhase} by then`]),
    ...(window === undefined
      ? []
      : [
          `${window.name === undefined ? 'cut-over' : `window ${window.name}`} from ${formatMinute(window.opensAt)}${window.closesAt === undefined ? '' : ` to ${formatMinute(window.closesAt)}`}: ${met ?? ''}`,
        ]),
    ...(blocked === undefined
      ? []
      : [`${blocked.vms} of ${pluralize(vms, 'VM')} do not get there: ${blocked.reason}`]),
  ].join('; ');
}

function rowsOf({ waves }: ProjectReport, shown: readonly WaveForecast[]): readonly Row[] {
  const byName = new Map(waves.map((wave) => [wave.name, wave]));
  return shown.flatMap((wave) => {
    const { owner = '', dependsOn = [] } = byName.get(wave.wave) ?? {};
    const waits = dependsOn.map((one) => `${one.wave} (${one.phase})`).join(', ');
    const phases = wave.phases.length === 0 ? [undefined] : wave.phases;
    return phases.map((phase) => ({ wave, phase, owner, dependsOn: waits }));
  });
}

function firstTime({ phases, window }: WaveForecast): number {
  const times = phases.flatMap(({ start, end }) => start.median ?? end.median ?? []);
  return Math.min(...times, window?.opensAt ?? Number.MAX_SAFE_INTEGER);
}

function lastTime(waves: readonly WaveForecast[], at: Instant): Instant {
  let last = at + DAY;
  for (const { phases, window } of waves) {
    for (const { end } of phases) last = Math.max(last, end.median ?? 0, end.bound ?? 0);
    last = Math.max(last, window?.closesAt ?? window?.opensAt ?? 0);
  }
  return last + (last - at) * 0.02;
}
