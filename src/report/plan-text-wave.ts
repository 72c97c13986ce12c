import type { Action, Change } from '../core/plan.ts';
import { escapeTerminal } from './escape.ts';
import { groupBy } from './group.ts';
import { createCells, sharedText } from './plan-text-create.ts';
import { deferredLines } from './plan-text-deferred.ts';
import { jobCells, jobDetails } from './plan-text-job.ts';
import type { PlanTextOptions } from './plan-text-options.ts';
import { alignRows } from './table.ts';
import { labelOf } from './words.ts';

interface Kind {
  readonly action: Action;
  readonly symbol: string;
  readonly color: 'red' | 'yellow' | 'green' | 'dim';
  readonly counted: string;
}

/** What can be lost comes first, what stays comes last. */
const KINDS: readonly Kind[] = [
  { action: 'delete', symbol: '-', color: 'red', counted: 'to delete' },
  { action: 'replace', symbol: '-/+', color: 'red', counted: 'to replace' },
  { action: 'update', symbol: '~', color: 'yellow', counted: 'to update' },
  { action: 'create', symbol: '+', color: 'green', counted: 'to create' },
  { action: 'advance', symbol: '>', color: 'yellow', counted: 'to advance' },
  { action: 'defer', symbol: '…', color: 'dim', counted: 'deferred' },
  { action: 'no-op', symbol: '=', color: 'dim', counted: 'unchanged' },
];

const INDENT = ' '.repeat(8);

/** The changes of one wave under a heading that counts them; nothing for a wave in which nothing changes. */
export function waveLines(
  wave: string,
  changes: readonly Change[],
  options: PlanTextOptions,
): readonly string[] {
  const { colors, verbose } = options;
  const byAction = groupBy(changes, ({ action }) => action);
  const kinds = KINDS.flatMap((kind) => {
    const group = byAction.get(kind.action);
    return group === undefined || (kind.action === 'no-op' && !verbose) ? [] : [{ kind, group }];
  });
  if (kinds.length === 0) return [];

  const counts = kinds.flatMap(({ kind, group }) => {
    const free = group.filter(({ blockedBy }) => blockedBy.length === 0).length;
    return free === 0 ? [] : [`${free} ${kind.counted}`];
  });
  const blocked = changes.filter(({ blockedBy }) => blockedBy.length > 0).length;
  if (blocked > 0) counts.push(`${blocked} blocked`);
  return [
    `  ${colors.bold(escapeTerminal(wave))}  ${colors.dim(counts.join(', '))}`,
    ...kinds.flatMap(({ kind, group }) => kindLines(kind, group, options)),
  ];
}

function kindLines(
  { action, symbol, color }: Kind,
  changes: readonly Change[],
  { colors, verbose }: PlanTextOptions,
): readonly string[] {
  const mark = `    ${colors[color](symbol.padStart(3))} `;
  if (action === 'defer' && !verbose) return deferredLines(changes, colors.dim).map((line) => mark + line);

  const creates = action === 'create' || action === 'defer';
  const cells = creates ? createCells(changes) : changes.map(jobCells);
  const rows = changes.map((change, row) => [labelOf(change), ...(cells[row] ?? []), blockedCell(change)]);
  const lines = alignRows(rows, { 3: colors.dim, 5: colors.red });
  const shared = creates ? sharedText(changes) : '';
  return [
    ...(shared === '' ? [] : [`${INDENT}${colors.dim(`each with ${shared}`)}`]),
    ...changes.flatMap((change, row) => [
      mark + (lines[row] ?? ''),
      ...(creates ? [] : jobDetails(change, colors.dim)).map((line) => `${INDENT}  ${line}`),
    ]),
  ];
}

function blockedCell({ blockedBy }: Change): string {
  return blockedBy.length === 0 ? '' : `blocked: ${blockedBy.join(', ')}`;
}
