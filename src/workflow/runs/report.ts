import { dirname } from 'node:path';
import type { Concern } from '../../core/concern.ts';
import type { Desired, DesiredWave } from '../../core/desired.ts';
import type { Workspace } from '../../core/environment.ts';
import { DAY } from '../../core/limits.ts';
import { groupBy } from '../../core/lists.ts';
import type { Forecast } from '../../core/results/forecast.ts';
import {
  type ProjectReport,
  type ReportEvent,
  type ReportTarget,
  waveAt,
} from '../../core/results/report.ts';
import type { Status } from '../../core/status.ts';
import type { Instant } from '../../core/time.ts';
import { summarize } from '../../forecast/index.ts';
import { simulateAll } from '../../forecast/runs.ts';
import { forecastSeries } from '../../forecast/series.ts';
import { serviceOf } from '../../providers/registry.ts';
import { calendarEvents } from '../../schedule/calendar.ts';
import { displayInZone } from '../../schedule/zones.ts';
import { hasLocalChanges } from '../git/changed-waves.ts';
import { currentCommit } from '../git/current-commit.ts';
import { type InvalidManifests, readValidManifests, whyLeftOut } from '../manifests.ts';
import { matcher } from '../name-patterns.ts';
import { knownWaves } from '../selection.ts';
import { inWaves, openVms, type OpenVms, statusOf } from './vm-selection.ts';

/** For how many days from now on the openings of windows are listed. */
const DAYS_OF_WINDOWS = 180;

export interface ReportOptions {
  /** Targets, by name or glob; absent: all that waves name. Only they are read. */
  readonly target?: readonly string[];
  /** Waves, by name or glob; absent or empty: all. The simulation is always of all. */
  readonly waves?: readonly string[];
}

/** The report of a project, or why there is none. */
type ReportResult = InvalidManifests | { readonly kind: 'report'; readonly report: ProjectReport };

/**
 * Observes the accounts once, and collects all that people look at together: status, forecast and calendar.
 * @throws LandfallError WAVE_UNKNOWN or TARGET_UNKNOWN for a name that fits nothing, or where no account can be reached
 */
export async function report(
  workspace: Workspace,
  { target, waves = [] }: ReportOptions = {},
): Promise<ReportResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired, projectFile } = manifests;
  await using all = await openVms(workspace, manifests, target === undefined ? {} : { target }, []);
  const names = waves.length === 0 ? undefined : waves;
  const opened: OpenVms = { ...all, ...inWaves(all, names) };
  const fits = matcher(names, knownWaves(desired, all.observed.values())) ?? (() => true);
  const isTarget = new Set(openedTargets(all).map(({ name }) => name));
  const shown = desired.waves.filter((wave) => isTarget.has(wave.target) && fits(wave.name));
  const isShown = new Set(shown.map(({ name }) => name));
  const targets = targetsOf(all, target, isShown);

  const status = statusOf(opened);
  const simulations = simulateAll(all);
  const series = forecastSeries(simulations, (wave) => isShown.has(wave));
  const commit = await currentCommit(workspace, dirname(projectFile));
  const isChanged = commit !== undefined && (await hasLocalChanges(workspace, manifests));
  return {
    kind: 'report',
    report: {
      ...{ project: desired.project, at: status.at, targets, waves: shown },
      ...(commit !== undefined && { commit }),
      hasLocalChanges: isChanged,
      otherWaves: desired.waves.length - shown.length,
      leftOut: whyLeftOut(manifests),
      concerns: ofShown(manifests.concerns, desired, isShown).filter(
        ({ address, severity }) => address === undefined && severity !== 'error',
      ),
      status,
      forecast: ofWaves(summarize(desired.project, simulations, all.unreachable), desired, isShown),
      series: {
        ...series,
        capacity: series.capacity.filter(
          ({ target: of }) => all.observed.has(of) && targets.some(({ name }) => name === of),
        ),
      },
      ...eventsOf(desired, shown, status),
    },
  };
}

/** The targets that were read, or that could not be. */
function openedTargets({ desired, observed, unreachable }: OpenVms): Desired['targets'] {
  const unread = new Set(unreachable.map(({ target }) => target));
  return desired.targets.filter(({ name }) => observed.has(name) || unread.has(name));
}

/** The targets that the report is about, in the order of the project, with the VMs of its waves. */
function targetsOf(all: OpenVms, asked: ReportOptions['target'], isShown: ReadonlySet<string>) {
  const { desired, observed, unreachable } = all;
  const vms = groupBy(
    desired.vms.filter((vm) => isShown.has(vm.wave)),
    (vm) => vm.target,
  );
  const problems = new Map(unreachable.map((one) => [one.target, one]));
  return openedTargets(all)
    .map((target): ReportTarget => toTarget(target, vms.get(target.name)?.length ?? 0, problems, observed))
    .filter(({ vms: many, problem }) => asked !== undefined || many > 0 || problem !== undefined);
}

function toTarget(
  { name, provider, region, endpoint }: Desired['targets'][number],
  vms: number,
  problems: ReadonlyMap<string | undefined, Concern>,
  observed: OpenVms['observed'],
): ReportTarget {
  const { account, at } = observed.get(name) ?? {};
  const problem = problems.get(name);
  return {
    ...{ name, service: serviceOf(provider).title, region, vms },
    ...(endpoint !== undefined && { endpoint }),
    ...(account !== undefined && { account }),
    ...(at !== undefined && { at }),
    ...(problem !== undefined && { problem }),
  };
}

/** Leaves only some waves in a forecast, with the concerns of them and of what all waves share. */
function ofWaves(all: Forecast, desired: Desired, isShown: ReadonlySet<string>): Forecast {
  return {
    ...all,
    waves: all.waves.filter(({ wave }) => isShown.has(wave)),
    vms: all.vms.filter(({ wave }) => isShown.has(wave)),
    caps: all.caps.filter(({ wave }) => wave === undefined || isShown.has(wave)),
    concerns: ofShown(all.concerns, desired, isShown),
  };
}

/** Leaves out the concerns of waves that are not shown. */
function ofShown(
  concerns: readonly Concern[],
  { waves }: Desired,
  isShown: ReadonlySet<string>,
): readonly Concern[] {
  return concerns.filter((concern) => {
    const wave = waveAt(waves, concern.place);
    return wave === undefined || isShown.has(wave.name);
  });
}

/** What the waves and the windows have a date for, from today on. */
function eventsOf(
  desired: Desired,
  waves: readonly DesiredWave[],
  { at, vms }: Status,
): Pick<ProjectReport, 'events' | 'eventsUntil'> {
  const from = Math.floor(at / DAY) * DAY;
  const until = from + DAYS_OF_WINDOWS * DAY;
  const listed = vms.filter(({ vm }) => vm !== undefined);
  const isShown = new Set(waves.map(({ name }) => name));
  const windows = (desired.windows ?? []).filter((window) => window.waves.some((wave) => isShown.has(wave)));
  const { events } = calendarEvents({ windows, waves }, listed, { from, until });
  const inZone = (zone: string) => (time: Instant) => displayInZone(time, zone);
  return {
    events: events
      .filter(({ start, end = start }) => end >= from)
      .map((event): ReportEvent => {
        const display = inZone(event.timeZone);
        const { start, end } = event;
        return { event, start: display(start), ...(end !== undefined && { end: display(end) }) };
      }),
    eventsUntil: until,
  };
}
