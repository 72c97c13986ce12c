import type { Colors } from 'picocolors/types.js';
import type { Concern } from '../../core/concern.ts';
import type { Target } from '../../core/desired.ts';
import { byText } from '../../core/lists.ts';
import type { SetUpStep } from '../../core/operations.ts';
import { toConcern } from '../plan/json.ts';
import { concernLines, joinBlocks } from '../text/blocks.ts';
import { escapeTerminal } from '../text/escape.ts';
import { formatJson } from '../text/json.ts';
import { alignRows } from '../text/table.ts';
import { settingText } from '../text/words.ts';

/** Describes the set-up of an account, before approval. Ends in a newline. */
export function renderSetUpIntent({ name, region, account, setup = {} }: Target): string {
  const where = [account === undefined ? '' : `account ${account}, `, region].join('');
  const settings = Object.entries(setup)
    .toSorted(([a], [b]) => byText(a, b))
    .map(([key, value]) => [`  ${escapeTerminal(key)}`, settingText(value)]);
  const rows = alignRows(settings, {}, Infinity);
  return [
    escapeTerminal(`The account of target ${name} (${where}) will be prepared for replication`) +
      (rows.length === 0
        ? ', with the defaults of the service.'
        : ', with these settings of the project file:'),
    ...rows,
    '',
  ].join('\n');
}

const STEP_SYMBOLS: Readonly<Record<SetUpStep['done'], readonly [string, 'green' | 'yellow' | 'dim']>> = {
  created: ['+', 'green'],
  updated: ['~', 'yellow'],
  'there already': ['=', 'dim'],
};

/** Lists what was done to set up an account, and what is still missing. Ends in a newline. */
export function renderSetUpText(
  target: string,
  steps: readonly SetUpStep[],
  lacks: readonly Concern[],
  { colors, verbose }: { readonly colors: Colors; readonly verbose: boolean },
): string {
  const rows = alignRows(
    steps.map(({ what, done }) => [escapeTerminal(what), done]),
    { 1: colors.dim },
    Infinity,
  );
  const lines = steps.map(({ done }, row) => {
    const [symbol, color] = STEP_SYMBOLS[done];
    return `  ${colors[color](symbol)} ${rows[row] ?? ''}`;
  });
  const changed = steps.some(({ done }) => done !== 'there already');
  const name = escapeTerminal(target);
  const ready = lacks.length === 0 ? `Target ${name} is ready` : `Target ${name} is not ready yet`;
  const blocks = [
    lines,
    concernLines(lacks, { colors, verbose }),
    [`${ready}${changed ? '.' : '; nothing had to be changed.'}`],
  ];
  return joinBlocks(blocks);
}

/** The result of setting up an account as JSON; format version 1.0, minor versions only add. */
export function renderSetUpJson(
  target: string,
  steps: readonly SetUpStep[],
  lacks: readonly Concern[],
): string {
  return formatJson({
    format_version: '1.0',
    target,
    steps: steps.map(({ what, done }) => ({ what, done: done.replaceAll(' ', '_') })),
    concerns: lacks.map(toConcern),
  });
}
