import { type Stage, STAGES } from '../../core/journey.ts';
import type { ProjectReport } from '../../core/results/report.ts';
import type { WaveStatus } from '../../core/status.ts';
import { color, formatNumber } from './charts.ts';
import { type Html, markup, type HtmlColumn, table } from './markup.ts';

/** How far a VM is, for colours: not begun, on its way, waiting for its cut-over, over it, or in trouble. */
const GROUPS: Readonly<Record<Stage, number>> = {
  'not-in-catalog': 4,
  waiting: 0,
  seeding: 1,
  replicating: 1,
  failing: 4,
  failed: 4,
  paused: 4,
  ended: 4,
  'replicated-once': 1,
  lost: 4,
  unproven: 4,
  testing: 2,
  'ready-for-cutover': 2,
  'cutting-over': 2,
  'cut-over': 3,
  finalized: 3,
  archived: 3,
};

/** The colour of each group. */
const COLORS = ['panel', 's1', 's3', 's4', 'bad'] as const;

const LEGEND: readonly (readonly [number, string])[] = [
  [3, 'over the cut-over,'],
  [2, 'tested or ready,'],
  [1, 'replicating,'],
  [0, 'not begun,'],
  [4, 'failed, paused, lost or not found'],
];

interface Row {
  readonly name: string;
  readonly target: string;
  readonly owner: string | undefined;
  readonly phase: string;
  /** Absent: its target was not read. */
  readonly status: WaveStatus | undefined;
}

/** How many VMs of each wave are in each stage. */
export function stagesSection(report: ProjectReport): Html {
  const rows = rowsOf(report);
  if (rows.length === 0) return markup`<p>No manifest has a wave, and no job is managed.</p>`;
  const { stages } = allStages(report);
  const used = STAGES.filter((stage) => (stages.get(stage) ?? 0) > 0);
  const several = new Set(rows.map(({ target }) => target)).size > 1;
  const columns: readonly HtmlColumn<Row>[] = [
    { title: 'Wave', cell: ({ name }) => markup`<a href="#vms" data-wave="${name}">${name}</a>` },
    ...(several ? [{ title: 'Target', cell: ({ target }: Row) => target }] : []),
    { title: 'Owner', cell: ({ owner }) => owner ?? markup`<span class="muted">none</span>` },
    { title: 'Phase in git', cell: ({ phase }) => phase },
    {
      title: 'VMs',
      kind: 'number',
      cell: ({ status }) => (status === undefined ? 'not read' : formatNumber(status.vms)),
    },
    { title: 'Progress', cell: ({ status }) => (status === undefined ? '' : bar(status)) },
    ...used.map((stage): HtmlColumn<Row> => ({
      title: stage.replaceAll('-', ' '),
      kind: 'number',
      cell: ({ name, status }) => {
        const count = status?.stages[stage] ?? 0;
        if (count === 0) return '';
        return markup`<a href="#vms" data-wave="${name}" data-stage="${stage}" class="g${GROUPS[stage]}">${formatNumber(count)}</a>`;
      },
    })),
  ];
  const sums = used.map((stage) => markup`<td class="number">${formatNumber(stages.get(stage) ?? 0)}</td>`);
  const all = rows.reduce((sum, { status }) => sum + (status?.vms ?? 0), 0);
  const foot = markup`
<tfoot><tr><th scope="row">All waves</th>${several ? markup`<td></td>` : ''}<td></td><td></td><td class="number">${formatNumber(all)}</td><td></td>${sums}</tr></tfoot>`;
  const key = LEGEND.map(
    ([group, words]) =>
      markup`<svg class="swatch" width="12" height="12" viewBox="0 0 10 10" aria-hidden="true"><rect fill="${colorOf(group)}" width="10" height="10"/></svg> ${words} `,
  );
  return markup`${table('VMs of each wave by stage', columns, rows, foot)}
<p class="key">Progress: ${key}</p>`;
}

/** How many VMs there are in each stage, over all waves. */
export function allStages({ status }: ProjectReport): {
  readonly stages: ReadonlyMap<Stage, number>;
  readonly groups: readonly number[];
} {
  const stages = new Map<Stage, number>();
  const groups = [0, 0, 0, 0, 0];
  for (const wave of status.waves)
    for (const stage of STAGES) {
      const count = wave.stages[stage] ?? 0;
      stages.set(stage, (stages.get(stage) ?? 0) + count);
      groups[GROUPS[stage]] = (groups[GROUPS[stage]] ?? 0) + count;
    }
  return { stages, groups };
}

function rowsOf({ status, waves }: ProjectReport): readonly Row[] {
  const byName = new Map(waves.map((wave) => [wave.name, wave]));
  const known = status.waves.map((one): Row => {
    const wave = byName.get(one.wave);
    const phase = wave === undefined ? 'in no manifest' : (wave.phase ?? 'replicate');
    return { name: one.wave, target: one.target, owner: wave?.owner, phase, status: one };
  });
  const seen = new Set(known.map(({ name }) => name));
  const unread = waves
    .filter(({ name }) => !seen.has(name))
    .map(({ name, target, owner, phase = 'replicate' }): Row => {
      return { name, target, owner, phase, status: undefined };
    });
  return [...known, ...unread];
}

/** The parts of a wave that are so far, side by side: the numbers beside it say the same. */
function bar({ stages, vms }: WaveStatus): Html {
  const parts = [3, 2, 1, 0, 4].map((group) => {
    const count = STAGES.reduce(
      (sum, stage) => sum + (GROUPS[stage] === group ? (stages[stage] ?? 0) : 0),
      0,
    );
    return { group, width: (count / Math.max(1, vms)) * 100 };
  });
  let x = 0;
  const rects = parts.flatMap(({ group, width }) => {
    if (width === 0) return [];
    const rect = markup`<rect fill="${colorOf(group)}" x="${round(x)}" width="${round(width)}" height="8"/>`;
    x += width;
    return [rect];
  });
  return markup`<svg class="bar" width="120" height="12" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

function colorOf(group: number): string {
  return color(COLORS[group] ?? 'panel');
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
