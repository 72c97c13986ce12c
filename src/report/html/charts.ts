import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { DAY } from '../../core/limits.ts';
import { formatInstant, type Instant } from '../../core/time.ts';
import { type Html, markup, trusted } from './markup.ts';

use([CustomChart, GridComponent, LegendComponent, LineChart, SVGRenderer]);

const HOUR = 3_600_000;

/** The width of all charts; the page scrolls or shrinks them. */
export const CHART_WIDTH = 960;

/**
 * The colours of the page, by name: so they change with its theme. Servers of artifacts may block its style (Jenkins does):
 * then those that stand here count, and text has the colour of the browser, which may be dark.
 */
const COLORS = {
  ...{ text: 'currentColor', muted: 'currentColor', line: '#8b949e', page: '#fff', panel: 'none' },
  ...{ s1: '#0b5cad', s2: '#a84a00', s3: '#7b3fb5', s4: '#1a7044', bad: '#b42318' },
};

export type Color = keyof typeof COLORS;

/** A colour as an attribute of SVG has it. */
export const color = (name: Color): string => `var(--${name}, ${COLORS[name]})`;

/** A chart to draw. */
interface Chart {
  /** Tells its ids from those of other charts. */
  readonly id: string;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly height: number;
  readonly option: EChartsCoreOption;
}

/** Draws a chart as SVG that needs no style, no script and no mouse. */
export function drawChart({ id, label, height, option }: Chart): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { color: color('text'), fontFamily: 'inherit' },
      ...option,
    });
    const svg = chart.renderToSVGString();
    const content = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'));
    const box = `0 0 ${CHART_WIDTH} ${height}`;
    return markup`<svg class="chart" role="img" aria-label="${label}" font-size="12" width="${CHART_WIDTH}" height="${height}" viewBox="${box}">${trusted(withoutStyle(content, id))}</svg>`;
  } finally {
    chart.dispose();
  }
}

/**
 * Takes styles out of what ECharts draws, as the page allows none: they are about the mouse, but for sizes of text, which
 * become attributes. Ids count up over all charts of a process: they are named after the chart.
 */
function withoutStyle(svg: string, id: string): string {
  return svg.replace(/<style[^]*?<\/style>/g, '').replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(/ (?:class|pointer-events|xml:space|ecmeta_\w+)="[^"]*"/g, '')
      .replace(/ style="([^"]*)"/g, (_, style: string) => {
        const size = /(?:^|[\s:])(\d+)px/.exec(style)?.[1] ?? '12';
        const weight = /\bbold\b/.test(style) ? ' font-weight="bold"' : '';
        return `${size === '12' ? '' : ` font-size="${size}"`}${weight}`;
      })
      .replace(/(id="|url\(#)zr\d+-/g, `$1${id}-`),
  );
}

/** The axis of time, from one instant to another, with few round times. */
export function timeAxis(
  from: Instant,
  until: Instant,
  position: 'top' | 'bottom' = 'bottom',
): Record<string, unknown> {
  const steps = [1, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24, 91 * 24].map((hours) => hours * HOUR);
  const step = steps.find((each) => (until - from) / each <= 8) ?? 182 * DAY;
  const times: Instant[] = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) times.push(at);
  return {
    ...{ type: 'value', min: from, max: until, position },
    axisLine: { onZero: false, lineStyle: { color: color('line') } },
    axisTick: { customValues: times, lineStyle: { color: color('line') } },
    axisLabel: {
      customValues: times,
      color: color('muted'),
      formatter: (at: number) => {
        const text = formatInstant(at);
        return step < DAY ? text.slice(5, 16).replace('T', ' ') : text.slice(0, 10);
      },
    },
    splitLine: { lineStyle: { color: color('line'), opacity: 0.5 } },
  };
}

/** A line of a chart over time. */
export interface Line {
  readonly name: string;
  readonly color: Color;
  readonly isDashed?: boolean;
  readonly hasArea?: boolean;
  /** It keeps each value until the next time. */
  readonly isStepped?: boolean;
  readonly values: readonly number[];
}

/** Draws numbers over time. */
export function drawLines(
  { id, label }: Pick<Chart, 'id' | 'label'>,
  times: readonly Instant[],
  lines: readonly Line[],
): Html {
  const [from = 0, until = from] = [times[0], times.at(-1)];
  return drawChart({
    ...{ id, label, height: 280 },
    option: {
      grid: { left: 64, right: 24, top: 36, bottom: 32 },
      legend: {
        ...{ top: 0, left: 56, itemWidth: 36, itemGap: 40, selectedMode: false },
        textStyle: { color: color('text') },
      },
      xAxis: timeAxis(from, until),
      yAxis: {
        ...{ type: 'value', min: 0, minInterval: 1 },
        // A cap is not drawn on the edge.
        boundaryGap: [0, '8%'],
        axisLabel: { color: color('muted'), formatter: (value: number) => formatNumber(value) },
        splitLine: { lineStyle: { color: color('line'), opacity: 0.5 } },
      },
      series: lines.map((line) => ({
        ...{ type: 'line', name: line.name, silent: true, symbol: 'none' },
        ...(line.isStepped === true && { step: 'end' }),
        itemStyle: { color: color(line.color) },
        lineStyle: { color: color(line.color), width: 2, type: line.isDashed === true ? 'dashed' : 'solid' },
        ...(line.hasArea === true && { areaStyle: { color: color(line.color), opacity: 0.15 } }),
        data: times.map((at, index) => [at, line.values[index] ?? 0]),
      })),
    },
  });
}

/** A whole number as people read it: `12,345`. */
export function formatNumber(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
