import type { TargetList, TargetOverview } from '../../core/results/targets.ts';
import type { ScreenOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import type { Column } from '../text/fit.ts';
import { formatJson, snakeCase } from '../text/json.ts';
import { formatListing } from '../text/table.ts';
import { pluralize } from '../text/words.ts';
import { joinBlocks, wrapLines } from '../text/blocks.ts';

/** The targets of a project, a line each, and in which order their runners apply. Ends in a newline. */
export function renderTargetsText(list: TargetList, options: ScreenOptions): string {
  const { colors, columns } = options;
  const { heading, lines } = formatListing(targetColumns(list), list.targets, colors, columns);
  const words = [...countSentences(list), ...mutualSentences(list), ...unusedSentences(list)];
  return joinBlocks([
    lines.length > 0 ? [heading, ...lines.flat()] : [],
    wrapLines(words.map(escapeTerminal), options),
  ]);
}

function targetColumns({ changedSince }: TargetList): readonly Column<TargetOverview>[] {
  const cell = (text: string | number = ''): string => escapeTerminal(String(text));
  return [
    { title: 'TARGET', cell: ({ name }) => cell(name) },
    { title: 'STAGE', cell: ({ stage }) => cell(stage) },
    { title: 'SERVICE', cell: ({ provider }) => cell(provider), fit: { drop: 2, below: 'service' } },
    { title: 'ACCOUNT', cell: ({ account }) => cell(account), fit: { drop: 4, below: 'account' } },
    { title: 'REGION', cell: ({ region }) => cell(region), fit: { drop: 3, below: 'region' } },
    { title: 'ENDPOINT', cell: ({ endpoint }) => cell(endpoint), fit: { drop: 1, below: 'endpoint' } },
    {
      title: changedSince === undefined ? 'WAVES' : 'CHANGED WAVES',
      cell: ({ waves }) =>
        waves.length === 0 && changedSince !== undefined ? 'removed ones' : cell(waves.length),
    },
    { title: 'VMS', cell: ({ vms }) => cell(vms) },
    {
      title: 'WAITS FOR',
      cell: ({ waitsFor }) => cell(waitsFor.join(', ')),
      fit: { drop: 5, below: 'waits for' },
    },
    { title: 'ROLE', cell: ({ role }) => cell(role), fit: { drop: 0, below: 'role' } },
  ];
}

function countSentences({ targets, selected, changedSince }: TargetList): readonly string[] {
  const stages = targets.at(-1)?.stage ?? 0;
  const count = `${pluralize(targets.length, 'target')}${stages > 1 ? ` in ${stages} stages` : ''}`;
  if (changedSince === undefined) return [`${count}.`];
  const others = selected.length - targets.length;
  const rest =
    others === 0
      ? ''
      : `; no wave of ${others === 1 ? '1 other' : `${others} others`} has changed since then`;
  return [
    targets.length === 0
      ? `No target: no wave file has changed since ${changedSince}.`
      : `${count} with waves that have changed since ${changedSince}${rest}.`,
  ];
}

/** Names the targets that wait for each other, each group once. */
function mutualSentences({ targets }: TargetList): readonly string[] {
  const groups = targets.flatMap(({ name, mutual }) =>
    mutual.length === 0 ? [] : [[name, ...mutual].sort().join(', ')],
  );
  return [...new Set(groups)].map(
    (names) =>
      `Waves of ${names} wait for each other: these targets are in one stage, and go on once the others have; apply them again until nothing is left.`,
  );
}

function unusedSentences({ unused }: TargetList): readonly string[] {
  if (unused.length === 0) return [];
  const names = unused.join(', ');
  return [
    unused.length === 1
      ? `Left out: ${names}, because no wave names it.`
      : `Left out: ${names}, because no wave names them.`,
  ];
}

/** The same for programs to read, and for `landfall merge --expect`. Minor versions of the format only add. */
export function renderTargetsJson(list: TargetList): string {
  return formatJson({
    format_version: '1.0',
    ...snakeCase(list, 'project', 'commit', 'changedSince'),
    stages: list.targets.at(-1)?.stage ?? 0,
    ...snakeCase(list, 'selected', 'unused'),
    targets: list.targets.map((target) =>
      snakeCase(
        target,
        ...(['name', 'provider', 'account', 'region', 'role', 'endpoint'] as const),
        ...(['stage', 'waitsFor', 'mutual', 'waves', 'vms'] as const),
      ),
    ),
  });
}

/**
 * Outputs of a step of GitHub Actions, a line each, to append to `$GITHUB_OUTPUT`: `count`, `stages`, a matrix of all
 * targets, and one of each stage. GitHub refuses a job with an empty matrix: its condition must ask for `count`, or for the
 * matrix of its stage, which is absent where the stage has no target.
 * Source: GitHub Docs, "Workflow syntax: jobs.<job_id>.strategy.matrix", and "Workflow commands: setting an output".
 */
export function renderTargetsGithub({ targets }: TargetList): string {
  const stages = [...new Set(targets.map(({ stage }) => stage))];
  const matrixOf = (some: readonly TargetOverview[]): string =>
    JSON.stringify({
      include: some.map(({ name, provider, account, region, role, stage }) => ({
        ...{ target: name, provider, account, region, role, stage },
      })),
    });
  const outputs = [
    ['count', String(targets.length)],
    ['stages', String(stages.length)],
    ['matrix', matrixOf(targets)],
    ...stages.map((stage) => [`stage-${stage}`, matrixOf(targets.filter((each) => each.stage === stage))]),
  ];
  return outputs.map((pair) => `${pair.join('=')}\n`).join('');
}
