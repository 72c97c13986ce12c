import { describe, expect, it } from '@jest/globals';
import { isEarlierPhase, type Phase, PHASES } from '../../../src/core/desired.ts';
import type { PhaseDecision } from '../../../src/core/provider.ts';
import { mgnPhases } from '../../../src/providers/mgn/phases.ts';
import type { MgnStep } from '../../../src/providers/mgn/steps/sequence.ts';
import { NOW, server, target, vm } from '../../plan/plan-input.ts';
import { expectGolden } from '../../report/golden.ts';
import {
  later,
  LAUNCH_KINDS,
  LAUNCHES,
  LIFECYCLES,
  type Position,
  READY,
  rollbackOn,
  take,
  verdictOn,
} from './positions.ts';
import { STAGE } from '../../plan/plan-input.ts';

const INSTANCE = 'i-0123456789abcdef0';
const TAKE_BACK = 'ChangeServerLifeCycleState READY_FOR_CUTOVER';

/** Replications that the rules tell apart, and two of those that just run. */
const REPLICATIONS = ['STOPPED', 'INITIATING', 'CONTINUOUS', 'PAUSED', 'STALLED', 'DISCONNECTED'] as const;

function* allPositions(): Generator<Position> {
  for (const lifecycle of LIFECYCLES)
    for (const replication of REPLICATIONS)
      for (const launch of LAUNCHES)
        for (const launchOf of launch === undefined ? [undefined] : LAUNCH_KINDS)
          for (const instance of [undefined, INSTANCE])
            for (const busy of [false, true])
              for (const snapshot of [false, true])
                for (const archived of lifecycle === 'CUTOVER' || lifecycle === 'DISCONNECTED'
                  ? [false, true]
                  : [false])
                  yield { lifecycle, replication, archived, launch, launchOf, instance, busy, snapshot };
}

/** The steps that a verdict promises. */
function promised(verdict: PhaseDecision): readonly string[] | undefined {
  switch (verdict.kind) {
    case 'reached':
      return [];
    case 'step':
      return [verdict.step, ...verdict.remaining];
    case 'wait':
      return verdict.remaining;
    case 'refused':
      return undefined;
  }
}

/** Goes on until the phase is reached. @returns the steps it took; undefined: it is refused */
function follow(phase: Phase, from: Position): readonly string[] | undefined {
  const steps: string[] = [];
  const promises: (readonly string[])[] = [];
  let position = from;
  for (let turn = 0; turn < 30; turn += 1) {
    const verdict = verdictOn(phase, position);
    if (verdict === undefined) throw new Error('no verdict for a job');
    const promise = promised(verdict);
    if (promise === undefined) {
      if (turn > 0) throw new Error(`refused only after ${steps.join(', ')}`);
      return undefined;
    }
    // What stalls is not foreseen.
    promises.push([...steps, ...promise.filter((step) => step !== 'RetryDataReplication')]);
    if (verdict.kind === 'reached') {
      const wrong = promises.find((one) => one.join() !== steps.join());
      if (wrong !== undefined) throw new Error(`promised ${wrong.join()}, and took ${steps.join()}`);
      return steps;
    }
    if (verdict.kind === 'step') {
      if (verdict.step !== 'RetryDataReplication') steps.push(verdict.step);
      position = take(verdict.step, position);
    } else {
      const after = later(position);
      if (JSON.stringify(after) === JSON.stringify(position))
        throw new Error(`${JSON.stringify(verdict)} without an end`);
      position = after;
    }
  }
  throw new Error(`no end: ${steps.join()}`);
}

