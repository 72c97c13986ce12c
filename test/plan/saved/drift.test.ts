import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObservedJob } from '../../../src/core/observed.ts';
import { recountCapacity } from '../../../src/plan/caps.ts';
import { planProject } from '../../../src/plan/index.ts';
import type { PlanInput } from '../../../src/plan/input.ts';
import { changedPreconditions, changedProject, savePlan } from '../../../src/plan/saved/preconditions.ts';
import {
  job,
  observe,
  RULES,
  server,
  target,
  traitsOf,
  unmarked,
  vm,
  wave,
  planInput,
} from '../plan-input.ts';
import { samples } from '../samples.ts';
import { tries } from '../../setup/tries.ts';

const SLOWER = { frequency: 24, licenseType: 'BYOL' };
const NAMES = ['new', 'slower', 'gone', 'still', 'other'];
const SERVERS = NAMES.map((name) => server(name));
const JOBS: readonly ObservedJob[] = [job('slower'), job('gone'), job('still'), unmarked(job('other'))];
const MOVING = [...RULES, { name: 'nextRun', change: 'update', changedByService: true }] as const;
const TRAITS = new Map([['production', traitsOf(MOVING)]]);
const INPUT = planInput({
  vms: [vm('new'), vm('slower', { settings: SLOWER }), vm('still')],
  servers: SERVERS,
  jobs: JOBS,
  input: { traits: TRAITS },
});
const PLAN = planProject(INPUT);

function save({ observed, traits }: PlanInput = INPUT, plan = PLAN) {
  return savePlan(plan, observed, traits, (file) => file);
}

/** What has moved when the account holds these jobs and servers. */
function drift(jobs: readonly ObservedJob[], servers = SERVERS, account = '123456789012') {
  return changedPreconditions(save(), new Map([['production', observe({ servers, jobs, account })]]), TRAITS);
}

/** The jobs, one of them otherwise. */
const but = (id: string, more: Partial<ObservedJob>): readonly ObservedJob[] =>
  JOBS.map((one) => (one.id === `sms-job-${id}` ? { ...one, ...more } : one));

const on = (address: string) => ({ target: 'production', address: `sdsc-01/${address}` });

