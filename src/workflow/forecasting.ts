import { dirname } from 'node:path';
import type { Concern } from '../core/concern.ts';
import type { Desired } from '../core/desired.ts';
import type { Workspace } from '../core/environment.ts';
import { DAY } from '../core/limits.ts';
import { scopeOfStages } from '../core/observed.ts';
import type { ProjectCalendar } from '../core/results/calendar.ts';
import type { Forecast } from '../core/results/forecast.ts';
import type { Instant } from '../core/time.ts';
import { forecast as forecastProject } from '../forecast/index.ts';
import { withValues } from '../forecast/what-if.ts';
import { serviceOf } from '../providers/registry.ts';
import { calendarEvents } from '../schedule/calendar.ts';
import { commitTime } from './git/current-commit.ts';
import { type InvalidManifests, readValidManifests } from './manifests.ts';
import { matcher, requireMatch } from './name-patterns.ts';
import { openVms, statusOf } from './runs/vm-selection.ts';
import { findTarget } from './targets.ts';

export interface ForecastOptions {
  /** Waves, by name or glob; absent or empty: all. The simulation is always of all. */
  readonly waves?: readonly string[];
  /** From when on it is simulated; absent: the time of the accounts. */
  readonly at?: Instant;
}

/** The forecast, or why there is none. */
export type ForecastResult = InvalidManifests | { readonly kind: 'forecast'; readonly forecast: Forecast };

/**
 * Observes all accounts and forecasts when each wave gets where.
 * @throws LandfallError WAVE_UNKNOWN for a name that fits nothing
 */
export async function forecast(workspace: Workspace, options: ForecastOptions = {}): Promise<ForecastResult> {
  const found = await forecastEach(workspace, options, [[]]);
  if (!Array.isArray(found)) return found;
  const [first] = found;
  if (first === undefined) throw new Error('no forecast was made');
  return { kind: 'forecast', forecast: first };
}

/** The forecast of today and the one with other values, or why there is none. */
export type WhatIfResult =
  InvalidManifests | { readonly kind: 'forecasts'; readonly before: Forecast; readonly after: Forecast };

/**
 * Forecasts with the values of the manifests and with others, from the same accounts.
 * @param values `waves.portal.priority=10`
 * @throws LandfallError WAVE_UNKNOWN for a name that fits nothing, USAGE for a value that cannot be set
 */
export async function whatIf(
  workspace: Workspace,
  options: ForecastOptions,
  values: readonly string[],
): Promise<WhatIfResult> {
  const found = await forecastEach(workspace, options, [[], values]);
  if (!Array.isArray(found)) return found;
  const [before, after] = found;
  if (before === undefined || after === undefined) throw new Error('a forecast was not made');
  return { kind: 'forecasts', before, after };
}

/** Makes a forecast with each list of other values, from one observation. */
async function forecastEach(
  workspace: Workspace,
  { waves = [], at }: ForecastOptions,
  lists: readonly (readonly string[])[],
): Promise<InvalidManifests | Forecast[]> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired } = manifests;
  const phasesOn = (target: string) => serviceOf(findTarget(desired.targets, target).provider);
  const changed = lists.map((values) => withValues(desired, values, phasesOn));
  const known = desired.waves.map(({ name }) => name);
  requireMatch('WAVE_UNKNOWN', 'wave', waves, known);
  const fits = (waves.length === 0 ? undefined : matcher(waves, known)) ?? (() => true);
  await using vms = await openVms(workspace, manifests, {}, [], { scope: scopeOfStages(desired) });
  const { observed, traits, subjects, unreachable } = vms;
  return changed.map((one) => {
    const input = { desired: one, observed, traits, subjects, ...(at !== undefined && { at }) };
    return inWaves(forecastProject(input, unreachable), desired, fits);
  });
}

/** Leaves only some waves in a forecast, with the concerns of them and of what all waves share. */
function inWaves(all: Forecast, desired: Desired, fits: (wave: string) => boolean): Forecast {
  const waves = all.waves.filter(({ wave }) => fits(wave));
  if (waves.length === all.waves.length) return all;
  const others = new Set(desired.waves.filter(({ name }) => !fits(name)).map(({ place }) => place));
  const concerns = all.concerns.filter(({ place }) => place === undefined || !others.has(place));
  return { ...all, waves, vms: all.vms.filter(({ wave }) => fits(wave)), concerns };
}

interface CalendarOptions {
  /** Windows are written from the day of this time on (UTC); absent: the time of the accounts. */
  readonly at?: Instant;
  /** For how many days windows are written. */
  readonly days: number;
}

/** The calendar of a project, or why there is none. */
type CalendarResult =
  | InvalidManifests
  | {
      readonly kind: 'calendar';
      readonly calendar: ProjectCalendar;
      /** The targets that could not be read: what their accounts show is not in it. */
      readonly unreachable: readonly Concern[];
    };

/** Observes all accounts and collects everything that the project has a date for. */
export async function calendar(workspace: Workspace, { at, days }: CalendarOptions): Promise<CalendarResult> {
  const manifests = await readValidManifests(workspace);
  if (manifests.kind === 'invalid') return manifests;
  const { desired, projectFile } = manifests;
  await using opened = await openVms(workspace, manifests, {}, [], { scope: scopeOfStages(desired) });
  const { vms, at: observedAt } = statusOf(opened);
  const from = Math.floor((at ?? observedAt) / DAY) * DAY;
  const until = from + days * DAY;
  const stamp = at ?? (await commitTime(workspace, dirname(projectFile))) ?? from;
  const listed = vms.filter(({ vm }) => vm !== undefined);
  const found = calendarEvents(desired, listed, { from, until });
  return {
    kind: 'calendar',
    calendar: { project: desired.project, stamp, from, until, ...found },
    unreachable: opened.unreachable,
  };
}
