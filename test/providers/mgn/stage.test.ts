import { describe, expect, it } from '@jest/globals';
import type { JobState } from '../../../src/core/observed.ts';
import { stageOf } from '../../../src/providers/mgn/stage.ts';
import type { MgnFacts, MgnJob } from '../../../src/providers/mgn/steps/sequence.ts';
import { job, NOW } from '../../plan/plan-input.ts';

const INSTANCE = 'i-0123456789abcdef0';
const LAUNCHED = (of: 'test' | 'cutover') =>
  ({ instance: INSTANCE, launch: 'LAUNCHED', launchOf: of }) as const;

function stage(facts: MgnFacts, state: JobState = 'active', more: Partial<MgnJob> = {}) {
  return stageOf({ job: job('a', { state, facts, ...more }) });
}

describe('the stage of a VM on MGN', () => {
  it('is waiting without a job', () => {
    expect(stageOf({}).stage).toBe('waiting');
  });

  it.each<[string, MgnFacts, JobState]>([
    ['seeding', { lifecycle: 'NOT_READY' }, 'active'],
    ['replicating', { lifecycle: 'READY_FOR_TEST', shipped: true }, 'active'],
    ['failing', { lifecycle: 'READY_FOR_TEST', shipped: true, replication: 'STALLED' }, 'failing'],
    ['failing', { lifecycle: 'NOT_READY', replication: 'STALLED' }, 'failing'],
    ['paused', { lifecycle: 'READY_FOR_TEST', replication: 'PAUSED' }, 'paused'],
    ['paused', { lifecycle: 'STOPPED', replication: 'STOPPED' }, 'paused'],
    ['testing', { lifecycle: 'TESTING', ...LAUNCHED('test') }, 'active'],
    ['testing', { lifecycle: 'TESTING', launch: 'FAILED', launchOf: 'test' }, 'active'],
    ['ready-for-cutover', { lifecycle: 'READY_FOR_CUTOVER' }, 'active'],
    ['ready-for-cutover', { lifecycle: 'READY_FOR_CUTOVER', ...LAUNCHED('test') }, 'active'],
    [
      'cutting-over',
      { lifecycle: 'CUTTING_OVER', launch: 'PENDING', launchOf: 'cutover', busy: true },
      'active',
    ],
    ['cutting-over', { lifecycle: 'CUTTING_OVER', launch: 'FAILED', launchOf: 'cutover' }, 'active'],
    ['cut-over', { lifecycle: 'CUTTING_OVER', ...LAUNCHED('cutover') }, 'active'],
    ['cut-over', { lifecycle: 'CUTTING_OVER', instance: INSTANCE }, 'active'],
    ['finalized', { lifecycle: 'CUTOVER', instance: INSTANCE }, 'completed'],
    ['archived', { lifecycle: 'CUTOVER', instance: INSTANCE, archived: true }, 'completed'],
    ['archived', { lifecycle: 'DISCONNECTED', archived: true }, 'completed'],
    ['lost', { lifecycle: 'DISCONNECTED' }, 'failed'],
  ])('is %s with %j', (name, facts, state) => {
    const found = stage(facts, state);
    expect(found.stage).toBe(name);
    expect(found.evidence[0]).toEqual({ what: `lifecycle ${String(facts['lifecycle'])}`, id: 'sms-job-a' });
    expect(found.deadlines).toEqual([]);
  });

  it('shows the last thing that happened, and the instance, as evidence', () => {
    const milestones = [
      { event: 'cut-over launched', at: NOW - 2, id: 'mgnjob-1' },
      { event: 'cut-over finalized', at: NOW - 1 },
    ];
    const found = stage({ lifecycle: 'CUTOVER', ...LAUNCHED('cutover') }, 'completed', { milestones });
    expect(found.evidence).toEqual([
      { what: 'lifecycle CUTOVER', id: 'sms-job-a' },
      { what: `instance ${INSTANCE}`, id: INSTANCE },
      { what: 'cut-over finalized', at: NOW - 1 },
    ]);
    expect(found.outputs).toEqual([{ of: 'cutover', kind: 'instance', id: INSTANCE, at: NOW - 2 }]);
  });

  it('names the instance of a test as that of a test', () => {
    expect(stage({ lifecycle: 'TESTING', ...LAUNCHED('test') }).outputs).toEqual([
      { of: 'test', kind: 'instance', id: INSTANCE },
    ]);
    expect(stage({ lifecycle: 'READY_FOR_TEST' }).outputs).toEqual([]);
  });

  it('does not call a VM that was disconnected by hand after its cut-over one that was never cut over', () => {
    const left = stage({ lifecycle: 'DISCONNECTED', ...LAUNCHED('cutover') }, 'failed');
    expect(left).toMatchObject({
      stage: 'lost',
      detail: `it was disconnected from AWS MGN before its cut-over was finalized; ${INSTANCE} may run in production`,
      outputs: [{ of: 'cutover', id: INSTANCE }],
    });
    for (const facts of [LAUNCHED('test'), { ...LAUNCHED('cutover'), reverted: true } as const]) {
      expect(stage({ lifecycle: 'DISCONNECTED', ...facts }, 'failed')).toMatchObject({
        detail: `it was disconnected from AWS MGN before it was cut over; its instance ${INSTANCE} may still run`,
        outputs: [{ of: 'test', id: INSTANCE }],
      });
    }
  });

  it('has a recovery point once all disks have been shipped, overdue while it does not replicate', () => {
    const facts = { lifecycle: 'READY_FOR_TEST', shipped: true };
    expect(stage(facts, 'active', { recoveryPointAt: NOW }).recoveryPoint).toEqual({
      kind: 'snapshot',
      at: NOW,
      isOverdue: false,
    });
    expect(stage({ ...facts, replication: 'STALLED' }, 'failing').recoveryPoint?.isOverdue).toBe(true);
    expect(stage({ lifecycle: 'NOT_READY', shipped: false }).recoveryPoint).toBeUndefined();
    expect(stage({ lifecycle: 'CUTOVER', shipped: true }, 'completed').recoveryPoint).toBeUndefined();
  });

  it('says why a launch failed, and that an archived server was never cut over', () => {
    const failed = {
      lifecycle: 'TESTING',
      launch: 'FAILED',
      launchOf: 'test',
      launchError: 'no subnet',
    } as const;
    expect(stage(failed).detail).toBe('the launch failed: no subnet');
    expect(stage({ lifecycle: 'DISCONNECTED', archived: true }, 'completed').detail).toBe(
      'without a cut-over',
    );
  });
});