describe('the preconditions of a saved plan', () => {
  it('has not moved in the account it was made from, whatever the plan', () => {
    expect(drift(JOBS)).toEqual([]);
    fc.assert(
      fc.property(samples, ({ input }) => {
        expect(changedPreconditions(save(input, planProject(input)), input.observed, input.traits)).toEqual(
          [],
        );
      }),
      tries(20),
    );
  });

  it('is not moved by what the plan does not touch', () => {
    const unrelated = [...JOBS.slice(0, 2), job('elsewhere', { server: server('else') })];
    expect(drift(unrelated)).toEqual([]);
    expect(drift(but('still', { settings: SLOWER, state: 'failed' }))).toEqual([]);
    expect(
      drift(
        JOBS,
        SERVERS.filter(({ name }) => name !== 'other'),
      ),
    ).toEqual([]);
  });

  it('is not moved by what jobs do by themselves', () => {
    expect(
      drift(but('slower', { state: 'paused', statusMessage: 'x', latestAmiId: 'ami-1', nextRunAt: 5 })),
    ).toEqual([]);
    expect(drift(but('slower', { settings: { ...job('slower').settings, nextRun: 'tomorrow' } }))).toEqual(
      [],
    );
  });

  it('is moved by how far a job is on its way only where that decides', () => {
    const facts = (lifecycle: string) => ({ facts: { lifecycle } });
    const jobs = (lifecycle: string) =>
      ['slower', 'gone', 'still'].map((name) => job(name, facts(lifecycle)));
    const input = planInput({
      vms: [vm('slower', { settings: SLOWER }), vm('still')],
      servers: SERVERS,
      jobs: jobs('NOT_READY'),
      input: { traits: TRAITS },
    });
    const now = observe({ servers: SERVERS, jobs: jobs('READY_FOR_TEST'), account: '123456789012' });
    const saved = save(input, planProject(input));
    expect(changedPreconditions(saved, new Map([['production', now]]), TRAITS)).toEqual([
      {
        ...on('gone'),
        job: 'sms-job-gone',
        what: 'lifecycle',
        planned: 'NOT_READY',
        now: 'READY_FOR_TEST',
      },
    ]);
  });

  it('is moved by another value of any setting of a job it changes or deletes', () => {
    expect(drift(but('slower', { settings: { frequency: 6, licenseType: 'BYOL', roleName: 'x' } }))).toEqual([
      { ...on('slower'), job: 'sms-job-slower', what: 'frequency', planned: 12, now: 6 },
      { ...on('slower'), job: 'sms-job-slower', what: 'roleName', now: 'x' },
    ]);
    expect(drift(but('gone', { settings: { licenseType: 'BYOL' } }))).toEqual([
      { ...on('gone'), job: 'sms-job-gone', what: 'frequency', planned: 12 },
    ]);
  });

  it('is moved by the end, the owner and the loss of a job', () => {
    expect(drift(but('slower', { state: 'completed' }))).toMatchObject([
      { what: 'state', planned: 'active', now: 'completed' },
    ]);
    expect(drift(but('gone', { owner: { project: 'ucsd', wave: 'x' } }))).toMatchObject([
      { what: 'owner', planned: 'ucop/sdsc-01', now: 'ucsd/x' },
    ]);
    expect(drift(JOBS.slice(1))).toEqual([
      { ...on('slower'), job: 'sms-job-slower', what: 'job', planned: 'ucop/sdsc-01' },
    ]);
  });

  it('is moved by a job that has come to a server', () => {
    expect(drift([...JOBS, unmarked(job('new'))])).toEqual([
      { ...on('new'), job: 'sms-job-new', what: 'job', now: 'nobody' },
    ]);
    const second = job('slower', { id: 'sms-job-2' });
    expect(drift([...JOBS, second])).toMatchObject([{ job: 'sms-job-2', now: 'ucop/sdsc-01' }]);
  });

  it('is moved when an id stands for another VM, or for none', () => {
    const renamed = SERVERS.map((one) => (one.name === 'new' ? { ...one, name: 'old', vmId: 'vm-9' } : one));
    expect(drift(JOBS, renamed)).toEqual([
      { ...on('new'), what: 'server vmId', planned: 'vm-new', now: 'vm-9' },
      { ...on('new'), what: 'server name', planned: 'new', now: 'old' },
    ]);
    expect(drift(JOBS, SERVERS.slice(1))).toEqual([{ ...on('new'), what: 'server', planned: 's-new' }]);
  });

  it('is another account', () => {
    expect(drift(JOBS, SERVERS, '210987654321')).toEqual([
      { target: 'production', what: 'account', planned: '123456789012', now: '210987654321' },
    ]);
  });
});

describe('the project file of a saved plan', () => {
  it('must name the same project and the same place', () => {
    const moved = { ...target(), region: 'eu-west-1', endpoint: 'local' };
    expect(changedProject(PLAN, 'ucop', [target('another'), target()])).toEqual([]);
    expect(changedProject(PLAN, 'ucsd', [moved])).toEqual([
      { what: 'project', planned: 'ucop', now: 'ucsd' },
      { target: 'production', what: 'region', planned: 'us-west-2', now: 'eu-west-1' },
      { target: 'production', what: 'endpoint', now: 'local' },
    ]);
    expect(changedProject(PLAN, 'ucop', [target('another')])).toEqual([
      { target: 'production', what: 'target', planned: 'production' },
    ]);
  });

  it('may say what it likes of targets on which the plan does nothing', () => {
    const idle = { ...PLAN, changes: PLAN.changes.filter(({ action }) => action === 'no-op') };
    expect(changedProject(idle, 'ucop', [])).toEqual([]);
  });
});

describe('the caps of a saved plan', () => {
  it('count what is active now, under the lower limit of then and now', () => {
    const input = planInput({
      vms: [vm('new'), vm('w', { wave: 'two' })],
      waves: [wave('sdsc-01', 3), wave('two', 2)],
      servers: ['new', 'w'],
      limit: 20,
    });
    const jobs = [
      job('a'),
      job('b', { state: 'completed' }),
      job('c', { owner: { project: 'ucop', wave: 'two' } }),
      unmarked(job('w')),
    ];
    const now = new Map([['production', observe({ jobs })]]);
    const counted = (limit: number) =>
      recountCapacity(planProject(input), [target('production', limit)], now).map(
        ({ wave: of, limit: cap, active }) => [of, cap, active],
      );
    expect(counted(10)).toEqual([
      [undefined, 10, 3],
      ['sdsc-01', 3, 1],
      ['two', 2, 2],
    ]);
    expect(counted(30)[0]).toEqual([undefined, 20, 3]);
  });
});
