import type { Colors } from 'picocolors/types.js';
import {
  type Action,
  type Capacity,
  type Change,
  hasChanges,
  type Plan,
  type PlannedTarget,
  runRefusals,
  targetRefusals,
} from '../../core/plan.ts';
import { concernLines, joinBlocks, targetHeading, type TextOptions } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { alignRows, groupBy } from '../text/table.ts';
import { nameInWave } from '../text/words.ts';
import {
  deferredLines,
  existingJobCells,
  existingJobDetails,
  newJobCells,
  sharedSettingsText,
} from './change-text.ts';

/**
 * The plan as a reviewer reads it: changes by target and wave, then concerns, capacity and the counts.
 * A plan without changes is one line, and its concerns. Ends in a newline.
 */
export function renderPlanText(plan: Plan, options: TextOptions): string {
  // Who is refused needs to see what: the reviewer decides whether it is meant.
  const refused = runRefusals(plan).length > 0 || plan.changes.some(({ blockedBy }) => blockedBy.length > 0);
  // Nor is it plain what a VM waits for on its way to its wave's phase; a full cap is, and there may be hundreds behind it.
  const onTheWay = plan.changes.some(
    ({ action, remaining }) => action === 'defer' && remaining !== undefined,
  );
  const whole = hasChanges(plan) || refused || onTheWay || options.verbose;
  const blocks = [
    ...(whole ? plan.targets.map((target) => targetLines(plan, target, options)) : []),
    concernLines(plan.concerns, options),
    whole ? capacityLines(plan.capacity) : [],
    [summaryLine(plan, options.colors)],
  ];
  return joinBlocks(blocks);
}

function targetLines(plan: Plan, target: PlannedTarget, options: TextOptions): readonly string[] {
  const changes = plan.changes.filter((change) => change.target === target.name);
  const waves = [...groupBy(changes, ({ wave }) => wave)].map(([wave, group]) =>
    waveLines(wave, group, options),
  );
  const shown = waves.filter((lines) => lines.length > 0);
  if (shown.length === 0) return [];
  return [targetHeading(target, options.colors), ...shown.flatMap((lines) => ['', ...lines])];
}

interface ActionStyle {
  readonly action: Action;
  readonly symbol: string;
  readonly color: 'red' | 'yellow' | 'green' | 'dim';
  readonly counted: string;
}

/** What can be lost comes first, what stays comes last. */
const ACTION_STYLES: readonly ActionStyle[] = [
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
function waveLines(wave: string, changes: readonly Change[], options: TextOptions): readonly string[] {
  const { colors, verbose } = options;
  const byAction = groupBy(changes, ({ action }) => action);
  const kinds = ACTION_STYLES.flatMap((kind) => {
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
    ...kinds.flatMap(({ kind, group }) => actionLines(kind, group, options)),
  ];
}

function actionLines(
  { action, symbol, color }: ActionStyle,
  changes: readonly Change[],
  { colors, verbose }: TextOptions,
): readonly string[] {
  const mark = `    ${colors[color](symbol.padStart(3))} `;
  if (action === 'defer' && !verbose) return deferredLines(changes, colors.dim).map((line) => mark + line);

  const creates = action === 'create' || action === 'defer';
  const cells = creates ? newJobCells(changes) : changes.map(existingJobCells);
  const rows = changes.map((change, row) => [nameInWave(change), ...(cells[row] ?? []), blockedCell(change)]);
  const lines = alignRows(rows, { 3: colors.dim, 5: colors.red });
  const shared = creates ? sharedSettingsText(changes) : '';
  return [
    ...(shared === '' ? [] : [`${INDENT}${colors.dim(`each with ${shared}`)}`]),
    ...changes.flatMap((change, row) => [
      mark + (lines[row] ?? ''),
      ...(creates ? [] : existingJobDetails(change, colors.dim)).map((line) => `${INDENT}  ${line}`),
    ]),
  ];
}

function blockedCell({ blockedBy }: Change): string {
  return blockedBy.length === 0 ? '' : `blocked: ${blockedBy.join(', ')}`;
}

/** How full each cap is and what the run does to it, one line a cap. */
function capacityLines(capacity: readonly Capacity[]): readonly string[] {
  if (capacity.length === 0) return [];
  const rows = capacity.map(({ target, wave, of, limit, active, freed, starting, deferred }) => [
    escapeTerminal(wave === undefined ? target : `  wave ${wave}`),
    [
      `${active} of ${limit} ${of === undefined ? 'active' : of === 'jobs' ? 'jobs of the service' : 'servers in jobs'}`,
      ...(freed > 0 ? [`${freed} freed`] : []),
      ...(starting > 0 ? [`${starting} starting`] : []),
      ...(deferred > 0 ? [`${deferred} deferred`] : []),
    ].join(', '),
  ]);
  return ['Capacity', ...alignRows(rows).map((line) => `  ${line}`)];
}

/** The counts of a plan in one line. */
function summaryLine(plan: Plan, colors: Colors): string {
  const { create, update, replace, delete: deletes, advance, defer, noOp, blocked } = plan.summary;
  const guards = runRefusals(plan).map(({ id }) => id);
  if (guards.length === 0 && !hasChanges(plan)) return noChangesLine(plan, colors);
  const counts = [
    `${create} to create`,
    `${update} to update`,
    `${replace} to replace`,
    `${deletes} to delete`,
    ...(advance > 0 ? [`${advance} to advance`] : []),
    `${defer} deferred`,
    `${noOp} unchanged`,
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
  ];
  const plain = `${colors.bold('Plan:')} ${counts.join(', ')}.`;
  if (guards.length === 0) return plain;
  const names = [...new Set(guards)].join(' and ');
  return `${plain}\n${colors.red(colors.bold('Refused'))} by ${names}: apply carries out nothing of this plan.`;
}

function noChangesLine(plan: Plan, colors: Colors): string {
  const { noOp, defer, blocked } = plan.summary;
  const refused = [...new Set(targetRefusals(plan).map(({ id }) => id))];
  const match = noOp === 1 ? '1 replication job matches' : `${noOp} replication jobs match`;
  const waiting = [
    ...(defer > 0 ? [`${defer} deferred`] : []),
    ...(blocked > 0 ? [`${blocked} blocked by critical concerns`] : []),
    ...(blocked === 0 && refused.length > 0 ? [`nothing more while there is ${refused.join(' and ')}`] : []),
  ];
  const now = waiting.length > 0 ? ' now' : '';
  return `${colors.bold(`No changes${now}.`)} ${[`${match} the manifests`, ...waiting].join(', ')}.`;
}
