import { describe, expect, it } from '@jest/globals';
import type { AdvanceRules, Phase } from '../../../src/core/desired.ts';
import type { ObservedJob } from '../../../src/core/observed.ts';
import type { PhaseDecision } from '../../../src/core/provider.ts';
import { mgnPhases } from '../../../src/providers/mgn/phases.ts';
import type { Mgn, MgnFacts } from '../../../src/providers/mgn/steps/sequence.ts';
import { job, NOW, server, STAGE, target, vm } from '../../plan/plan-input.ts';

const MINUTE = 60_000;

/** What a server does next, in words. */
function next(
  phase: Phase,
  facts: MgnFacts,
  more: Partial<ObservedJob<Mgn>> = {},
  advance: AdvanceRules = {},
): string {
  const decision: PhaseDecision = mgnPhases.next({
    ...{
      phase,
      vm: vm('web', { advance }),
      server: server('web'),
      target: target(),
      now: NOW,
      stage: STAGE,
    },
    job: job<Mgn>('web', { facts: { shipped: true, ...facts }, ...more }),
  });
  switch (decision.kind) {
    case 'step':
      return [decision.step, ...decision.effects].join('; ');
    case 'wait':
      return `${decision.reason} (${[decision.actor, decision.concern?.id ?? []].flat().join('; ')})`;
    case 'refused':
      return decision.id;
    case 'reached':
      return ['reached', decision.failure?.id ?? []].flat().join('; ');
  }
}

const READY: MgnFacts = { lifecycle: 'READY_FOR_CUTOVER' };
const CUT_OVER: MgnFacts = {
  ...{ lifecycle: 'CUTTING_OVER', launch: 'LAUNCHED', launchOf: 'cutover', instance: 'i-1' },
};

describe('a cut-over on MGN', () => {
  it.each<[string, Partial<ObservedJob<Mgn>>, AdvanceRules, string]>([
    [
      'is launched while the lag is known and small',
      { lag: 5 * MINUTE },
      {},
      'StartCutover; launches the cut-over instance; its data is 5 min 0 s behind the source',
    ],
    [
      'waits for a backlog of hours',
      { lag: 9 * 60 * MINUTE },
      {},
      'waits for a lag below 3 h 0 min (cutover.maxLag); it is 9 h 0 min (service)',
    ],
    [
      'waits for an old snapshot',
      { recoveryPointAt: NOW - 200 * MINUTE },
      {},
      'waits for a lag below 3 h 0 min (cutover.maxLag); it is 3 h 20 min (service)',
    ],
    [
      'waits for the lag that its wave asks for',
      { lag: 20 * MINUTE },
      { maxLag: 10 * MINUTE },
      'waits for a lag below 10 min 0 s (cutover.maxLag); it is 20 min 0 s (service)',
    ],
    [
      'waits for a rescan of days',
      { isRescanning: true, statusMessage: 'rescan 4 %' },
      {},
      'waits for the end of its rescan 4 % (service)',
    ],
  ])('%s', (_, more, advance, said) => {
    expect(next('cutover', READY, more, advance)).toBe(said);
  });

  it.each<[string, MgnFacts, AdvanceRules, string]>([
    [
      'waits for the first boot',
      { firstBoot: 'WAITING' },
      {},
      'waits for the first boot of i-1 to succeed (firstBoot is WAITING) (service)',
    ],
    [
      'waits for a person where the instance is stopped',
      { firstBoot: 'STOPPED' },
      {},
      'waits for the first boot of i-1 to succeed (firstBoot is STOPPED) (person)',
    ],
    [
      'waits for post-launch actions that the wave requires',
      { firstBoot: 'SUCCEEDED', postLaunch: 'IN_PROGRESS' },
      { postLaunchActions: 'succeeded' },
      'waits for the post-launch actions of i-1, which are running (service)',
    ],
    [
      'waits for a person where such an action has failed',
      { firstBoot: 'SUCCEEDED', postLaunch: 'FAILED' },
      { postLaunchActions: 'succeeded' },
      'waits for the post-launch actions of i-1, which have failed (person; phase.actions-failed)',
    ],
    [
      'waits for actions that must succeed, unless it says otherwise',
      { firstBoot: 'SUCCEEDED', postLaunch: 'FAILED', postLaunchRequired: 'IN_PROGRESS' },
      {},
      'waits for the post-launch actions that must succeed of i-1, which are running (service)',
    ],
    [
      'says that they have not begun, and why',
      { postLaunch: 'IN_PROGRESS', postLaunchAwaited: true },
      { postLaunchActions: 'succeeded' },
      'waits for the post-launch actions of i-1, which have not begun: Systems Manager has not found its agent on the instance yet (service)',
    ],
    [
      'says which of them have failed, and why',
      {
        ...{ firstBoot: 'SUCCEEDED', postLaunch: 'FAILED', postLaunchRequired: 'FAILED' },
        postLaunchError: 'Harden: exit 1',
      },
      { postLaunchActions: 'required' },
      'waits for the post-launch actions that must succeed of i-1, which have failed (Harden: exit 1) (person; phase.actions-failed)',
    ],
  ])('is not finalized before its instance is as the wave requires: it %s', (_, more, advance, said) => {
    expect(next('finalize', { ...CUT_OVER, ...more }, {}, advance)).toBe(said);
    const testing = { ...CUT_OVER, ...more, lifecycle: 'TESTING', launchOf: 'test' as const };
    expect(next('ready', testing, {}, advance)).toBe(said);
  });

  it('warns of post-launch actions that have failed before its wave asks for them', () => {
    const failed = { ...CUT_OVER, postLaunch: 'FAILED', postLaunchRequired: 'FAILED' } as const;
    const tested = { ...failed, lifecycle: 'TESTING', launchOf: 'test' as const };
    const warned = 'reached; job.actions-failed';
    expect([next('cutover', failed), next('test', tested)]).toEqual([warned, warned]);
    expect(next('cutover', failed, {}, { postLaunchActions: 'any' })).toBe('reached');
    expect(next('cutover', { ...failed, postLaunchRequired: 'SUCCESS' })).toBe('reached');
  });

  it('is finalized once that is so, or where the wave requires nothing', () => {
    expect(next('finalize', { ...CUT_OVER, firstBoot: 'SUCCEEDED' })).toMatch(/^FinalizeCutover/);
    const waiting = { ...CUT_OVER, firstBoot: 'WAITING' };
    expect(next('finalize', waiting, {}, { firstBoot: 'any' })).toMatch(/^FinalizeCutover/);
    expect(next('finalize', CUT_OVER, {}, { checks: [{ kind: 'tcp', port: 443 }] })).toMatch(
      /only if these checks succeed: tcp 443$/,
    );
  });

  it('is not launched again once that has failed as often as the wave allows', () => {
    const failed = { ...CUT_OVER, launch: 'FAILED', failedLaunches: 3 };
    expect(next('cutover', failed)).toBe('phase.launch-attempts');
    expect(next('cutover', failed, {}, { maxLaunchAttempts: 4 })).toMatch(/^StartCutover/);
  });
});
