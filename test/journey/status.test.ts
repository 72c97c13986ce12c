import { describe, expect, it } from '@jest/globals';
import type { Observed, ObservedJob } from '../../src/core/observed.ts';
import type { RunHistory } from '../../src/core/operations.ts';
import type { Status } from '../../src/core/status.ts';
import { job, NOW, unmarked, vm, wave, type PlanParts, planInput } from '../plan/plan-input.ts';
import { history, HOUR, run, statusOf } from './runs.ts';

const statusOfWorld = (parts: PlanParts, histories: readonly RunHistory[] = []): Status =>
  statusOf(planInput(parts), histories);

const WEB = { vms: [vm('web')], servers: ['web'], jobs: [job('web')] };

describe('a VM', () => {
  it('is shown with its runs', () => {
    const [web] = statusOfWorld(WEB, [
      history('web', [run('pending', 9), run('active', -1), run('completed', -30)]),
    ]).vms;
    expect(web).toMatchObject({
      address: 'sdsc-01/web',
      run: { id: 'sms-run-active-1' },
      lastRun: { id: 'sms-run-completed-30' },
      nextRunAt: NOW + 9 * HOUR,
      latestAmiId: 'ami--30',
      deadlines: [{ kind: 'lifetime', at: NOW + 90 * 24 * HOUR - 30 * HOUR }],
      stage: 'replicating',
      concerns: [],
    });
  });

  it('without a job has none of that', () => {
    const [web] = statusOfWorld({ ...WEB, jobs: [] }).vms;
    expect(web).toMatchObject({ stage: 'waiting', next: { actor: 'apply' }, outputs: [], deadlines: [] });
    expect(web).not.toHaveProperty('job');
  });

  it.each([
    ['failed', {}, ['job.failed']],
    ['completed', {}, ['job.ended']],
    ['completed', { runOnce: true }, []],
    ['active', {}, []],
  ] as const)('whose job is %s with %j raises %j', (state, settings, ids) => {
    const web = { ...WEB, vms: [vm('web', { settings })], jobs: [job('web', { state, settings })] };
    expect(statusOfWorld(web).vms[0]?.concerns.map(({ id }) => id)).toEqual(ids);
  });

  it('with a job of others is refused as in a plan', () => {
    expect(statusOfWorld({ ...WEB, jobs: [unmarked(job('web'))] }).vms[0]?.concerns).toMatchObject([
      { id: 'job.unmanaged' },
    ]);
  });
});

describe('a target', () => {
  it('is concerned about its catalogue and its connectors, where VMs suffer from it', () => {
    const bare = { observed: { catalog: 'expired', connectors: [] } } as const;
    expect(statusOfWorld({ ...WEB, servers: [], jobs: [], ...bare }).concerns.map(({ id }) => id)).toEqual([
      'catalog.unavailable',
    ]);
    expect(statusOfWorld({ ...WEB, ...bare }).concerns.map(({ id }) => id)).toEqual([
      'connector.none-healthy',
    ]);
  });
});

const SEEDED = run('completed', -9);

describe('what is next for a VM', () => {
  const nextOf = (parts: PlanParts): unknown => statusOfWorld(parts).vms[0]?.next;

  it('is what must be done for the account that does not know it', () => {
    const bare = { ...WEB, servers: [], jobs: [], observed: { catalog: 'not-imported' } } as const;
    expect(nextOf(bare)).toMatchObject({
      actor: 'person',
      text: expect.stringMatching(/^run `landfall catalog import`/) as unknown,
      concern: 'catalog.unavailable',
    });
  });

  it('is the end of a paused job first, under every phase', () => {
    const paused = job('web', { state: 'paused', runs: [run('failed', -2), run('completed', -9)] });
    for (const phase of ['replicate', 'cutover'] as const) {
      expect(nextOf({ ...WEB, waves: [{ ...wave('sdsc-01'), phase }], jobs: [paused] })).toEqual({
        actor: 'person',
        text: 'deleted by AWS in 3 d 23 h: resume it in the console, or apply --replace sdsc-01/web',
        waitsFor: 'person',
        ...(phase === 'cutover' && { concern: 'phase.stopped' }),
      });
    }
  });

  it('is what to do about a concern, in a few words, not the concern again', () => {
    const unowned = { ...WEB, jobs: [unmarked(job('web'))] };
    expect(nextOf(unowned)).toMatchObject({
      text: 'set `adopt: true` on the wave to take the job over, or take the VM out of the manifests',
    });
    const past = [{ ...job('web'), runs: [] }];
    const waves = [{ ...wave('sdsc-01'), phase: 'cutover' }] as const;
    expect(nextOf({ ...WEB, waves, jobs: [], observed: { pastJobs: past } })).toEqual({
      actor: 'person',
      text: 'remove it from the manifests, or replicate it again',
      waitsFor: 'person',
      concern: 'phase.lost',
    });
  });

  it.each<readonly [string, Partial<ObservedJob>, Partial<Observed>]>([
    ['connector', { runs: [run('pending', -1), SEEDED] }, { connectors: [] }],
    ['cap', { runs: [run('pending', -1), SEEDED] }, {}],
    ['run', { runs: [run('active', -1), SEEDED] }, {}],
    ['schedule', { runs: [SEEDED], nextRunAt: NOW + HOUR }, {}],
    ['service', { runs: [SEEDED] }, {}],
    ['person', { state: 'failed', runs: [SEEDED] }, {}],
  ])('waits for a kind of thing: %s', (waitsFor, more, observed) => {
    expect(nextOf({ ...WEB, jobs: [job('web', more)], observed })).toMatchObject({ waitsFor });
  });

  it('waits for nothing where an apply goes on, and for a cap that is full', () => {
    expect(nextOf({ ...WEB, jobs: [] })).not.toHaveProperty('waitsFor');
    expect(nextOf({ ...WEB, jobs: [], limit: 0 })).toMatchObject({ waitsFor: 'cap' });
  });
});

describe('a wave', () => {
  it('counts its VMs', () => {
    const { waves } = statusOfWorld(
      {
        vms: [vm('a'), vm('b'), vm('c'), vm('d', { wave: 'sdsc-02' })],
        servers: ['a', 'b', 'c', 'd'],
        jobs: [job('a'), job('b', { state: 'pending' }), job('old'), unmarked(job('theirs'))],
      },
      [
        history('a', [run('active', -1), run('completed', -9)]),
        history(job('b', { state: 'pending' }), [run('pending', -1)]),
      ],
    );
    expect(waves).toEqual([
      {
        target: 'production',
        wave: 'sdsc-01',
        labels: {},
        vms: 4,
        stages: { waiting: 1, seeding: 2, replicating: 1 },
        jobs: { active: 2, pending: 1 },
        withoutJob: 1,
        unlisted: 1,
        running: 1,
        waiting: 1,
        withAmi: 1,
        withInstance: 0,
      },
      expect.objectContaining({ wave: 'sdsc-02', vms: 1, withoutJob: 1, jobs: {} }),
    ]);
  });
});
