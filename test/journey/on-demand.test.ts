import { describe, expect, it } from '@jest/globals';
import { toAddress } from '../../src/core/names.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import type { ReplicationRun } from '../../src/core/observed.ts';
import { refuseRun } from '../../src/journey/on-demand.ts';
import { job, NOW, PROJECT, unmarked } from '../plan/plan-input.ts';
import { history, onDemand, run } from './runs.ts';

/** Why a job may not run, given its runs. */
function refusal(
  runs: readonly ReplicationRun[],
  of: ObservedJob = job('web'),
  connectorProblem?: string,
): string | undefined {
  const subject = {
    address: toAddress('sdsc-01/web'),
    target: 'production',
    wave: 'sdsc-01',
    job: of,
    past: [],
  };
  return refuseRun({ subject, history: history(of, runs) }, PROJECT, connectorProblem);
}

const SEEDED = run('completed', -48);

describe('an on-demand run', () => {
  it('may start once the seed run has completed, and nothing else is under way', () => {
    expect(refusal([SEEDED, run('pending', 6)])).toBeUndefined();
    expect(refusal([SEEDED, run('failed', -6), run('missed', -2)])).toBeUndefined();
  });

  it.each([
    ['nothing has run', [run('pending', 6)]],
    ['the seed run failed', [run('failed', -6), run('pending', 6)]],
  ])('must wait for the seed run where %s', (_, runs) => {
    expect(refusal(runs)).toBe('its seed run has not completed yet');
  });

  it('goes by the AMI where the history no longer has the seed run', () => {
    expect(refusal([run('pending', 6)], job('web', { latestAmiId: 'ami-1' }))).toBeUndefined();
  });

  it('waits for a run that is active or due', () => {
    expect(refusal([SEEDED, run('active', -1)])).toBe('run sms-run-active-1 is active');
    expect(refusal([SEEDED, run('pending', 0)])).toBe('run sms-run-pending0 waits for its turn');
    expect(refusal([SEEDED, run('pending', 0)], job('web'), 'connector c-1 is down: restart it')).toBe(
      'run sms-run-pending0 waits: connector c-1 is down: restart it',
    );
  });

  it('comes twice in 24 hours, and says when the next may', () => {
    expect(refusal([SEEDED, onDemand('completed', -3)])).toBeUndefined();
    expect(refusal([SEEDED, onDemand('completed', -3), onDemand('failed', -20)])).toBe(
      'it has had 2 on-demand runs in 24 hours: the next may start at 2026-12-01 22:00 UTC',
    );
    expect(refusal([SEEDED, onDemand('completed', -3), onDemand('completed', -24)])).toBeUndefined();
    // Three within the day, however that came about: the second latest decides.
    expect(refusal([SEEDED, ...[-1, -5, -20].map((hours) => onDemand('completed', hours))])).toContain(
      '2026-12-02 13:00 UTC',
    );
  });

  it.each([
    ['paused', 'is paused after failures'],
    ['failed', 'has failed'],
    ['completed', 'has completed'],
  ] as const)('does not start on a job that is %s', (state, words) => {
    expect(refusal([SEEDED], job('web', { state }))).toBe(`its replication job sms-job-web ${words}`);
  });

  it('starts while the service is still trying', () => {
    expect(refusal([SEEDED, run('failed', -1)], job('web', { state: 'failing' }))).toBeUndefined();
  });

  it('never touches a job that is not ours', () => {
    expect(refusal([SEEDED], unmarked(job('web')))).toContain('no project owns its replication job');
    expect(refusal([SEEDED], job('web', { owner: { project: 'ucsd', wave: 'x' } }))).toContain(
      'project ucsd owns',
    );
  });

  it('needs a job', () => {
    const subject = { address: toAddress('sdsc-01/web'), target: 'production', past: [] };
    expect(refuseRun({ subject }, PROJECT)).toContain('no replication job');
    const deleted = { at: NOW, runs: [SEEDED], isDeleted: true };
    expect(refuseRun({ subject: { ...subject, job: job('web') }, history: deleted }, PROJECT)).toContain(
      'no repl',
    );
  });
});
