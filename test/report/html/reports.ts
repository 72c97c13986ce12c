// Reports to render, from the data that the workflow collects.
import type { DesiredVm, DesiredWave, MaintenanceWindow } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import type { ProjectReport } from '../../../src/core/results/report.ts';
import { summarize } from '../../../src/forecast/index.ts';
import { simulateAll } from '../../../src/forecast/runs.ts';
import { forecastSeries } from '../../../src/forecast/series.ts';
import { calendarEvents } from '../../../src/schedule/calendar.ts';
import { displayInZone } from '../../../src/schedule/zones.ts';
import { DAY, inputOf, waveOf } from '../../forecast/project.ts';
import { statusOf } from '../../journey/runs.ts';
import { job, NOW, PROJECT } from '../../plan/plan-input.ts';

export const PAGE = { command: 'landfall report --out report.html', version: '1.2.3' };

const PLACE = { file: 'landfall.yaml', line: 1, column: 1 };
const WINDOWS: readonly MaintenanceWindow[] = [
  { name: 'nights', kind: 'allow', schedule: '0 22 * * *', duration: DAY / 4, phases: ['cutover'] },
  { name: 'year-end', kind: 'deny', schedule: '0 0 20 12 *', duration: 14 * DAY, phases: ['cutover'] },
].map((one) => ({ ...one, timeZone: 'UTC', waves: [], strict: false, place: PLACE }) as MaintenanceWindow);

interface Parts {
  readonly waves: number;
  readonly vms: number;
  readonly limit?: number;
  readonly ofVm?: (wave: number, index: number) => Partial<DesiredVm>;
  readonly ofWave?: (wave: number) => Partial<DesiredWave>;
}

/** A project of so many waves of so many VMs each, half of which replicate; each wave waits for the one before it. */
export function reportOf({ waves: many, vms: each, limit = 50, ofVm, ofWave }: Parts): ProjectReport {
  const nameOf = (index: number): string => `wave-${String(index + 1).padStart(2, '0')}`;
  const waves = Array.from({ length: many }, (_, index) =>
    waveOf(
      nameOf(index),
      Array.from({ length: each }, (_vm, number) => ({ settings: {}, ...ofVm?.(index, number) })),
      {
        ...(index % 2 === 0 && { owner: `team-${index}@example.net` }),
        ...(index % 3 === 1 && { dependsOn: [{ wave: nameOf(index - 1), phase: 'cutover' as const }] }),
        ...(index % 3 === 2 && {
          cutover: { at: NOW + (10 + index) * DAY, timeZone: 'America/Los_Angeles', finalizeAfter: 7 * DAY },
        }),
        place: { file: `waves/${nameOf(index)}.yaml`, line: 1, column: 1 },
        ...ofWave?.(index),
      },
    ),
  );
  const names = waves.map(({ wave }) => wave.name);
  const windows = WINDOWS.map((window) => ({ ...window, waves: names }));
  const jobs = waves.slice(0, Math.ceil(many / 2)).flatMap(({ vms }, index) =>
    vms.map(({ reference: { name = '' }, wave }, number): ObservedJob => {
      const state = number % 4 === 3 ? 'failing' : 'active';
      const ofWave = { owner: { project: PROJECT, wave }, settings: {}, startsAt: NOW - DAY };
      const ami = index === 0 ? { latestAmiId: `ami-${name}` } : {};
      return job(name, {
        ...ofWave,
        ...ami,
        state,
        ...(state === 'failing' && { statusMessage: 'no space left' }),
      });
    }),
  );
  const input = inputOf(waves, { jobs, limit, windows });
  const { desired, observed, traits } = input;
  const status = statusOf({ desired, observed, traits, concerns: [] });
  const simulations = simulateAll(input);
  const until = NOW + 180 * DAY;
  const { events } = calendarEvents(
    desired,
    status.vms.filter(({ vm }) => vm !== undefined),
    { from: NOW, until },
  );
  return {
    ...{ project: PROJECT, commit: '0123456789abcdef0123456789abcdef01234567', at: NOW },
    targets: [
      {
        name: 'production',
        service: 'SMS',
        region: 'us-west-2',
        account: '123456789012',
        at: NOW,
        vms: many * each,
      },
    ],
    ...{
      waves: desired.waves,
      otherWaves: 0,
      hasLocalChanges: false,
      leftOut: [],
      concerns: [],
      status,
      eventsUntil: until,
    },
    forecast: summarize(PROJECT, simulations),
    series: forecastSeries(simulations),
    events: events.map((event) => ({
      ...{ event, start: displayInZone(event.start, event.timeZone) },
      ...(event.end !== undefined && { end: displayInZone(event.end, event.timeZone) }),
    })),
  };
}

/** Keys whose values are words of ours, or times. */
const OURS = new Set(
  'kind stage phase assumedPhase phases actor severity of state waitsFor timeZone source met decision'.split(
    ' ',
  ),
);

/** The same report in which each text that comes from a manifest, from AWS or from a person is another one. */
export function withTexts<T>(value: T, change: (text: string) => string, key = ''): T {
  if (typeof value === 'string') return (OURS.has(key) ? value : change(value)) as T;
  if (Array.isArray(value)) {
    return (value as unknown[]).map((one) =>
      withTexts(one, change, key === 'phases' && typeof one === 'object' ? '' : key),
    ) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withTexts<unknown>(one, change, name)]),
  ) as T;
}

/** The start tags of a page with the names of their attributes, in order. */
export function tagsOf(page: string): readonly string[] {
  return [...page.matchAll(/<([a-z][^\s>]*)([^>]*)>/gi)].map(([, tag = '', attributes = '']) =>
    [tag, ...[...attributes.matchAll(/([^\s="]+)(?:="[^"]*")?/g)].map(([, name = '']) => name)].join(' '),
  );
}

/** A page without its style and its script. */
export function contentOf(page: string): string {
  return page.replace(/<(style|script)>[^]*?<\/\1>/g, '');
}
