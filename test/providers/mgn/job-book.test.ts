import type { Job, SourceServer } from '@aws-sdk/client-mgn';
import { describe, expect, it } from '@jest/globals';
import { toServerId } from '../../../src/core/names.ts';
import { indexJobs } from '../../../src/providers/mgn/launch/jobs.ts';
import { readJob } from '../../../src/providers/mgn/servers.ts';

const at = (hour: number) => `2026-12-01T${String(hour).padStart(2, '0')}:00:00Z`;

function job(
  hour: number,
  initiatedBy: NonNullable<Job['initiatedBy']>,
  launchStatus: 'LAUNCHED' | 'FAILED' | 'TERMINATED',
): Job {
  return {
    jobID: `mgnjob-${hour}`,
    initiatedBy,
    creationDateTime: at(hour),
    status: 'COMPLETED',
    participatingServers: [{ sourceServerID: 's-1', launchStatus }],
  };
}

/** A server with an instance, tested and cut over at those hours. */
function server(test: number, cutover?: number): SourceServer {
  const initiated = (hour: number) => ({ initiated: { apiCallDateTime: at(hour), jobID: `mgnjob-${hour}` } });
  return {
    sourceServerID: 's-1',
    launchedInstance: { ec2InstanceID: 'i-1' },
    lifeCycle: {
      state: 'READY_FOR_CUTOVER',
      lastTest: initiated(test),
      ...(cutover !== undefined && { lastCutover: initiated(cutover) }),
    },
  };
}

function facts(one: SourceServer, jobs: readonly Job[]) {
  const context = {
    project: 'ucop',
    application: undefined,
    ownApplication: false,
    settings: {},
    launchError: undefined,
    groupsOpen: false,
  };
  const { launch, launchOf, instance } =
    readJob(one, { serverId: toServerId('s-1') }, { ...context, jobs: indexJobs(jobs) }).facts ?? {};
  return [launchOf, launch, instance];
}

describe('what jobs have made of a server', () => {
  const tested = job(1, 'START_TEST', 'LAUNCHED');

  it('is what the newest of its launches came to', () => {
    expect(facts(server(1), [tested])).toEqual(['test', 'LAUNCHED', 'i-1']);
    expect(facts(server(1, 3), [job(3, 'START_CUTOVER', 'FAILED'), tested])).toEqual([
      'cutover',
      'FAILED',
      'i-1',
    ]);
    expect(
      facts(server(4, 3), [job(4, 'START_TEST', 'LAUNCHED'), job(3, 'START_CUTOVER', 'FAILED')]),
    ).toEqual(['test', 'LAUNCHED', 'i-1']);
    expect(facts(server(1), [])).toEqual([undefined, undefined, 'i-1']);
  });

  it('is gone once it was terminated, even if the service goes on to tell of it', () => {
    const terminated = job(2, 'TERMINATE', 'TERMINATED');
    expect(facts(server(1), [terminated, tested])).toEqual(['test', 'TERMINATED', undefined]);
    expect(facts(server(1), [job(1, 'START_TEST', 'TERMINATED')])).toEqual(['test', 'TERMINATED', undefined]);
    // Another launch came later.
    const cutover = job(3, 'START_CUTOVER', 'LAUNCHED');
    expect(facts(server(1, 3), [cutover, terminated, tested])).toEqual(['cutover', 'LAUNCHED', 'i-1']);
    // It did not work.
    expect(facts(server(1), [job(2, 'TERMINATE', 'FAILED'), tested])).toEqual(['test', 'LAUNCHED', 'i-1']);
  });
});
