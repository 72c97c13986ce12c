import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { FollowedVm, FollowRound } from '../../src/core/apply-result.ts';
import { toAddress } from '../../src/core/names.ts';
import type { AdvanceChange } from '../../src/core/plan.ts';
import { changedVms, renderFollowBoard, renderFollowLine } from '../../src/report/apply/follow.ts';
import { expectGolden } from './golden.ts';

const NOW = Date.parse('2026-11-28T22:20:00Z');
const MINUTE = 60_000;
const colors = picocolors.createColors(false);

function vm(address: string, more: Partial<FollowedVm>): FollowedVm {
  const wave = address.split('/')[0] ?? '';
  const base = { address: toAddress(address), target: 'production', wave, stage: 'seeding' } as const;
  return {
    ...base,
    state: 'waiting',
    reason: 'waits for its initial sync',
    since: NOW - 90 * MINUTE,
    ...more,
  };
}

const change: AdvanceChange = {
  ...{ action: 'advance', address: toAddress('erp/app'), target: 'production', wave: 'erp' },
  ...{ serverId: 's-1' as AdvanceChange['serverId'], owner: { project: 'ucop', wave: 'erp' }, settings: {} },
  ...{
    fields: [],
    effects: [],
    activeBefore: true,
    blockedBy: [],
    id: 's-1',
    step: 'StartTest',
    remaining: [],
  },
};

const round: FollowRound = {
  round: 42,
  at: NOW,
  startedAt: NOW - 134 * MINUTE,
  changes: [change],
  vms: [
    vm('erp/app', { state: 'moving', stage: 'replicating', reason: 'takes StartTest' }),
    vm('erp/db\u001b[31m', {
      state: 'stuck',
      stage: 'testing',
      reason: 'StartTest was tried 3 times in this run',
    }),
    vm('erp/web01', { reason: 'waits for its initial sync (42 %)' }),
    vm('erp/web02', { reason: 'waits for its initial sync (42 %)' }),
    vm('portal/web', {
      stage: 'ready-for-cutover',
      reason: 'window weekends opens 2026-12-05 22:00 UTC',
      opensAt: Date.parse('2026-12-05T22:00:00Z'),
    }),
    vm('portal/idp', { state: 'arrived', stage: 'cut-over', reason: 'cut over: i-1' }),
  ],
};
const board = { round, now: NOW, running: new Map([[change, NOW - 12_000]]) };

describe('the board of an apply that follows its VMs', () => {
  it.each([100, 60, 30])('fits a screen of %d columns', (columns) => {
    const text = renderFollowBoard(board, { colors, columns, rows: 40 });
    expectGolden(`follow-${columns}.txt`, text);
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(columns);
    expect(text).not.toContain('\u001b');
  });

  it('fits a low screen, with the problems first', () => {
    const text = renderFollowBoard(board, { colors, columns: 100, rows: 5 });
    expect(text.trimEnd().split('\n')).toHaveLength(4);
    expect(text).toContain('Stuck');
    expect(text).toMatch(/and \d+ more lines\n$/);
  });
});

describe('the lines of an apply that follows its VMs', () => {
  it('are those of VMs whose state has changed, and progress alone is none', () => {
    const later: FollowRound = {
      ...round,
      vms: [
        vm('erp/app', {
          reason: 'waits for its test instance, which is being launched',
          next: 'then StartCutover',
        }),
        vm('erp/web01', { reason: 'waits for its initial sync (57 %)' }),
      ],
    };
    expect(changedVms(round, later).map((one) => renderFollowLine(one, colors))).toEqual([
      'erp/app: waits for its test instance, which is being launched; then StartCutover',
    ]);
    expect(changedVms(undefined, round)).toHaveLength(5);
  });
});
