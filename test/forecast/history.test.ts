import { describe, expect, it } from '@jest/globals';
import type { ObservedJob } from '../../src/core/observed.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { copyOf, jobDurations, sizeOf } from '../../src/providers/mgn/observing/durations.ts';
import { job, NOW, server } from '../plan/plan-input.ts';
import { forecastOf, HOUR, type Parts, phaseOf, waveOf } from './project.ts';

const MINUTE = HOUR / 60;
const GIB = 2 ** 30;
const iso = (at: number): string => new Date(at).toISOString();

/** A first copy of 100 GiB on MGN that has run for an hour. */
function copying(more: Partial<ObservedJob> = {}): ObservedJob {
  return job('w1-1', {
    ...{ server: server('w1-1'), owner: { project: 'ucop', wave: 'w1' }, settings: {} },
    ...{ startsAt: NOW - HOUR - 10 * MINUTE, diskGiB: 100, facts: { lifecycle: 'NOT_READY' } },
    firstCopy: { since: NOW - HOUR, doneGiB: 50 },
    ...more,
  });
}

function onMgn(jobs: readonly ObservedJob[], observed: Parts['observed'] = {}) {
  const vms = [
    { settings: {}, sizeGiB: 10 },
    { settings: {}, sizeGiB: 100 },
  ];
  const input = { traits: new Map([['production', mgnTraits]]) };
  return forecastOf([waveOf('w1', vms, { phase: 'test' })], {
    jobs,
    input,
    observed: { jobsRunning: { jobs: 0, servers: 0 }, ...observed },
  });
}

/** Minutes from now until a VM has replicated, and what that is from. */
function replicated(found: ReturnType<typeof onMgn>, vm: number) {
  const { end, source } = found.vms[vm]?.phases[0] ?? { end: {}, source: undefined };
  return { source, minutes: ((end.median ?? 0) - NOW) / MINUTE };
}

describe('the history of an account on MGN', () => {
  it('is the end that the service expects of a copy that runs, whatever the manifest says of sizes', () => {
    const endsAt = NOW + 5 * HOUR;
    const { source, minutes } = replicated(
      onMgn([copying({ firstCopy: { since: NOW - HOUR, doneGiB: 50, endsAt } })]),
      0,
    );
    expect(source).toBe('history');
    expect(minutes).toBeGreaterThan(4 * 60);
    expect(minutes).toBeLessThan(6 * 60);
  });

  it('is the speed of a copy that runs, for itself and for VMs that have not begun', () => {
    const found = onMgn([copying()]);
    const [own, other] = [replicated(found, 0), replicated(found, 1)];
    expect(own.source).toBe('history');
    expect(own.minutes).toBeGreaterThan(45);
    expect(own.minutes).toBeLessThan(90);
    // 100 GiB at 50 GiB an hour.
    expect(other.source).toBe('history');
    expect(other.minutes).toBeGreaterThan(110);
    expect(other.minutes).toBeLessThan(200);
    // A copy that has only begun says nothing.
    const begun = onMgn([copying({ firstCopy: { since: NOW - MINUTE, doneGiB: 1 } })]);
    expect([0, 1].map((vm) => replicated(begun, vm).source)).toEqual(['size', 'size']);
  });

  it('is the size of a VM that has not begun, whatever the manifest says', () => {
    const size = (diskGiB?: number) => {
      const servers = ['w1-1', 'w1-2'].map((name) =>
        server(name, { ...(diskGiB !== undefined && { diskGiB }) }),
      );
      return replicated(onMgn([], { servers }), 0);
    };
    // 10 GiB by the manifest; each GiB takes 2.4 minutes.
    expect(size().minutes).toBeLessThan(90);
    expect(size(500).minutes).toBeGreaterThan(600);
    expect(size(500).source).toBe('size');
  });

  it('is how long launches took, else they are assumed', () => {
    const facts = { lifecycle: 'READY_FOR_TEST', shipped: true };
    const jobs = ['w1-1', 'w1-2'].map((name) =>
      job(name, { ...copying(), ...{ id: name, server: server(name), lag: 0, facts } }),
    );
    const launch = (observed: Parts['observed']) => {
      const { start, end, source } = phaseOf(onMgn(jobs, observed), 'w1', 'test');
      return [source, Math.round(((end.median ?? 0) - (start.median ?? 0)) / HOUR)];
    };
    const durations = { launch: [2 * HOUR, 3 * HOUR, 9 * HOUR], terminate: [] };
    expect(launch({ jobDurations: durations })).toEqual(['history', 3]);
    expect(launch({})).toEqual(['default', 0]);
  });

  it('is read from jobs that have ended, and from disks', () => {
    const ended = (
      initiatedBy: 'START_TEST' | 'TERMINATE',
      launchStatus: 'LAUNCHED' | 'TERMINATED' | 'FAILED',
    ) => ({
      ...{ jobID: 'mgnjob-1', initiatedBy, status: 'COMPLETED' as const },
      ...{ creationDateTime: iso(NOW), endDateTime: iso(NOW + 7 * MINUTE) },
      participatingServers: [{ sourceServerID: 's-1', launchStatus }],
    });
    const running = { ...ended('START_TEST', 'LAUNCHED'), status: 'STARTED' as const };
    const jobs = [ended('START_TEST', 'LAUNCHED'), ended('START_TEST', 'FAILED'), running];
    expect(jobDurations([...jobs, ended('TERMINATE', 'TERMINATED')])).toEqual({
      jobDurations: { launch: [7 * MINUTE], terminate: [7 * MINUTE] },
    });
    const disk = { totalStorageBytes: 20 * GIB, replicatedStorageBytes: 5 * GIB };
    const copy = (dataReplicationState: 'INITIAL_SYNC' | 'CONTINUOUS') =>
      copyOf({
        dataReplicationInfo: { dataReplicationState, etaDateTime: iso(NOW), replicatedDisks: [disk, disk] },
        lifeCycle: { firstByteDateTime: iso(NOW - HOUR) },
      });
    expect(copy('INITIAL_SYNC')).toEqual({
      diskGiB: 40,
      firstCopy: { since: NOW - HOUR, doneGiB: 10, endsAt: NOW },
    });
    expect(copy('CONTINUOUS')).toEqual({ diskGiB: 40 });
    expect(copyOf({})).toEqual({});
    // Before it replicates.
    expect(sizeOf({ sourceProperties: { disks: [{ bytes: 20 * GIB }, { bytes: 5 * GIB }] } })).toEqual({
      diskGiB: 25,
    });
    expect(sizeOf({ sourceProperties: {} })).toEqual({});
  });
});
