import { describe, expect, it } from '@jest/globals';
import type { Phase } from '../../../src/core/desired.ts';
import type { Observed, ObservedJob, PastJob } from '../../../src/core/observed.ts';
import type { ProviderTraits } from '../../../src/core/provider.ts';
import { planProject } from '../../../src/plan/index.ts';
import { readPastJob } from '../../../src/providers/sms/wire.ts';
import { smsTraits } from '../../../src/providers/sms/traits.ts';
import { HOUR, run, statusOf } from '../../journey/runs.ts';
import {
  job,
  MANAGER,
  NOW,
  observe,
  PROJECT,
  raised,
  server,
  short,
  vm,
  wave,
  planInput,
} from '../../plan/plan-input.ts';

const traits: ProviderTraits = smsTraits;
const DAY = 24 * HOUR;
const CUTOVER = { type: 'on-demand', description: `cut-over [landfall:${PROJECT}/sdsc-01]` } as const;
const FAILED = (hours: number) => run('failed', hours, { statusMessage: 'ServerError' });
const DONE = run('completed', -8);
const SEED = { seedReplicationTime: '2026-11-01T00:00:00Z' };

/** A deleted job of ours for VM a. */
function deleted(more: Partial<PastJob> = {}): PastJob {
  const { server: on, settings, owner } = job('a');
  return { id: 'sms-job-old', server: on, settings, ...(owner !== undefined && { owner }), ...more };
}

interface Account {
  readonly live?: Partial<ObservedJob>;
  readonly past?: readonly PastJob[];
  readonly hadJob?: true;
  readonly observed?: Partial<Observed>;
}

function stage({ live, past = [], hadJob, observed = {} }: Account) {
  return traits.stageOf({
    ...{ project: PROJECT, past, observed: observe(observed) },
    server: server('a', hadJob === undefined ? {} : { hadJob }),
    ...(live !== undefined && { job: job('a', live) }),
  });
}

/** What a plan does with VM a in a phase. */
function planIn(phase: Phase | undefined, { live, past = [], hadJob }: Account, vms = [vm('a')]) {
  const input = planInput({
    vms,
    waves: [{ ...wave('sdsc-01'), ...(phase !== undefined && { phase }) }],
    servers: [server('a', hadJob === undefined ? {} : { hadJob })],
    jobs: live === undefined ? [] : [job('a', live)],
    observed: { pastJobs: past },
    input: { traits: new Map([['production', smsTraits]]) },
  });
  return { plan: planProject(input), status: statusOf(input) };
}

const PHASES = [undefined, 'replicate', 'cutover', 'finalize'] as const;

