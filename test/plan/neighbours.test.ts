import { describe, expect, it } from '@jest/globals';
import type { Target } from '../../src/core/desired.ts';
import type { ObservedJob } from '../../src/core/observed.ts';
import { planProject } from '../../src/plan/index.ts';
import { job, observe, RULES, server, target, traitsOf, vm, wave, planInput } from './plan-input.ts';

const inWave = (name: string, of: string, more: Partial<ObservedJob> = {}): ObservedJob =>
  job(name, { owner: { project: 'ucop', wave: of }, ...more });

interface Parts {
  readonly vms?: readonly ReturnType<typeof vm>[];
  /** Jobs of each target that is observed. */
  readonly jobs: Readonly<Record<string, readonly ObservedJob[]>>;
  readonly slow?: Partial<Target>;
  readonly fast?: Partial<Target>;
}

/** Plans two targets, `fast` with wave f and `slow` with wave s; both catalogues know a, b and gone. */
function plan({ vms, jobs, slow, fast }: Parts): readonly string[] {
  const base = planInput({});
  const servers = ['a', 'b', 'gone'].map((name) => server(name));
  const { changes } = planProject({
    ...base,
    desired: {
      ...base.desired,
      targets: [
        { ...target('slow'), ...slow },
        { ...target('fast'), ...fast },
      ],
      waves: [wave('f', undefined, 'fast'), wave('s', undefined, 'slow')],
      vms: vms ?? [vm('a', { wave: 'f', target: 'fast' }), vm('b', { wave: 's', target: 'slow' })],
    },
    observed: new Map(Object.entries(jobs).map(([name, list]) => [name, observe({ servers, jobs: list })])),
    traits: new Map(['fast', 'slow'].map((name) => [name, traitsOf(RULES)])),
  });
  return changes.map(({ target: on, action, address }) => `${on} ${action} ${address}`);
}

describe('two targets that are one account', () => {
  const both = [inWave('a', 'f'), inWave('b', 's')];

  it('leave each other their jobs', () => {
    expect(plan({ jobs: { fast: both, slow: both } })).toEqual(['fast no-op f/a', 'slow no-op s/b']);
  });

  it('are not one place where they are on different services', () => {
    const vms = [vm('a', { wave: 'f', target: 'fast' })];
    expect(plan({ vms, jobs: { slow: both }, fast: { provider: 'mgn' } })).toContain('slow delete f/a');
    expect(plan({ vms, jobs: { slow: both } })).not.toContain('slow delete f/a');
  });

  it('leave each other their jobs when only one is planned', () => {
    expect(plan({ jobs: { slow: both } })).toEqual(['slow no-op s/b']);
  });

  it('let a VM move from one to the other', () => {
    const vms = [vm('a', { wave: 's', target: 'slow' }), vm('b', { wave: 's', target: 'slow' })];
    expect(plan({ vms, jobs: { fast: both, slow: both } })).toEqual(['slow update s/a', 'slow no-op s/b']);
  });

  it('do not both have a VM, whose job would change its owner with each apply', () => {
    const vms = [vm('a', { wave: 'f', target: 'fast' }), vm('a', { wave: 's', target: 'slow' })];
    expect(plan({ vms, jobs: { fast: both, slow: both } })).not.toContain('slow update s/a');
    // What was not read may be another account.
    expect(plan({ vms, jobs: { slow: both } })).toContain('slow update s/a');
  });

  it.each([
    ['f', 'fast'],
    ['s', 'slow'],
    ['removed', 'fast'],
  ])('delete an undesired job of wave %s once, on %s', (of, on) => {
    const jobs = [...both, inWave('gone', of)];
    const deletes = plan({ jobs: { fast: jobs, slow: jobs } }).filter((line) => line.includes('delete'));
    expect(deletes).toEqual([`${on} delete ${of}/gone`]);
  });

  it('delete a job of a wave that is removed even when the first of them is not planned', () => {
    expect(plan({ jobs: { slow: [...both, inWave('gone', 'removed')] } })).toContain(
      'slow delete removed/gone',
    );
  });
});

describe('two targets that are not one account', () => {
  it('are told apart by the jobs they hold: a wave that moved is deleted where it was', () => {
    const jobs = { fast: [inWave('b', 's', { id: 'j1' })], slow: [inWave('b', 's', { id: 'j2' })] };
    expect(plan({ jobs })).toEqual(['fast create f/a', 'fast delete s/b', 'slow no-op s/b']);
  });

  it.each<[string, Pick<Parts, 'slow' | 'fast'>]>([
    ['region', { slow: { region: 'us-east-1' } }],
    ['endpoint', { slow: { endpoint: 'local' } }],
    [
      'account to assume a role in',
      {
        slow: { assumeRole: 'arn:aws:iam::111111111111:role/landfall' },
        fast: { assumeRole: 'arn:aws:iam::222222222222:role/landfall' },
      },
    ],
    ['account', { slow: { account: '111111111111' }, fast: { account: '222222222222' } }],
  ])('are told apart by their %s where one is not planned', (_, targets) => {
    expect(plan({ ...targets, jobs: { fast: [inWave('b', 's')] } })).toContain('fast delete s/b');
  });

  it('may be one account for all that roles of the same account say', () => {
    const assumeRole = 'arn:aws:iam::111111111111:role/';
    const targets = { slow: { assumeRole: `${assumeRole}slow` }, fast: { assumeRole: `${assumeRole}fast` } };
    expect(plan({ ...targets, jobs: { fast: [inWave('b', 's')] } })).toEqual(['fast create f/a']);
  });
});
