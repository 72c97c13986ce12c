import type { Expected, Forecast, PhaseForecast, WaveForecast } from '../../core/results/forecast.ts';
import { formatInstant, type Instant } from '../../core/time.ts';
import { renderCsv } from '../listing.ts';
import { toConcern, toErrors } from '../plan/json.ts';
import { formatJson } from '../text/json.ts';
import { differencesOf } from './text.ts';

/** The forecast as JSON; format version 1.0, minor versions only add. */
export function renderForecastJson(forecast: Forecast): string {
  return formatJson({ format_version: '1.0', ...toForecast(forecast) });
}

/** The forecast with other values and the one of today as JSON, with the phases whose end differs. */
export function renderWhatIfJson(before: Forecast, after: Forecast, values: readonly string[]): string {
  const old = new Map(before.waves.map((wave) => [wave.wave, wave]));
  return formatJson({
    format_version: '1.0',
    set: values,
    differences: after.waves.flatMap((wave) =>
      differencesOf(old.get(wave.wave), wave).map((one) => ({
        wave: wave.wave,
        phase: one.phase,
        before: toExpected(one.before),
        after: toExpected(one.after),
      })),
    ),
    before: toForecast(before),
    after: toForecast(after),
  });
}

function toForecast({ at, runs, waves, vms, caps, concerns, unreachable }: Forecast): object {
  const labels = new Map(waves.map((wave) => [wave.wave, wave.labels]));
  return {
    timestamp: formatInstant(at),
    runs,
    waves: waves.map(toWave),
    vms: vms.map(({ address, target, wave, phases, expires, blocked }) => ({
      ...{ address, target, wave, labels: labels.get(wave) ?? {}, phases: phases.map(toPhase) },
      ...(expires !== undefined && { expires: toExpected(expires) }),
      ...(blocked !== undefined && { blocked }),
    })),
    caps: caps.map(({ target, wave, of = 'replications', limit, full }) => ({
      target,
      ...(wave !== undefined && { wave }),
      ...{ of: of.replaceAll('-', '_'), limit },
      full: full.map(({ from, until }) => ({ from: formatInstant(from), until: timeOf(until) })),
    })),
    concerns: concerns.map(toConcern),
    errors: toErrors(unreachable),
  };
}

function toWave(one: WaveForecast): object {
  const { wave, target, labels, timeZone, vms, phase, assumedPhase, phases, window, expires, blocked } = one;
  return {
    ...{ wave, target, labels, time_zone: timeZone, vms, phase },
    ...(assumedPhase !== undefined && { assumed_phase: assumedPhase }),
    phases: phases.map(toPhase),
    ...(window !== undefined && {
      window: {
        ...(window.name !== undefined && { name: window.name }),
        ...{ opens_at: formatInstant(window.opensAt), closes_at: timeOf(window.closesAt) },
        ...{ ready: toExpected(window.ready), met: window.met },
      },
    }),
    ...(expires !== undefined && { expires: toExpected(expires) }),
    ...(blocked !== undefined && { blocked }),
  };
}

function toPhase({ phase, start, end, source }: PhaseForecast): object {
  return { phase, start: toExpected(start), end: toExpected(end), source };
}

/** Times that are never reached are null. */
function toExpected({ median, bound }: Expected): object {
  return { median: timeOf(median), bound: timeOf(bound) };
}

function timeOf(at: Instant | undefined): string | null {
  return at === undefined ? null : formatInstant(at);
}

/** The forecast as CSV, a line for each VM and phase. */
export function renderForecastCsv({ vms }: Forecast): string {
  const rows = vms.flatMap(({ address, target, wave, phases, blocked }) =>
    phases.map(({ phase, start, end, source }) => [
      ...[address, target, wave, phase],
      ...[start.median, start.bound, end.median, end.bound].map(timeOf),
      ...[source, blocked],
    ]),
  );
  return renderCsv(CSV_HEADER, rows);
}

const CSV_HEADER = [
  ...['address', 'target', 'wave', 'phase'],
  ...['start_median', 'start_bound', 'end_median', 'end_bound'],
  ...['source', 'blocked'],
];
