import type { Phase } from '../../core/desired.ts';
import type { WaveForecast } from '../../core/results/forecast.ts';
import type { ProjectReport } from '../../core/results/report.ts';
import type { Instant } from '../../core/time.ts';
import { escapeTerminal } from '../text/escape.ts';
import { cutText } from '../text/fit.ts';
import { pluralize } from '../text/words.ts';
import { CHART_WIDTH, type Color, color, drawChart, timeAxis } from './charts.ts';
import type { Html } from './markup.ts';

const ROW = 30;
const TOP = 28;
const BOTTOM = 4;
const LEFT = 168;

/** How phases are drawn: beside its colour each has a letter. */
const LOOKS: Readonly<Record<Phase, { readonly color: Color; readonly letter: string }>> = {
  replicate: { color: 's1', letter: 'R' },
  test: { color: 's3', letter: 'T' },
  ready: { color: 's3', letter: 'Y' },
  cutover: { color: 's2', letter: 'C' },
  finalize: { color: 's4', letter: 'F' },
  archive: { color: 's4', letter: 'A' },
};

/** Something that is drawn in the row of a wave. */
type Mark =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly isOpen: boolean }
  | { readonly kind: 'bound' | 'window' | 'freeze' | 'now' }
  | { readonly kind: 'arrow'; readonly rows: number };

type Drawn = Mark & { readonly row: number; readonly from: Instant; readonly until: Instant };

/**
 * Draws some waves, a row each: their phases, the window of the cut-over, the bound of the last phase, and what waits for what.
 * @param until the end of its axis of time
 * @param index tells it from other drawings
 */
export function drawTimeline(
  report: ProjectReport,
  waves: readonly WaveForecast[],
  until: Instant,
  index: number,
): Html {
  const { forecast, events } = report;
  const { at } = forecast;
  const freezes = events.flatMap(({ event: { kind, start, end = start, ...event } }): Drawn[] =>
    kind === 'window' && 'window' in event && event.window.kind === 'deny' && start < until && end > at
      ? [{ kind: 'freeze', row: 0, from: Math.max(start, at), until: Math.min(end, until) }]
      : [],
  );
  const marks = [
    ...freezes,
    ...waves.flatMap((wave, row) => marksOf(wave, row, until)),
    ...arrows(report, waves),
    { kind: 'now', row: 0, from: at, until: at } as const,
  ];
  const height = TOP + waves.length * ROW + BOTTOM;
  return drawChart({
    ...{ id: `timeline-${index}`, height },
    label: `Timeline of ${pluralize(waves.length, 'wave')}: ${waves.map(({ wave }) => wave).join(', ')}. The table below has all times.`,
    option: {
      grid: { left: LEFT, right: 16, top: TOP, bottom: BOTTOM, outerBoundsMode: 'none' },
      xAxis: timeAxis(at, until, 'top'),
      yAxis: {
        ...{
          type: 'category',
          inverse: true,
          data: waves.map(({ wave }) => cutText(escapeTerminal(wave), 22, 'middle')),
        },
        axisLabel: { interval: 0, color: color('text'), width: LEFT - 12, overflow: 'truncate' },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: color('line') } },
        splitLine: { show: true, lineStyle: { color: color('line'), opacity: 0.5 } },
      },
      series: [
        {
          ...{ type: 'custom', silent: true, clip: false, data: marks.map((_, mark) => [at, 0, mark]) },
          encode: { x: 0, y: 1 },
          renderItem: (
            _: unknown,
            api: { coord: (point: readonly number[]) => number[]; value: (of: number) => number },
          ) => {
            const mark = marks[api.value(2)];
            if (mark === undefined) return undefined;
            const [left = 0, y = 0] = api.coord([mark.from, mark.row]);
            const [right = left] = api.coord([mark.until, mark.row]);
            // What has begun before is drawn from now on.
            const x = (of: number): number => Math.max(LEFT, Math.round(of * 10) / 10);
            return shapeOf(mark, x(left), x(right), y, TOP + waves.length * ROW);
          },
        },
      ],
    },
  });
}

