import { describe, expect, it } from '@jest/globals';
import type { ObservedJob } from '../../src/core/observed.ts';
import { toAddress } from '../../src/core/names.ts';
import type { Status } from '../../src/core/status.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { filterStatus, type StatusFilter } from '../../src/plan/status-filter.ts';
import type { MgnFacts } from '../../src/providers/mgn/steps/sequence.ts';
import { mgnTraits } from '../../src/providers/mgn/traits.ts';
import { job, vm, wave, type PlanParts, planInput } from '../plan/plan-input.ts';
import { onDemand, run, statusOf } from './runs.ts';

const FAILED = (hours: number) => run('failed', hours, { statusMessage: 'ServerError' });
const DONE = run('completed', -8);

/** VMs of SMS by name, with a job each unless it is undefined. */
const JOBS: Readonly<Record<string, Partial<ObservedJob> | undefined>> = {
  fresh: { runs: [DONE] },
  late: { runs: [run('completed', -30)] },
  seeding: { runs: [run('active', -1, { stage: 'Uploading', progress: '42%' })] },
  failing: { state: 'failing', runs: [FAILED(-2), DONE] },
  paused: { state: 'paused', runs: [FAILED(-2), FAILED(-3), FAILED(-4), DONE] },
  spent: { runs: [onDemand('completed', -3), onDemand('completed', -5)] },
  due: { runs: [run('pending', -1), DONE] },
  done: { finalizedAmi: 'ami-1', runs: [DONE] },
  new: undefined,
};

function sms(parts: Partial<PlanParts> = {}): PlanInput {
  const names = Object.keys(JOBS);
  return planInput({
    vms: [...names, 'typo'].map((name) => vm(name)),
    servers: names,
    jobs: Object.entries(JOBS).flatMap(([name, more]) => (more === undefined ? [] : [job(name, more)])),
    ...parts,
  });
}

const NAMES: readonly string[] = Object.keys(JOBS);

function filtered(input: PlanInput, filter: StatusFilter): Status {
  return filterStatus(statusOf(input), filter, input);
}

