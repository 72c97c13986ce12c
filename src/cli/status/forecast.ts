import { EXIT } from '../../core/error.ts';
import type { Forecast } from '../../core/results/forecast.ts';
import { hideSecrets } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { renderCalendar, renderCalendarNote } from '../../report/calendar.ts';
import { renderForecastCsv, renderForecastJson, renderWhatIfJson } from '../../report/forecast/data.ts';
import { renderForecastMarkdown, renderForecastText, renderWhatIfText } from '../../report/forecast/text.ts';
import type { ListingFormat } from '../../report/formats.ts';
import {
  calendar as projectCalendar,
  forecast as forecastWaves,
  whatIf as compareForecasts,
} from '../../workflow/forecasting.ts';
import { writeOutput } from '../../workflow/output-files.ts';
import { type Context, showInvalidManifests } from '../context.ts';

interface Flags {
  readonly at?: Instant;
  readonly format: ListingFormat;
}

const RENDERERS: Readonly<Record<ListingFormat, (forecast: Forecast, context: Context) => string>> = {
  text: renderForecastText,
  json: renderForecastJson,
  csv: renderForecastCsv,
  markdown: renderForecastMarkdown,
};

/** `landfall forecast [WAVE…]`: when each wave gets where. */
export async function forecast(
  context: Context,
  { at, format }: Flags,
  waves: readonly string[],
): Promise<number> {
  const found = await forecastWaves(context, { waves, ...(at !== undefined && { at }) });
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  context.print(RENDERERS[format](found.forecast, context));
  return found.forecast.unreachable.length > 0 ? EXIT.error : EXIT.done;
}

interface WhatIfFlags {
  readonly set: readonly string[];
  readonly at?: Instant;
  readonly format: 'text' | 'json';
}

/** `landfall what-if --set KEY=VALUE [WAVE…]`: the forecast with other values beside the one of today. */
export async function whatIf(
  context: Context,
  { at, set, format }: WhatIfFlags,
  waves: readonly string[],
): Promise<number> {
  const found = await compareForecasts(context, { waves, ...(at !== undefined && { at }) }, set);
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const { before, after } = found;
  const { colors, columns, print, verbose } = context;
  print(
    format === 'json'
      ? renderWhatIfJson(before, after, set)
      : renderWhatIfText(before, after, set, { colors, columns, verbose }),
  );
  return after.unreachable.length > 0 ? EXIT.error : EXIT.done;
}

interface CalendarFlags {
  readonly at?: Instant;
  readonly days: number;
  readonly out?: string;
}

/** `landfall calendar`: everything that the project has a date for, as iCalendar. */
export async function calendar(context: Context, { out, ...options }: CalendarFlags): Promise<number> {
  const found = await projectCalendar(context, options);
  if (found.kind === 'invalid') return showInvalidManifests(context, found);
  const text = renderCalendar(found.calendar);
  if (out === undefined) context.print(text);
  else await writeOutput(context.host, out, hideSecrets(text));
  context.log(renderCalendarNote(found.calendar, out));
  return found.unreachable.length > 0 ? EXIT.error : EXIT.done;
}
