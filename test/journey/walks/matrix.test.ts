import { describe, expect, it } from '@jest/globals';
import { isEarlierPhase, type Phase, PHASES, type Target } from '../../../src/core/desired.ts';
import { type Change, CONFIRMED_BY, isExecutable, type Plan } from '../../../src/core/plan.ts';
import { PROJECT, SETTINGS } from '../../plan/plan-input.ts';
import { expectGolden } from '../../report/golden.ts';
import type { AccountModel, Start } from './account.ts';
import { MgnAccount } from './mgn-account.ts';
import { SmsAccount } from './sms-account.ts';
import {
  applyPlan,
  type Done,
  type Flags,
  type Git,
  NO_FLAGS,
  objection,
  planOf,
  type Service,
  type WaveFile,
} from './walk.ts';

const VM = 'a';
/** How often each cell is applied without a confirmation, and then with those that the plans ask for. */
const ROUNDS = 4;
const CONFIRMED_ROUNDS = 6;

/** Where a VM is once its wave has reached a phase. */
const START_OF: Readonly<Record<Phase, Start>> = {
  replicate: 'replicating',
  test: 'tested',
  ready: 'ready',
  cutover: 'cut over',
  finalize: 'finalized',
  archive: 'archived',
};

interface MatrixService extends Service {
  /** What people do in the console. */
  readonly byHand: readonly string[];
  readonly failedLaunch: string;
  readonly lagging: readonly string[];
  readonly prunes: readonly Target['prune'][];
  /** The phase that a wave is raised to where launches fail or data lags: the next one whose step depends on them. */
  readonly raisedTo: Readonly<Partial<Record<Phase, Phase>>>;
}

const MGN: MatrixService = {
  name: 'MGN',
  settings: { app: 'intranet' },
  phases: PHASES,
  begin: (names, prune) => new MgnAccount(names, prune),
  byHand: [
    'is reverted by hand',
    'is reverted and its instance terminated by hand',
    'is reverted to its test by hand',
    'is stopped by hand',
  ],
  failedLaunch: 'launches fail',
  lagging: ['lags', 'stalls', 'rescans', 'does not boot'],
  prunes: ['release', 'disconnect'],
  raisedTo: { replicate: 'test', test: 'cutover', ready: 'cutover', cutover: 'finalize' },
};
const SMS: MatrixService = {
  name: 'SMS',
  settings: SETTINGS,
  phases: ['replicate', 'cutover', 'finalize'],
  begin: (names) => new SmsAccount(names),
  byHand: ['is paused', 'is deleted by hand'],
  failedLaunch: 'runs fail',
  lagging: ['loses its connector'],
  prunes: [undefined],
  raisedTo: { replicate: 'cutover', cutover: 'finalize' },
};

const BY_HAND = 'by hand:';

/** One cell: a VM whose wave `w1` has reached a phase, and what happens then. */
interface Cell {
  readonly what: string;
  /** Tells it from other cells in which the same happens: a phase, a setting, a happening of the model. */
  readonly variant: string;
  readonly owner?: 'nobody';
  readonly prune?: Target['prune'];
  readonly happen: (git: Git, account: AccountModel) => void;
}