describe('the stage of a VM with a job', () => {
  it.each([
    ['seeding', {}, 'job sms-job-a active'],
    [
      'seeding',
      { runs: [run('active', -1, { stage: 'Uploading', progress: '42%' })] },
      'job sms-job-a active',
    ],
    ['replicating', { runs: [DONE] }, 'job sms-job-a active'],
    ['failing', { state: 'failing', runs: [FAILED(-2), DONE] }, 'job sms-job-a failing'],
    ['failed', { state: 'failed', statusMessage: 'bad licence' }, 'job sms-job-a failed'],
    ['paused', { state: 'paused', runs: [FAILED(-2), FAILED(-3), FAILED(-4)] }, 'job sms-job-a paused'],
    ['ended', { state: 'completed', runs: [DONE] }, 'job sms-job-a completed'],
    [
      'replicated-once',
      { state: 'completed', settings: { runOnce: true }, runs: [DONE] },
      'run sms-run-completed-8 completed',
    ],
    ['cutting-over', { runs: [run('active', -1, CUTOVER), DONE] }, 'run sms-run-active-1 active'],
    ['cut-over', { runs: [run('completed', -2, CUTOVER), DONE] }, 'run sms-run-completed-2 completed'],
    ['cut-over', { finalizedAmi: 'ami-final', runs: [DONE] }, 'job sms-job-a finalized'],
  ] as const)('is %s', (name, live, what) => {
    const found = stage({ live });
    expect(found.stage).toBe(name);
    expect(found.evidence[0]?.what).toBe(what);
  });

  it('says which failure of three it is, and its message', () => {
    expect(stage({ live: { state: 'failing', runs: [FAILED(-2), FAILED(-3), DONE] } }).detail).toBe(
      'failure 2 of 3: ServerError',
    );
  });

  it('does not take the run of another project, or of words around it, for its cut-over', () => {
    for (const description of [
      'cut-over [landfall:other/sdsc-01]',
      `cut-over [landfall:${PROJECT}/sdsc-01] by hand`,
      'cut-over',
    ])
      expect(stage({ live: { runs: [run('completed', -2, { ...CUTOVER, description })] } }).stage).toBe(
        'replicating',
      );
  });

  it('names its latest AMI, and whether the next one is overdue', () => {
    expect(stage({ live: { runs: [DONE] } })).toMatchObject({
      recoveryPoint: { kind: 'ami', id: 'ami--8', at: NOW - 7 * HOUR, isOverdue: false },
      outputs: [{ of: 'recovery-point', id: 'ami--8' }],
    });
    expect(stage({ live: { runs: [run('completed', -30)] } }).recoveryPoint?.isOverdue).toBe(true);
    expect(stage({ live: {} }).recoveryPoint).toBeUndefined();
    expect(
      stage({ live: { runs: [run('completed', -2, CUTOVER), DONE] } }).outputs.map(
        ({ of, id }) => `${of} ${id}`,
      ),
    ).toEqual(['cutover ami--2', 'recovery-point ami--2']);
  });

  it('has left its earlier cut-over behind once it is replicated again', () => {
    const past = [deleted({ finalizedAmi: 'ami-final', runs: [run('completed', -200)] })];
    expect(stage({ past }).outputs).toMatchObject([{ of: 'cutover', id: 'ami-final' }, {}]);
    expect(stage({ past, live: {} }).outputs.map(({ of }) => of)).toEqual(['recovery-point']);
  });

  it('ends four days after its pause, and 90 days after the first replication of the VM, over all jobs', () => {
    const paused = stage({ live: { state: 'paused', runs: [FAILED(-2), FAILED(-3), FAILED(-4)] } });
    expect(paused.deadlines).toEqual([
      { kind: 'pause', at: NOW - HOUR + 4 * DAY },
      { kind: 'lifetime', at: NOW - 4 * HOUR + 90 * DAY },
    ]);
    const first = deleted({ runs: [run('completed', -30 * 24)] });
    expect(stage({ live: { runs: [DONE] }, past: [first] }).deadlines).toEqual([
      { kind: 'lifetime', at: NOW - 30 * DAY + 90 * DAY },
    ]);
  });

  it('says when it was paused or ended, and whether AWS would end a new job at once', () => {
    const paused = stage({ live: { state: 'paused', runs: [FAILED(-2), FAILED(-3), FAILED(-4)] } });
    expect(paused.evidence).toEqual([{ what: 'job sms-job-a paused', id: 'sms-job-a', at: NOW - HOUR }]);
    const last = run('completed', -48);
    const seed = { seedReplicationTime: new Date(NOW - 91 * DAY).toISOString(), frequency: 12 };
    const old = { settings: seed, latestAmiId: 'ami-1', runs: Array(5).fill(last) as (typeof last)[] };
    const ended = stage({ live: { ...old, state: 'completed' } });
    expect(ended.evidence).toEqual([
      { what: 'job sms-job-a completed', id: 'sms-job-a', at: NOW - DAY },
      { what: `run ${last.id} completed`, id: last.id, at: NOW - 47 * HOUR },
    ]);
    expect(ended.newJobProblem).toMatch(/^the 90 days of its replication ended at 2026-11-30/);
    expect(stage({ past: [deleted(old)] }).newJobProblem).toBeDefined();
    // A job that still replicates after its 90 days: AWS has extended them.
    expect(stage({ live: old }).newJobProblem).toBeUndefined();
    expect(stage({ live: { runs: [DONE] } }).newJobProblem).toBeUndefined();
  });

  it('waits for a connector that is down, or else for its turn', () => {
    const live = { runs: [run('pending', -1), DONE] };
    const connectors = [{ id: 'c-1', healthy: false, vmManagerId: MANAGER }];
    expect(stage({ live, observed: { connectors } }).activity).toEqual({
      text: 'connector c-1 of p-sdsc-vcenter1 is down: restart it',
      isWaiting: true,
      actor: 'person',
    });
    expect(stage({ live }).activity).toEqual({
      text: 'waits for its turn: 50 VMs replicate at once',
      isWaiting: true,
    });
  });
});

