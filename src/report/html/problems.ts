import type { Concern } from '../../core/concern.ts';
import type { Place } from '../../core/error.ts';
import { groupBy } from '../../core/lists.ts';
import { shortName } from '../../core/names.ts';
import { type ProjectReport, waveAt } from '../../core/results/report.ts';
import { needsPerson, type VmStatus } from '../../core/status.ts';
import { joinFirst } from '../../core/text.ts';
import { pluralize } from '../text/words.ts';
import { mergeConcerns } from '../status/concerns.ts';
import { formatNumber } from './charts.ts';
import { type Html, markup, table, withCode } from './markup.ts';

/** How bad a problem is, in words; `person`: somebody must act before VMs go on. */
const SEVERITIES = {
  error: 'error',
  critical: 'critical',
  person: 'needs a person',
  warning: 'warning',
} as const;

/** Something that is wrong, or that waits for a person. */
export interface Problem {
  readonly severity: keyof typeof SEVERITIES;
  /** The wave or the target that it is about. */
  readonly about: string;
  readonly owner?: string | undefined;
  readonly text: string;
  /** What to do; absent: the text says it. */
  readonly next?: string | undefined;
  readonly id?: string;
  readonly place?: Place | undefined;
  /** The names of its VMs; empty: it is about a wave or a target as a whole. */
  readonly vms: readonly string[];
}

/** All problems with who has to do with them and what to do next, the worst first. */
export function problemsSection(problems: readonly Problem[]): Html {
  if (problems.length === 0) return markup`<p>Nothing is wrong, and nothing waits for a person.</p>`;
  return table(
    'Problems, the worst first',
    [
      {
        title: 'Severity',
        cell: ({ severity }) => markup`<span class="severity ${severity}">${SEVERITIES[severity]}</span>`,
      },
      { title: 'Wave or target', cell: ({ about }) => about },
      { title: 'Owner', cell: ({ owner }) => owner ?? markup`<span class="muted">none</span>` },
      { title: 'What is wrong', cell: problemCell },
      { title: 'Next step', cell: ({ next }) => withCode(next ?? '') },
      { title: 'VMs', kind: 'number', cell: ({ vms }) => (vms.length === 0 ? '' : formatNumber(vms.length)) },
    ],
    problems,
  );
}

/** How many problems there are of each severity: `1 critical, 2 need a person, 3 warnings`. */
export function countsOfProblems(problems: readonly Problem[]): string {
  const count = (of: Problem['severity']): number =>
    problems.filter(({ severity }) => severity === of).length;
  const [errors, critical, persons, warnings] = (['error', 'critical', 'person', 'warning'] as const).map(
    count,
  ) as [number, number, number, number];
  return [
    ...(errors === 0 ? [] : [pluralize(errors, 'error')]),
    ...(critical === 0 ? [] : [`${formatNumber(critical)} critical`]),
    ...(persons === 0 ? [] : [`${formatNumber(persons)} ${persons === 1 ? 'needs' : 'need'} a person`]),
    ...(warnings === 0 ? [] : [pluralize(warnings, 'warning')]),
  ].join(', ');
}

function problemCell({ text, id, place, vms }: Problem): Html {
  const where = place === undefined ? '' : `, ${place.file}:${place.line}`;
  const names = vms.length < 2 ? '' : markup`<br><span class="muted">${joinFirst(vms, 10)}</span>`;
  return markup`${withCode(text)}${id === undefined ? '' : markup` <code>${id}${where}</code>`}${names}`;
}

/** Collects what is wrong: with targets, with VMs, by the forecast; and what waits for a person. */
export function problemsOf(report: ProjectReport): readonly Problem[] {
  const { status, forecast, waves, leftOut } = report;
  const owners = new Map(waves.map(({ name, owner }) => [name, owner]));
  const ofWaves = [...groupBy(status.vms, ({ wave = '' }) => wave)].flatMap(([wave, vms]) => {
    const owner = owners.get(wave);
    const about = wave === '' ? 'jobs of others' : wave;
    return [
      ...mergeConcerns(vms).map((concern): Problem => {
        const { severity, id, message: text, remedy: next, place, alike } = concern;
        const first = concern.shownAs ?? concern.address ?? '';
        return { severity, about, owner, text, next, id, place, vms: [first, ...(alike?.names ?? [])] };
      }),
      ...personProblems(vms, about, owner),
    ];
  });
  const known = [...leftOut, ...report.concerns, ...status.concerns, ...forecast.concerns];
  const others = known.map((concern): Problem => {
    const { severity, id, message: text, remedy: next, place } = concern;
    const wave = waveAt(waves, place);
    return {
      severity,
      about: aboutOf(concern, leftOut.includes(concern) ? place?.file : wave?.name),
      owner: wave?.owner,
      text,
      next,
      id,
      place,
      vms: [],
    };
  });
  const order = Object.keys(SEVERITIES);
  return [...others, ...ofWaves].toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** @param named the wave or the file that it is about */
function aboutOf({ target }: Concern, named: string | undefined): string {
  return named ?? (target === undefined ? 'project' : `target ${target}`);
}

/** VMs that wait for a person although no concern says why, one problem for each next step. */
function personProblems(
  vms: readonly VmStatus[],
  about: string,
  owner: string | undefined,
): readonly Problem[] {
  const waiting = vms.filter((vm) => vm.concerns.length === 0 && needsPerson(vm));
  return [...groupBy(waiting, ({ next }) => next.text)].map(([next, those]) => ({
    ...{ severity: 'person', about, owner, next, vms: those.map(shortName) },
    text: `does not go on without a person; stage: ${[...new Set(those.map(({ stage }) => stage.replaceAll('-', ' ')))].join(', ')}`,
  }));
}
