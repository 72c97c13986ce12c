import { it } from '@jest/globals';
import picocolors from 'picocolors';
import type { MaintenanceWindow } from '../../src/core/desired.ts';
import { forecast } from '../../src/forecast/index.ts';
import { withValues } from '../../src/forecast/what-if.ts';
import { renderForecastCsv } from '../../src/report/forecast/data.ts';
import { renderForecastText, renderWhatIfText } from '../../src/report/forecast/text.ts';
import { DAY, HOUR, inputOf, waveOf } from '../forecast/project.ts';
import { NOW } from '../plan/plan-input.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';

const COLUMNS = 100;
const options = { colors: picocolors.createColors(false), columns: COLUMNS, verbose: false };

/** Waves with a time that is missed, a window, a dependency, a suspension and a cap that is too small. */
function project(values: readonly string[] = []) {
  const window: MaintenanceWindow = {
    ...{ name: 'weekends', kind: 'allow', schedule: '0 22 * * 6', duration: 6 * HOUR, strict: false },
    ...{ timeZone: 'America/Los_Angeles', phases: ['cutover'], waves: ['identity', 'portal'] },
    place: { file: 'landfall.yaml', line: 10, column: 3 },
  };
  const soon = { at: NOW + 3 * HOUR, until: NOW + 5 * HOUR, timeZone: 'Europe/Berlin', finalizeAfter: DAY };
  const waves = [
    waveOf('databases', [{ sizeGiB: 400 }, {}], { cutover: soon, phase: 'replicate' }),
    waveOf('identity', [{ sizeGiB: 40 }]),
    waveOf('portal', [{}, {}], { dependsOn: [{ wave: 'identity', phase: 'cutover' }] }),
    waveOf('tape', [{}], { suspend: true }),
  ];
  const input = inputOf(waves, { windows: [window], limit: 4 });
  return forecast({ ...input, desired: withValues(input.desired, values) });
}

it('a forecast says when each wave gets where, what that is from, and what looks wrong', () => {
  const found = project();
  expectGoldenToFit('forecast.txt', COLUMNS, renderForecastText(found, options));
  expectGolden('forecast.csv', renderForecastCsv(found));
  // Nothing to forecast is no error.
  expectGolden('forecast-empty.txt', renderForecastText(forecast(inputOf([])), options));
});

it('a forecast with other values says what they change', () => {
  const values = ['targets.production.limits.activeReplications=6', 'waves.tape.suspend=false'];
  expectGoldenToFit('what-if.txt', COLUMNS, renderWhatIfText(project(), project(values), values, options));
});
