// Projects for forecasts: waves and VMs of one target, with what its account shows.
import type { DesiredVm, DesiredWave, MaintenanceWindow } from '../../src/core/desired.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import type { Forecast, PhaseForecast } from '../../src/core/results/forecast.ts';
import { forecast } from '../../src/forecast/index.ts';
import type { ForecastInput } from '../../src/forecast/model.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import { planInput, type PlanParts, target, vm, wave } from '../plan/plan-input.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Parts extends PlanParts {
  readonly windows?: readonly MaintenanceWindow[];
  readonly bandwidthMbps?: number;
  readonly jobs?: readonly ObservedJob[];
}

/** A wave with its VMs, which have a size each. */
export function waveOf(
  name: string,
  vms: readonly Partial<DesiredVm>[],
  more: Partial<DesiredWave> = {},
): { readonly wave: DesiredWave; readonly vms: readonly DesiredVm[] } {
  return {
    wave: { ...wave(name), phase: 'cutover', ...more },
    vms: vms.map((each, index) => vm(`${name}-${index + 1}`, { wave: name, sizeGiB: 100, ...each })),
  };
}

/** The input of a forecast of some waves; all of their VMs are in the catalogue. */
export function inputOf(waves: readonly ReturnType<typeof waveOf>[], parts: Parts = {}): ForecastInput {
  const vms = waves.flatMap((one) => one.vms);
  const { bandwidthMbps, windows, limit, ...rest } = parts;
  const input = planInput({
    vms,
    waves: waves.map((one) => one.wave),
    servers: vms.map(({ reference }) => reference.name ?? ''),
    ...rest,
  });
  const own = target('production', limit);
  const limits = { ...own.limits, ...(bandwidthMbps !== undefined && { bandwidthMbps }) };
  const desired = { ...input.desired, targets: [{ ...own, limits }], ...(windows && { windows }) };
  const { observed, traits } = input;
  return { desired, observed, traits, subjects: findSubjects(desired, observed, traits) };
}

export function forecastOf(waves: readonly ReturnType<typeof waveOf>[], parts: Parts = {}): Forecast {
  return forecast(inputOf(waves, parts));
}

/** The phase of a wave; fails the test if there is none. */
export function phaseOf(result: Forecast, name: string, phase: string): PhaseForecast {
  const found = result.waves.find(({ wave: one }) => one === name)?.phases.find((one) => one.phase === phase);
  if (found === undefined) throw new Error(`no phase ${phase} of ${name}`);
  return found;
}