const names = ({ vms }: Status): readonly string[] => vms.map(({ address }) => address.replace(/.*\//, ''));

function reasons(input: PlanInput, filter: StatusFilter): Readonly<Record<string, readonly string[]>> {
  const { vms } = filtered(input, filter);
  return Object.fromEntries(vms.map(({ address, notReady = [] }) => [address.replace(/.*\//, ''), notReady]));
}

describe('a filter of a status', () => {
  it('leaves everything as it is where it is empty', () => {
    const status = statusOf(sms());
    expect(filterStatus(status, {}, sms())).toBe(status);
  });

  it('leaves VMs in some stages, counts them, and says of how many', () => {
    const status = filtered(sms(), { stage: ['seeding', 'paused'] });
    expect(names(status)).toEqual(['paused', 'seeding']);
    expect(status).toMatchObject({
      stages: { seeding: 1, paused: 1 },
      waves: [{ vms: 2 }],
      filtered: { total: NAMES.length + 1 },
    });
  });

  it('leaves VMs with concerns, and those that need a person', () => {
    expect(names(filtered(sms(), { problems: true }))).toEqual(['failing', 'paused', 'typo']);
    const down = sms({ observed: { connectors: [{ id: 'c-1', healthy: false }] } });
    expect(names(filtered(down, { problems: true, stage: ['waiting'] }))).toEqual(['new']);
  });

  it('does not take what a person may do at the phase of the wave for a problem', () => {
    const input = sms({ waves: [{ ...wave('sdsc-01'), phase: 'cutover' }] });
    const done = statusOf(input).vms.find(({ address }) => address.endsWith('/done'));
    expect(done?.next).toMatchObject({ actor: 'person', isOptional: true });
    expect(names(filtered(input, { problems: true }))).not.toContain('done');
  });
});

describe('readiness on SMS', () => {
  it('for a cut-over is a fresh AMI, a healthy connector, a run that is left and none that waits', () => {
    expect(reasons(sms(), { notReady: 'cutover' })).toEqual({
      due: ['a run is due and has not started'],
      failing: ['its replication fails: failure 1 of 3: ServerError'],
      late: ['its next AMI is overdue: the latest is ami--30, 1 d 5 h old'],
      new: ['it has no replication job'],
      paused: ['its job is paused: ServerError'],
      seeding: ['its first replication has not completed (Uploading 42%)'],
      spent: [
        'it has had its two on-demand runs of 24 hours: the next one may start at 2026-12-02 13:00 UTC',
      ],
      typo: ['the server catalogue of target "production" has no VM with name "typo"'],
    });
  });

  it('names the connector that is down', () => {
    const down = sms({ observed: { connectors: [{ id: 'c-1', healthy: false }] } });
    const problem = 'connector c-1 of p-sdsc-vcenter1 is down: restart it';
    expect(reasons(down, { notReady: 'cutover', stage: ['replicating'] })).toMatchObject({
      fresh: [problem],
      due: [problem],
    });
  });

  it('for finalizing is the cut-over', () => {
    const { done, fresh, seeding } = reasons(sms(), { notReady: 'finalize' });
    expect(done).toBeUndefined();
    expect(fresh).toEqual(['it is not cut over: it is replicating']);
    expect(seeding).toEqual(['it is not cut over: its first replication has not completed (Uploading 42%)']);
  });

  it('for a phase that the service does not have is never there', () => {
    expect(reasons(sms(), { notReady: 'test', stage: ['replicating'] })).toMatchObject({
      fresh: ['its service has no phase "test"'],
    });
  });

  it('names the concern that blocks a VM which is ready otherwise', () => {
    const input = sms();
    const place = { file: 'waves/a.yaml', line: 1, column: 1 };
    const concern = {
      id: 'licence.linux-aws',
      severity: 'critical',
      message: 'Linux takes BYOL only',
      address: toAddress('sdsc-01/fresh'),
      target: 'production',
      place,
    } as const;
    const blocked = { ...input, concerns: [concern] };
    expect(reasons(blocked, { notReady: 'cutover' })['fresh']).toEqual(['Linux takes BYOL only']);
  });
});

const PROBLEM = { state: 'failing', statusMessage: 'snapshots failure' } as const;
const SERVERS: Readonly<Record<string, readonly [MgnFacts, Partial<ObservedJob>?]>> = {
  syncing: [{ lifecycle: 'NOT_READY', shipped: false }, { statusMessage: 'initial sync 42 %' }],
  untested: [{ lifecycle: 'READY_FOR_TEST' }],
  launching: [{ lifecycle: 'TESTING', launch: 'IN_PROGRESS', launchOf: 'test', busy: true }],
  crashed: [{ lifecycle: 'TESTING', launch: 'FAILED', launchOf: 'test', launchError: 'no subnet' }],
  tested: [{ lifecycle: 'TESTING', launch: 'LAUNCHED', launchOf: 'test', instance: 'i-1' }],
  ready: [{ lifecycle: 'READY_FOR_CUTOVER' }],
  stalled: [{ lifecycle: 'READY_FOR_CUTOVER', replication: 'STALLED' }, PROBLEM],
  over: [{ lifecycle: 'CUTTING_OVER', launch: 'LAUNCHED', launchOf: 'cutover', instance: 'i-2' }],
  final: [{ lifecycle: 'CUTOVER', replication: 'DISCONNECTED', instance: 'i-3' }, { state: 'completed' }],
  gone: [{ lifecycle: 'DISCONNECTED', replication: 'DISCONNECTED' }, { state: 'failed' }],
};

function mgn(): PlanInput {
  const names = Object.keys(SERVERS);
  const jobs = Object.entries(SERVERS).map(([name, [facts, more]]) =>
    job(name, { id: `s-${name}`, settings: {}, facts, ...more }),
  );
  const vms = [...names, 'new'].map((name) => vm(name, { settings: {} }));
  const traits = new Map([['production', mgnTraits]]);
  return { ...planInput({ vms, servers: [...names, 'new'], jobs }), traits };
}

describe('readiness on MGN', () => {
  it.each([
    ['test', { gone: 1, new: 1, syncing: 1 }],
    ['cutover', { crashed: 1, gone: 1, launching: 1, new: 1, stalled: 1, syncing: 1, untested: 1 }],
  ] as const)('for %s is a lifecycle that allows it, and a replication that runs', (phase, expected) => {
    expect(Object.keys(reasons(mgn(), { notReady: phase }))).toEqual(Object.keys(expected));
  });

  it('says why not', () => {
    expect(reasons(mgn(), { notReady: 'cutover' })).toEqual({
      crashed: ['the launch of its test instance failed: no subnet'],
      gone: ['it was disconnected from AWS MGN before it was cut over'],
      launching: ['its test instance is being launched'],
      new: ['it does not replicate'],
      stalled: ['its replication is stalled: snapshots failure'],
      syncing: ['its initial sync has not completed: initial sync 42 %'],
      untested: ['it has not been tested'],
    });
  });

  it('for finalizing names the launch that keeps a cut-over from its instance', () => {
    const facts: MgnFacts = {
      lifecycle: 'CUTTING_OVER',
      launch: 'FAILED',
      launchOf: 'cutover',
      launchError: 'no free address',
    };
    const web = { settings: {} };
    const jobs = [job('web', { ...web, facts })];
    const input = planInput({ vms: [vm('web', web)], servers: ['web'], jobs });
    const found = reasons(
      { ...input, traits: new Map([['production', mgnTraits]]) },
      { notReady: 'finalize' },
    );
    expect(found).toEqual({
      web: [
        'it is not cut over; its stage is cutting over',
        'the launch of its cut-over instance failed: no free address',
      ],
    });
  });

  it('for finalizing is the cut-over, and for archiving the finalizing', () => {
    const open = ['over', 'final', 'archived'];
    expect(Object.keys(reasons(mgn(), { notReady: 'finalize' }))).not.toEqual(expect.arrayContaining(open));
    expect(reasons(mgn(), { notReady: 'archive' })).toMatchObject({
      over: ['it is not finalized; its stage is cut over'],
    });
    expect(reasons(mgn(), { notReady: 'archive' })).not.toHaveProperty('final');
  });
});