describe('the stage of a VM whose job is gone', () => {
  it('is waiting if it never had one', () => {
    expect(stage({})).toMatchObject({ stage: 'waiting', evidence: [] });
    const others = deleted({ owner: { project: 'other', wave: 'x' } });
    expect(stage({ past: [others], hadJob: true }).stage).toBe('waiting');
  });

  it('is not new if the catalogue names a job that is listed nowhere, whatever else is listed', () => {
    const others = deleted({ id: 'sms-job-other', owner: { project: 'other', wave: 'x' } });
    const where = (past: readonly PastJob[], jobId: string) =>
      traits.stageOf({
        ...{ project: PROJECT, past, observed: observe({ pastJobs: past }) },
        server: server('a', { hadJob: true, jobId }),
      });
    expect(where([others], 'sms-job-gone')).toMatchObject({
      stage: 'unproven',
      detail: 'it had replication job sms-job-gone that AWS SMS no longer lists',
      evidence: [{ id: 'sms-job-gone' }],
    });
    expect(where([others], others.id).stage).toBe('waiting');
    expect(where([deleted({ finalizedAmi: 'ami-1' })], 'sms-job-gone').stage).toBe('finalized');
  });

  it.each([
    ['paused', 'resume it in the console before 2026-12-05'],
    ['failed', 'fix the cause'],
  ] as const)('refuses to cut over a job that is %s: it waits for a person', (state, remedy) => {
    const live = { state, runs: [FAILED(-2), FAILED(-3), FAILED(-4)] };
    for (const phase of ['cutover', 'finalize'] as const) {
      const { plan } = planIn(phase, { live });
      expect(short(plan)).toEqual(['defer sdsc-01/a blocked by phase.stopped']);
      expect(plan.concerns).toMatchObject([{ id: 'phase.stopped', severity: 'critical' }]);
      expect(plan.concerns[0]?.remedy).toContain(remedy);
    }
    expect(raised(planIn('replicate', { live }).plan)).toEqual([`job.${state} sdsc-01/a`]);
  });

  it('is lost, never finalized, if it never replicated and the service deleted its paused job', () => {
    const past = [deleted({ runs: [FAILED(-98), FAILED(-99), FAILED(-100)] })];
    expect(stage({ past, hadJob: true })).toMatchObject({
      stage: 'lost',
      detail: 'job sms-job-old failed 3 times and was deleted: ServerError; it had never replicated',
      outputs: [],
    });
    for (const phase of PHASES) {
      const { plan, status } = planIn(phase, { past, hadJob: true });
      expect(status.vms[0]?.stage).toBe('lost');
      const isRefused = phase === 'cutover' || phase === 'finalize';
      expect(raised(plan)).toEqual([`${isRefused ? 'phase.lost' : 'job.lost'} sdsc-01/a`]);
      expect(short(plan)).toEqual(isRefused ? [] : ['create sdsc-01/a']);
    }
  });

  it.each([
    [
      'the AMI in its marker, though the run is not among its last five',
      { finalizedAmi: 'ami-final', runs: [DONE] },
      'ami-final',
    ],
    [
      'the completed run of its cut-over',
      { runs: [run('completed', -2, CUTOVER), DONE] },
      'sms-run-completed-2',
    ],
    ['its one run', { settings: { runOnce: true }, runs: [DONE] }, 'sms-run-completed-8'],
  ] as const)('is finalized by %s', (_, more, id) => {
    const past = [deleted(more)];
    expect(stage({ past, hadJob: true })).toMatchObject({
      stage: 'finalized',
      evidence: [{ id }, { id: 'sms-job-old' }],
    });
    for (const phase of PHASES) {
      const { plan } = planIn(phase, { past, hadJob: true });
      const isBack = phase === 'replicate' || phase === 'cutover';
      expect(short(plan)).toEqual(isBack ? [] : ['no-op sdsc-01/a']);
      expect(raised(plan)).toEqual(isBack ? ['phase.not-back sdsc-01/a'] : []);
    }
  });

  it('is finalized by the proof of another project too, and by that of an earlier job', () => {
    const owner = { project: 'other', wave: 'x' };
    const description = 'cut-over [landfall:other/x]';
    const theirs = deleted({ owner, runs: [run('completed', -2, { ...CUTOVER, description })] });
    expect(stage({ past: [theirs] })).toMatchObject({
      stage: 'finalized',
      detail: 'ami--2, finalized by project other',
    });
    expect(stage({ past: [deleted(), deleted({ id: 'sms-job-older', finalizedAmi: 'ami-1' })] }).stage).toBe(
      'finalized',
    );
  });

  it('is not finalized by a run of the cut-over that failed, or by any other run', () => {
    const runs = [
      run('failed', -2, CUTOVER),
      run('completed', -6, { type: 'on-demand', description: 'test' }),
      DONE,
    ];
    expect(stage({ past: [deleted({ runs })] })).toMatchObject({
      stage: 'lost',
      detail: expect.stringContaining('latest AMI is ami--6') as unknown,
    });
  });

  it.each([
    'by hand [landfall:finalized ami-1]',
    '[landfall:finalized ami-1] by hand [landfall:ucop/sdsc-01]',
    '[landfall:finalized ami-1] [landfall:ucop/sdsc-01] by hand',
    '[landfall:finalized i-1] [landfall:ucop/sdsc-01]',
    '[landfall:finalized ami-1 [landfall:ucop/sdsc-01]',
  ])('is not finalized by the description %p', (description) => {
    const past = readPastJob({
      replicationJobId: 'sms-job-1',
      serverId: 's-a',
      state: 'DELETED',
      description,
    });
    expect(past?.finalizedAmi).toBeUndefined();
    if (past !== undefined) expect(stage({ past: [past] }).stage).not.toBe('finalized');
  });

  it('is unproven if the catalogue knows of a job that is listed no longer: never finalized, never a new seed', () => {
    expect(stage({ hadJob: true })).toMatchObject({ stage: 'unproven', evidence: [{ id: 's-a' }] });
    for (const phase of PHASES) {
      const { plan, status } = planIn(phase, { hadJob: true });
      expect(short(plan)).toEqual([]);
      expect(plan.concerns).toMatchObject([{ id: 'phase.not-proven', severity: 'critical' }]);
      expect(status.vms[0]).toMatchObject({
        stage: 'unproven',
        next: { actor: 'person', concern: 'phase.not-proven' },
      });
    }
  });

  it('is unproven if AWS no longer lists the final run of its deleted job', () => {
    const past = [deleted({ cutoverRun: 'sms-run-final', latestAmiId: 'ami-later', runs: [DONE] })];
    for (const phase of PHASES) {
      const { plan, status } = planIn(phase, { past });
      expect(short(plan)).toEqual([]);
      expect(plan.concerns).toMatchObject([{ id: 'phase.not-proven', severity: 'critical' }]);
      expect(status.vms[0]).toMatchObject({
        stage: 'unproven',
        evidence: [{ id: 'sms-job-old' }, { id: 'sms-run-final' }],
      });
    }
  });

  it('stays finalized after its server has left the catalogue', () => {
    const input = planInput({
      vms: [vm('a')],
      waves: [{ ...wave('sdsc-01'), phase: 'finalize' }],
      observed: {
        pastJobs: [
          deleted({ settings: { ...SEED, frequency: 12 }, finalizedAmi: 'ami-final', runs: [DONE] }),
        ],
      },
      input: { traits: new Map([['production', smsTraits]]) },
    });
    expect(statusOf(input).vms).toMatchObject([
      { stage: 'finalized', outputs: [{ of: 'cutover', id: 'ami-final' }, {}] },
    ]);
    expect(short(planProject(input))).toEqual(['no-op sdsc-01/a']);
  });
});