function cellsOf(service: MatrixService, phase: Phase): readonly Cell[] {
  const { phases, byHand, failedLaunch, lagging, prunes, raisedTo } = service;
  const file = (to: Phase, adopt = false): WaveFile => ({
    phase: to,
    adopt,
    protect: false,
    skipTest: false,
  });
  const lower = phases.filter((other) => isEarlierPhase(other, phase));
  const next = phases[phases.indexOf(phase) + 1];
  const raised = raisedTo[phase];
  const setPhase = (git: Git, to: Phase) => void git.waves.set('w1', file(to));
  const rephased = (what: string, to: Phase): Cell => ({
    ...{ what, variant: to },
    happen: (git) => {
      setPhase(git, to);
    },
  });
  const happening = (what: string, variant: string, to?: Phase): Cell => ({
    ...{ what: to === undefined ? what : `raised to ${to}, ${what}`, variant },
    happen(git, account) {
      account.happen(variant, VM);
      if (to !== undefined) setPhase(git, to);
    },
  });
  return [
    ...lower.map((to) => rephased('lowered to', to)),
    ...(next === undefined ? [] : [rephased('raised to', next)]),
    ...[...lower, phase].map((to): Cell => ({
      ...{ what: 'moved to a wave in', variant: to },
      happen(git) {
        git.waves.set('w2', file(to));
        git.homes.set(VM, 'w2');
      },
    })),
    ...[...lower, phase].map((to): Cell => ({
      ...{ what: 'adopted in', variant: to, owner: 'nobody' },
      happen: (git) => void git.waves.set('w1', file(to, true)),
    })),
    ...prunes.map((prune): Cell => ({
      ...{ what: 'removed', variant: prune === undefined ? '' : `(prune: ${prune})`, prune },
      happen: (git) => void git.homes.delete(VM),
    })),
    ...byHand.map((variant) => happening(BY_HAND, variant)),
    ...[undefined, raised]
      .slice(0, raised === undefined ? 1 : 2)
      .flatMap((to) => [
        happening('failed launch:', failedLaunch, to),
        ...lagging.map((variant) => happening('lagging:', variant, to)),
      ]),
  ];
}

/** What a plan does with the VM, or why it does nothing, in the words of the golden file. */
function describeRound({ changes, concerns }: Plan, done: readonly Done[]): string {
  const [change] = changes;
  const warnings = concerns.filter(({ severity }) => severity !== 'critical').map(({ id }) => id);
  const warns = warnings.length === 0 ? '' : ` (warns: ${warnings.join(', ')})`;
  if (change === undefined) {
    const refusals = concerns.filter(({ severity }) => severity === 'critical').map(({ id }) => id);
    return `${refusals.length === 0 ? 'nothing' : `refused ${refusals.join(', ')}`}${warns}`;
  }
  const losses = done.flatMap((one) => one.losses);
  return `${describeChange(change)}${losses.length === 0 ? '' : ` [ends ${losses.join(', ')}]`}${warns}`;
}

function describeChange(change: Change): string {
  const { action, step, reason, fields, blockedBy } = change;
  if (isExecutable(change) && change.replicatesOn === true) return 'release';
  const what =
    step ?? `${action}${fields.length > 0 ? ` ${fields.map(({ field }) => field).join(', ')}` : ''}`;
  if (blockedBy.length > 0) return `blocked ${blockedBy.join(', ')}`;
  if (isExecutable(change)) return what;
  return action === 'no-op' ? `no change${reason === undefined ? '' : `: ${reason}`}` : (reason ?? action);
}

/** Joins what the rounds did: `StartTest ×3; refused phase.launch-attempts`. */
function summarizeRounds(rounds: readonly string[]): string {
  const runs: { text: string; count: number }[] = [];
  for (const text of rounds) {
    const last = runs.at(-1);
    if (last?.text === text) last.count += 1;
    else runs.push({ text, count: 1 });
  }
  // What the last rounds have in common is how the VM stays.
  return runs
    .map(({ text, count }, index) => (count === 1 || index === runs.length - 1 ? text : `${text} ×${count}`))
    .join('; ');
}

/** Adds the confirmations that a plan asks for by name. */
function withConfirmations(flags: Flags, { changes }: Pick<Plan, 'changes'>): Flags {
  return changes.reduce((all: Flags, { destroys, wave, blockedBy }) => {
    if (destroys === undefined || blockedBy.length === 0) return all;
    const flag = CONFIRMED_BY[destroys];
    return all[flag].includes(wave) ? all : { ...all, [flag]: [...all[flag], wave] };
  }, flags);
}

function flagText({ finalize, revert, cutover, disconnect }: Flags): string {
  return Object.entries({ finalize, revert, cutover, disconnect })
    .flatMap(([flag, waves]) => waves.map((wave) => `--confirm-${flag} ${wave}`))
    .join(' ');
}

