import { describe, expect, it } from '@jest/globals';
import type { RunHistory } from '../../src/core/operations.ts';
import type { Status } from '../../src/core/status.ts';
import { buildStatus } from '../../src/journey/status.ts';
import { findSubjects } from '../../src/journey/subjects.ts';
import { job, NOW, unmarked, vm, type World, world } from '../plan/world.ts';
import { history, HOUR, run } from './runs.ts';

function statusOf(parts: World, histories: readonly RunHistory[] = []): Status {
  const { desired, observed, traits } = world(parts);
  const sightings = findSubjects(desired, observed, traits).map((subject) => {
    const found = histories.find(({ job: of }) => of?.id === subject.job?.id && of !== undefined);
    return { subject, ...(found && { history: found }) };
  });
  return buildStatus(sightings, observed, traits, desired);
}

const WEB = { vms: [vm('web')], servers: ['web'], jobs: [job('web')] };

describe('a VM', () => {
  it('is shown with its runs', () => {
    const [web] = statusOf(WEB, [
      history('web', [run('pending', 9), run('active', -1), run('completed', -30)]),
    ]).vms;
    expect(web).toMatchObject({
      address: 'sdsc-01/web',
      run: { id: 'sms-run-active-1' },
      lastRun: { id: 'sms-run-completed-30' },
      nextRunAt: NOW + 9 * HOUR,
      latestAmiId: 'ami--30',
      daysLeft: 89,
      concerns: [],
    });
  });

  it('without a job has none of that', () => {
    const [web] = statusOf({ ...WEB, jobs: [] }).vms;
    expect(Object.keys(web ?? {}).toSorted()).toEqual([
      'address',
      'concerns',
      'server',
      'target',
      'vm',
      'wave',
    ]);
  });

  it('has the job as the runs tell of it, which is later', () => {
    const later = job('web', { state: 'paused', statusMessage: 'no' });
    const [paused] = statusOf(WEB, [history(later, [])]).vms;
    expect(paused).toMatchObject({ job: { state: 'paused' }, concerns: [{ id: 'job.paused' }] });

    const [sighting] = findSubjects(world(WEB).desired, world(WEB).observed, world(WEB).traits);
    if (sighting === undefined) throw new Error('no VM');
    const gone = buildStatus(
      [{ subject: sighting, history: { at: NOW, runs: [], isDeleted: true } }],
      world(WEB).observed,
      world(WEB).traits,
      world(WEB).desired,
    );
    expect(gone.vms[0]?.job).toBeUndefined();
    const silent = buildStatus(
      [{ subject: sighting, history: { at: NOW, runs: [], isDeleted: false } }],
      world(WEB).observed,
      world(WEB).traits,
      world(WEB).desired,
    );
    expect(silent.vms[0]?.job?.id).toBe('sms-job-web');
  });

  it.each([
    ['failed', {}, ['job.failed']],
    ['completed', {}, ['job.ended']],
    ['completed', { runOnce: true }, []],
    ['active', {}, []],
  ] as const)('whose job is %s with %j raises %j', (state, settings, ids) => {
    const web = { ...WEB, vms: [vm('web', { settings })], jobs: [job('web', { state, settings })] };
    expect(statusOf(web).vms[0]?.concerns.map(({ id }) => id)).toEqual(ids);
  });

  it('with a job of others is refused as in a plan', () => {
    expect(statusOf({ ...WEB, jobs: [unmarked(job('web'))] }).vms[0]?.concerns).toMatchObject([
      { id: 'job.unmanaged' },
    ]);
  });
});

describe('a target', () => {
  it('is concerned about its catalogue and its connectors, where VMs suffer from it', () => {
    const bare = { observed: { catalog: 'expired', connectors: [] } } as const;
    expect(statusOf({ ...WEB, servers: [], jobs: [], ...bare }).concerns.map(({ id }) => id)).toEqual([
      'catalog.unavailable',
    ]);
    expect(statusOf({ ...WEB, ...bare }).concerns.map(({ id }) => id)).toEqual(['connector.none-healthy']);
  });

  it('tells the time by its latest answer', () => {
    const late = { ...history('web', [run('pending', 1)]), at: NOW + HOUR };
    const { at, vms } = statusOf(WEB, [late]);
    expect(at).toBe(NOW + HOUR);
    expect(vms[0]?.run?.state).toBe('pending');
  });
});

describe('a wave', () => {
  it('counts its VMs', () => {
    const { waves } = statusOf(
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
        vms: 4,
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