function marksOf({ phases, window }: WaveForecast, row: number, end: Instant): readonly Drawn[] {
  const open = phases.filter(({ source }) => source !== 'observed');
  const last = open.at(-1);
  const bound = last?.end.bound ?? end;
  return [
    ...(window === undefined
      ? []
      : [{ kind: 'window', row, from: window.opensAt, until: window.closesAt ?? window.opensAt } as const]),
    ...open.flatMap(({ phase, start, end: { median } }): Drawn[] =>
      start.median === undefined
        ? []
        : [
            {
              kind: 'phase',
              phase,
              isOpen: median === undefined,
              row,
              from: start.median,
              until: median ?? end,
            },
          ],
    ),
    ...(last?.end.median === undefined
      ? []
      : [{ kind: 'bound', row, from: last.end.median, until: bound } as const]),
  ];
}

/** From the end of the phase that a wave waits for to the beginning of its own; both waves are in the same drawing. */
function arrows({ waves: all }: ProjectReport, waves: readonly WaveForecast[]): readonly Drawn[] {
  const rows = new Map(waves.map((wave, row) => [wave.wave, row]));
  const byName = new Map(all.map((wave) => [wave.name, wave]));
  return waves.flatMap((wave, row) =>
    (byName.get(wave.wave)?.dependsOn ?? []).flatMap((one): Drawn[] => {
      const other = rows.get(one.wave);
      const from = waves[other ?? -1]?.phases.find(({ phase }) => phase === one.phase)?.end.median;
      const until = wave.phases.find(({ phase }) => phase === one.phase)?.start.median;
      if (other === undefined || from === undefined || until === undefined || until < from) return [];
      return [{ kind: 'arrow', row: other, rows: row - other, from, until }];
    }),
  );
}

/** The shapes of a mark, in the words of ECharts. */
function shapeOf(mark: Drawn, left: number, right: number, y: number, bottom: number): object {
  const line = (points: readonly (readonly number[])[], style: object): object => ({
    type: 'polyline',
    shape: { points },
    style: { fill: 'none', ...style },
  });
  switch (mark.kind) {
    case 'freeze':
      return {
        type: 'rect',
        shape: { x: left, y: TOP, width: Math.max(1, right - left), height: bottom - TOP },
        style: { fill: color('muted'), opacity: 0.18 },
      };
    case 'now':
      return line(
        [
          [left, TOP],
          [left, bottom],
        ],
        { stroke: color('text'), lineDash: [2, 3] },
      );
    case 'window':
      return {
        type: 'rect',
        shape: { x: left, y: y - 12, width: Math.max(3, right - left), height: 24 },
        style: { fill: 'none', stroke: color('text'), lineWidth: 1.5 },
      };
    case 'bound':
      return line(
        [
          [left, y],
          [right, y],
          [right, y - 5],
          [right, y + 5],
        ],
        { stroke: color('text'), lineWidth: 1.5 },
      );
    case 'arrow': {
      const end = y + mark.rows * ROW;
      const tip = end - Math.sign(mark.rows) * 9;
      const x = Math.min(CHART_WIDTH - 8, right);
      const head = tip - Math.sign(mark.rows) * 5;
      return {
        type: 'group',
        children: [
          line(
            [
              [left, y],
              [x, y],
              [x, tip],
            ],
            { stroke: color('muted'), lineWidth: 1 },
          ),
          line(
            [
              [x - 3, head],
              [x, tip],
              [x + 3, head],
            ],
            { stroke: color('muted'), lineWidth: 1 },
          ),
        ],
      };
    }
    case 'phase': {
      const { color: fill, letter } = LOOKS[mark.phase];
      const width = Math.max(3, right - left);
      const bar = {
        type: 'rect',
        shape: { x: left, y: y - 8, width, height: 16, r: 2 },
        // Some VMs never get there: the phase has no end.
        style: mark.isOpen
          ? { fill: color('panel'), stroke: color(fill), lineWidth: 1.5, lineDash: [4, 3] }
          : { fill: color(fill) },
      };
      const words = {
        ...{ text: letter, x: left + 9, y, fill: color(mark.isOpen ? 'text' : 'page') },
        ...{ align: 'center', verticalAlign: 'middle', fontSize: 11 },
      };
      return { type: 'group', children: width < 14 ? [bar] : [bar, { type: 'text', style: words }] };
    }
  }
}