/**
 * Lets a cell happen, and applies without and then with the confirmations that the plans ask for.
 *
 * @returns what each round did and where the VM is then, in a line for each; undefined: it cannot happen in this phase
 * @throws Error if an instance ended or a replication stopped that git and a confirmation by name did not ask for
 */
function outcomeOf(
  service: MatrixService,
  phase: Phase,
  { what, owner, prune, happen }: Cell,
): string | undefined {
  const account = service.begin([VM], prune ?? 'release');
  const git: Git = { waves: new Map(), homes: new Map([[VM, 'w1']]) };
  git.waves.set('w1', { phase, adopt: false, protect: false, skipTest: false });
  const ours = owner === 'nobody' ? undefined : { project: PROJECT, wave: 'w1' };
  account.start(VM, START_OF[phase], ours, service.settings);
  const before = JSON.stringify(account.observed());
  happen(git, account);
  if (what === BY_HAND && JSON.stringify(account.observed()) === before) return undefined;
  const round = (flags: Flags): { readonly plan: Plan; readonly text: string } => {
    const plan = planOf(service, git, account, prune, flags);
    const done = applyPlan(plan, account);
    for (const one of done) {
      const why = objection(git, prune, flags, one);
      if (why !== undefined) throw new Error(`${one.losses.join(', ')} by ${one.change.step ?? ''}: ${why}`);
    }
    account.pass();
    return { plan, text: describeRound(plan, done) };
  };
  const without = Array.from({ length: ROUNDS }, () => round(NO_FLAGS));
  let flags = withConfirmations(NO_FLAGS, without.at(-1)?.plan ?? { changes: [] });
  const first = summarizeRounds(without.map(({ text }) => text));
  if (flagText(flags) === '') return `${first} → ${account.standing(VM).text}`;
  const confirmed = Array.from({ length: CONFIRMED_ROUNDS }, () => {
    const { plan, text } = round(flags);
    flags = withConfirmations(flags, plan);
    return text;
  });
  return `${first}\n${flagText(flags)}: ${summarizeRounds(confirmed)} → ${account.standing(VM).text}`;
}

/** A row of the golden file: the cells of one phase in which the same happens, with the same outcome. */
interface Row {
  readonly what: string;
  readonly outcome: string;
  readonly variants: string[];
}

function rowsOf(service: MatrixService, phase: Phase): readonly Row[] {
  const rows: Row[] = [];
  for (const cell of cellsOf(service, phase)) {
    const outcome = outcomeOf(service, phase, cell) ?? 'cannot happen in this phase';
    const same = rows.find((row) => row.what === cell.what && row.outcome === outcome);
    if (same === undefined) rows.push({ what: cell.what, outcome, variants: [cell.variant] });
    else same.variants.push(cell.variant);
  }
  return rows;
}

const WIDTH = 58;

function matrixOf(service: MatrixService): string {
  const lines = service.phases.flatMap((phase) =>
    rowsOf(service, phase).map(({ what, outcome, variants }) => {
      const name =
        `${phase.padEnd(9)}  ${what} ${variants.map((one) => one.replace(/^is | by hand$/g, '')).join(', ')}`.trimEnd();
      return `${name.padEnd(WIDTH)}  ${outcome.replaceAll('\n', `\n${' '.repeat(WIDTH + 2)}`)}`;
    }),
  );
  return `AWS ${service.name}\n\n${lines.join('\n')}\n`;
}

const LEGEND = `What happens to one VM whose wave w1 has reached a phase, and what landfall does then: first in ${ROUNDS} applies without a
confirmation, one after the other; where one is asked for, in ${CONFIRMED_ROUNDS} more with it, on a line of its own. [ends …] is what the VM
loses by a step. After the arrow: where the VM is in the end.

`;

describe('a VM of a wave in any phase', () => {
  it('loses no instance and no replication that git and a confirmation by name do not ask for', () => {
    expect.hasAssertions();
    expectGolden('phases-matrix.txt', `${LEGEND}${[MGN, SMS].map(matrixOf).join('\n')}`);
  });
});