describe('the phases of MGN', () => {
  it('are reached from everywhere by the steps that were promised, and the service refuses none', () => {
    const wrong: string[] = [];
    let count = 0;
    for (const position of allPositions()) {
      for (const phase of PHASES) {
        count += 1;
        try {
          follow(phase, position);
        } catch (error) {
          wrong.push(`${phase} from ${JSON.stringify(position)}: ${(error as Error).message}`);
        }
      }
    }
    expect(count).toBeGreaterThan(30_000);
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('are refused only where nothing leads there', () => {
    for (const position of allPositions()) {
      const { lifecycle, archived } = position;
      for (const phase of PHASES) {
        const back = archived
          ? phase !== 'archive'
          : lifecycle === 'CUTOVER' && isEarlierPhase(phase, 'finalize');
        const gone = lifecycle === 'DISCONNECTED' && !(archived && phase === 'archive');
        const verdict = verdictOn(phase, position);
        const id = verdict?.kind === 'refused' ? verdict.id : undefined;
        if (id !== (gone ? 'phase.disconnected' : back ? 'phase.not-back' : undefined)) {
          throw new Error(`${phase} in ${JSON.stringify(position)}: ${JSON.stringify(verdict)}`);
        }
      }
    }
  });

  it('do not advise to replicate a disconnected server again while its instance may be in use', () => {
    for (const position of allPositions()) {
      if (position.lifecycle !== 'DISCONNECTED' || position.archived) continue;
      const verdict = verdictOn('finalize', position);
      if (verdict?.kind !== 'refused') throw new Error(JSON.stringify(verdict));
      expect(verdict.remedy.startsWith('delete source server')).toBe(position.instance === undefined);
      expect(verdict.message.includes(INSTANCE)).toBe(position.instance !== undefined);
    }
  });

  it('take back no test and no cut-over, and end no instance, without the mark that asks for a confirmation', () => {
    for (const position of allPositions()) {
      for (const phase of PHASES) {
        const verdict = verdictOn(phase, position);
        if (verdict?.kind !== 'step') continue;
        const { lifecycle, instance, launchOf } = position;
        // Stopped after its cut-over: to replicate on is to cut over again, with the end of the instance.
        const isCutOverAnew =
          launchOf === 'cutover' && instance !== undefined && !isEarlierPhase(phase, 'cutover');
        const ends =
          (isCutOverAnew && verdict.step === 'StartReplication') ||
          verdict.step === 'ChangeServerLifeCycleState READY_FOR_TEST' ||
          verdict.step === 'TerminateTargetInstances' ||
          (lifecycle === 'CUTTING_OVER' && verdict.step === 'ChangeServerLifeCycleState READY_FOR_CUTOVER') ||
          (instance !== undefined && ['StartTest', 'StartCutover'].includes(verdict.step));
        const asks = verdict.destroys !== undefined && verdict.destroys !== 'finalize';
        if (asks !== ends) {
          throw new Error(`${phase} in ${JSON.stringify(position)}: ${JSON.stringify(verdict)}`);
        }
      }
    }
  });

  it('launch no test on the way to a cut-over that was taken back, until somebody confirms it', () => {
    for (const phase of ['cutover', 'finalize', 'archive'] as const) {
      for (const instance of [undefined, INSTANCE]) {
        const verdict = verdictOn(phase, { ...READY, instance, launchOf: 'cutover', reverted: true });
        const step = instance === undefined ? 'StartTest' : 'TerminateTargetInstances';
        expect(verdict).toMatchObject({ kind: 'step', step, destroys: 'rollback' });
      }
    }
    for (const phase of ['test', 'ready'] as const) {
      const verdict = verdictOn(phase, { ...READY, launchOf: 'cutover', reverted: true });
      expect(verdict).toMatchObject({ kind: 'step', step: 'StartTest' });
      expect(verdict).not.toHaveProperty('destroys');
    }
  });

  it('count failed launches of a cut-over for no test', () => {
    const next = (launchOf: 'test' | 'cutover') =>
      verdictOn('test', { ...READY, launch: 'FAILED', launchOf, failedLaunches: 3 });
    expect(next('test')).toMatchObject({ kind: 'refused', id: 'phase.launch-attempts' });
    expect(next('cutover')).toMatchObject({ kind: 'step', step: 'StartTest' });
  });

  it('take one step that cannot be undone, and only once the cut-over has its instance', () => {
    for (const position of allPositions()) {
      for (const phase of PHASES) {
        const verdict = verdictOn(phase, position);
        const irreversible = verdict?.kind === 'step' && verdict.destroys === 'finalize';
        const step = verdict?.kind === 'step' ? verdict.step : '';
        const { lifecycle, instance, busy, archived } = position;
        const archives = step === 'MarkAsArchived' && !archived;
        const may = archives || (lifecycle === 'CUTTING_OVER' && instance !== undefined && !busy);
        const finalizes = step === 'FinalizeCutover' || archives;
        if (irreversible !== finalizes || (irreversible && (!may || isEarlierPhase(phase, 'finalize')))) {
          throw new Error(`${phase} in ${JSON.stringify(position)}: ${JSON.stringify(verdict)}`);
        }
      }
    }
  });

  it('take nothing back where the wave names none, and otherwise replicate', () => {
    for (const position of allPositions()) {
      const verdict = verdictOn(undefined, position);
      if (verdict?.kind === 'step' && verdict.step === 'RetryDataReplication') {
        expect(position.replication).toBe('STALLED');
        continue;
      }
      const said = verdictOn('replicate', position);
      const back = said?.kind === 'step' && /READY_FOR_TEST$|^Terminate/.test(said.step);
      const beyond = ['READY_FOR_CUTOVER', 'CUTOVER'].includes(position.lifecycle);
      const expected = back || beyond ? 'reached' : said?.kind;
      const own = ['TESTING', 'CUTTING_OVER', 'NOT_READY', 'READY_FOR_TEST'].includes(position.lifecycle);
      // What waits to be taken back is not waited for.
      if (verdict?.kind !== expected && !(own && said?.kind === 'wait' && verdict?.kind === 'reached')) {
        throw new Error(`${JSON.stringify(position)}: ${JSON.stringify(verdict)}`);
      }
      if (verdict?.kind === 'step') expect(verdict.step).toBe('StartReplication');
    }
  });

  it('go the way that people read', () => {
    expectGolden('mgn-phases.txt', table());
  });

  it.each([
    ['replicate', undefined],
    ['test', undefined],
    ['cutover', undefined],
    ['finalize', true],
    ['archive', true],
  ] as const)('in %s, a server without a job starts, and must be confirmed: %s', (phase, unconfirmed) => {
    const on = { vm: vm('web'), server: server('web'), target: target(), now: NOW, stage: STAGE };
    const decision = mgnPhases.withoutJob({ phase, ...on });
    expect(decision).toMatchObject({ kind: 'create' });
    expect('unconfirmed' in decision ? decision.unconfirmed : undefined).toBe(unconfirmed);
  });

  it('wait for a lifecycle that this version does not know', () => {
    expect(verdictOn('cutover', { ...READY, lifecycle: 'REHEARSING' })).toMatchObject({
      kind: 'wait',
      remaining: [],
      reason: expect.stringContaining('REHEARSING') as unknown,
    });
  });

  it('take back a cut-over and nothing else, in steps that the service takes', () => {
    for (const from of allPositions()) {
      // It is tried all the same, and the service says why not.
      if (from.lifecycle === 'CUTTING_OVER' && !from.snapshot) continue;
      for (const keepsInstance of [true, false]) {
        const steps: string[] = [];
        let position = from;
        let verdict = rollbackOn(position, keepsInstance);
        while (verdict?.kind === 'step') {
          expect(verdict.destroys).toBe('revert');
          steps.push(verdict.step);
          position = take(verdict.step, position);
          verdict = rollbackOn(position, keepsInstance);
        }
        const isRefused = from.archived || from.lifecycle === 'CUTOVER';
        if (isRefused) expect(verdict).toMatchObject({ kind: 'refused', id: 'phase.not-back' });
        if (steps.length === 0) continue;
        expect({ from, steps: steps.length }).toEqual({ from, steps: new Set(steps).size });
        expect(from.lifecycle).not.toBe('TESTING');
        expect(steps[0] === TAKE_BACK).toBe(from.lifecycle === 'CUTTING_OVER');
        if (keepsInstance) expect(steps).toEqual([TAKE_BACK]);
        // The instance of a test is none of a rollback.
        else if (from.lifecycle !== 'CUTTING_OVER') expect(from.launchOf).toBe('cutover');
      }
    }
  });

  it('make jobs of launches and terminations', () => {
    const makesJob = (step: MgnStep) => mgnPhases.makesJob?.(step);
    expect((['StartTest', 'StartCutover', 'TerminateTargetInstances'] as const).map(makesJob)).toEqual([
      true,
      true,
      true,
    ]);
    expect((['StartReplication', 'FinalizeCutover', 'MarkAsArchived'] as const).map(makesJob)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

/** Positions worth a look, each with what every phase makes of it. */
function table(): string {
  const test = { launch: 'LAUNCHED', launchOf: 'test', instance: INSTANCE } as const;
  const cutover = { ...test, launchOf: 'cutover' } as const;
  const rows: readonly (readonly [string, Partial<Position>])[] = [
    ['stopped', { lifecycle: 'STOPPED', replication: 'STOPPED', snapshot: false }],
    ['in initial sync', { lifecycle: 'NOT_READY', replication: 'INITIAL_SYNC', snapshot: false }],
    ['stalled in initial sync', { lifecycle: 'NOT_READY', replication: 'STALLED', snapshot: false }],
    ['ready for test', {}],
    ['ready for test again, its instance still there', test],
    ['ready for test again, its instance being terminated', { ...test, busy: true }],
    ['test launching', { lifecycle: 'TESTING', launch: 'PENDING', launchOf: 'test', busy: true }],
    ['test launched', { lifecycle: 'TESTING', ...test }],
    ['test launch failed', { lifecycle: 'TESTING', launch: 'FAILED', launchOf: 'test' }],
    ['test launched, and shipped again for another key', { lifecycle: 'TESTING', ...test, snapshot: false }],
    ['ready for cut-over, test instance there', { lifecycle: 'READY_FOR_CUTOVER', ...test }],
    ['ready for cut-over', { lifecycle: 'READY_FOR_CUTOVER', launch: 'LAUNCHED', launchOf: 'test' }],
    ['ready for cut-over, stalled', { lifecycle: 'READY_FOR_CUTOVER', replication: 'STALLED' }],
    [
      'cut-over launching',
      { lifecycle: 'CUTTING_OVER', launch: 'IN_PROGRESS', launchOf: 'cutover', busy: true },
    ],
    ['cut-over launched', { lifecycle: 'CUTTING_OVER', ...cutover }],
    ['cut-over launch failed', { lifecycle: 'CUTTING_OVER', launch: 'FAILED', launchOf: 'cutover' }],
    ['finalized', { lifecycle: 'CUTOVER', replication: 'DISCONNECTED', ...cutover }],
    ['archived', { lifecycle: 'CUTOVER', replication: 'DISCONNECTED', archived: true, ...cutover }],
    ['disconnected', { lifecycle: 'DISCONNECTED', replication: 'DISCONNECTED' }],
  ];
  return rows
    .map(([title, more]) => {
      const lines = PHASES.map(
        (phase) => `  ${phase.padEnd(9)}  ${said(verdictOn(phase, { ...READY, ...more }))}`,
      );
      return [title, ...lines, ''].join('\n');
    })
    .join('\n');
}

function said(verdict: PhaseDecision | undefined): string {
  switch (verdict?.kind) {
    case undefined:
      return 'no say';
    case 'reached':
      return verdict.reason === undefined ? 'reached' : `reached: ${verdict.reason}`;
    case 'step': {
      const { step, remaining, effects, failure, destroys } = verdict;
      const more = [
        ...effects.map((effect) => `(${effect})`),
        ...(destroys === undefined ? [] : [`destroys: ${destroys}`]),
        ...remaining.map((one) => `> ${one}`),
        ...(failure === undefined ? [] : [`${failure.id}: ${failure.message}. ${failure.remedy}`]),
      ];
      return [step, ...more].join('\n               ');
    }
    case 'wait':
      return [verdict.reason, ...verdict.remaining.map((one) => `> ${one}`)].join('\n               ');
    case 'refused':
      return `${verdict.id}: ${verdict.message}\n               ${verdict.remedy}`;
  }
}
