import type { BurnDown, CapacitySeries, ProjectReport } from '../../core/results/report.ts';
import { displayInstant } from '../../core/time.ts';
import { formatMinute, pluralize } from '../text/words.ts';
import { drawLines, formatNumber, type Line } from './charts.ts';
import { figure, type Html, markup, type HtmlColumn, table } from './markup.ts';

/** The times of a series by their index. */
type Times = ProjectReport['series']['times'];

/** The active replications of each target against its cap, and when caps are full. */
export function capacitySection({ series, forecast }: ProjectReport): Html {
  const { times, capacity } = series;
  const charts = capacity.map((one, index) => capacityFigure(one, times, index));
  return markup`<p>
      The most replications that are active at once in each interval, if everything takes as long as
      estimated; others’ replications are taken to stay.
    </p>
    ${charts}
    ${
      forecast.caps.length === 0
        ? markup`<p>No cap is full while something waits for it.</p>`
        : table('Caps that are full while something waits for them (UTC)', CAP_COLUMNS, forecast.caps)
    }`;
}

const CAP_COLUMNS: readonly HtmlColumn<ProjectReport['forecast']['caps'][number]>[] = [
  {
    title: 'Cap',
    cell: ({ target, wave, of }) => {
      const what = { jobs: 'launch jobs', 'servers-in-jobs': 'servers in launch jobs' };
      return `${of === undefined ? 'active replications' : what[of]} of ${wave === undefined ? `target ${target}` : `wave ${wave}`}`;
    },
  },
  { title: 'Limit', kind: 'number', cell: ({ limit }) => formatNumber(limit) },
  { title: 'Full from', cell: ({ full }) => formatMinute(full[0]?.from) },
  {
    title: 'Free again',
    cell: ({ full }) => {
      const last = full.at(-1);
      return last === undefined
        ? ''
        : last.until === undefined
          ? 'not in this forecast'
          : formatMinute(last.until);
    },
  },
  { title: 'Times', kind: 'number', cell: ({ full }) => full.length },
];

function capacityFigure({ target, limit, others, peaks }: CapacitySeries, times: Times, index: number): Html {
  const most = Math.max(0, ...peaks);
  const title = `Active replications of target ${target}`;
  const lines: readonly Line[] = [
    { name: 'active replications', color: 's1', hasArea: true, isStepped: true, values: peaks },
    { name: 'cap', color: 's2', isDashed: true, values: peaks.map(() => limit) },
  ];
  const label = `${title}: at most ${formatNumber(most)} of ${formatNumber(limit)}${others === 0 ? '' : `, ${others} of them of others`}. The table below has all values.`;
  return figure(
    others === 0 ? title : `${title}, with ${others} of others`,
    drawLines({ id: `capacity-${index}`, label }, times, lines),
    table(
      title,
      [
        { title: 'From (UTC)', cell: (row) => formatMinute(times[row]) },
        { title: 'Most active', kind: 'number', cell: (row) => formatNumber(peaks[row] ?? 0) },
        { title: 'Cap', kind: 'number', cell: () => formatNumber(limit) },
        {
          title: 'Free',
          kind: 'number',
          cell: (row) => formatNumber(Math.max(0, limit - (peaks[row] ?? 0))),
        },
      ],
      [...times.keys()],
    ),
  );
}

/** What is left to replicate and to cut over, in VMs and in GiB. */
export function burnDownSection({ series, at, forecast }: ProjectReport): Html {
  if (forecast.waves.length === 0) return markup`<p>No wave to forecast.</p>`;
  const { times, left, withoutSize, withoutCutover } = series;
  // Zero would look as if all were done.
  const hasSizes = withoutSize === 0 || left.some(({ gib }) => gib.bound.some((many) => many > 0));
  const notes = [
    ...(withoutCutover === 0
      ? []
      : [
          `VMs that stay before the cut-over in this forecast: ${formatNumber(withoutCutover)}. For their waves, git asks for no phase of cutover or later, and gives no time for one.`,
        ]),
    ...(withoutSize === 0
      ? []
      : [
          `The size of ${pluralize(withoutSize, 'VM')} is not known: GiB are ${hasSizes ? 'without them' : 'not shown'}.`,
        ]),
  ];
  return markup`<p>
      From ${displayInstant(at)} on. Solid: the median. Dashed: in nine of ten runs, no more is left.
    </p>
    ${burnDownFigure('VMs', 'vms', left, times)} ${hasSizes ? burnDownFigure('GiB', 'gib', left, times) : ''}
    ${notes.map((note) => markup`<p>${note}</p>`)}`;
}

const WORDS = { replicate: 'to replicate', cutover: 'to cut over' } as const;

function burnDownFigure(unit: string, of: 'vms' | 'gib', left: readonly BurnDown[], times: Times): Html {
  const lines = left.flatMap((one): readonly Line[] => {
    const colored = { color: one.phase === 'replicate' ? 's1' : 's2' } as const;
    const name = `${unit} left ${WORDS[one.phase]}`;
    return [
      { name, ...colored, values: one[of].median },
      { name: `${name}, 90 %`, ...colored, isDashed: true, values: one[of].bound },
    ];
  });
  const title = `${unit} left to replicate and to cut over`;
  const now = left.map((one) => `${formatNumber(one[of].median[0] ?? 0)} ${WORDS[one.phase]}`).join(', ');
  return figure(
    title,
    drawLines(
      { id: `left-${of}`, label: `${title}: now ${now}. The table below has all values.` },
      times,
      lines,
    ),
    table(
      title,
      [
        { title: 'At (UTC)', cell: (row) => formatMinute(times[row]) },
        ...lines.map(({ name, values }): HtmlColumn<number> => ({
          title: name,
          kind: 'number',
          cell: (row) => formatNumber(values[row] ?? 0),
        })),
      ],
      [...times.keys()],
    ),
  );
}
