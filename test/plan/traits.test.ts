// What a provider may say of itself that not every one does: families of settings, costs of a change, no replacing, and
// accounts that are not set up.
import { describe, expect, it } from '@jest/globals';
import type { DesiredVm, Settings } from '../../src/core/desired.ts';
import type { FieldRule, ProviderTraits } from '../../src/core/provider.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { changeOf, job, planOf, raised, short, traitsOf, vm } from './plan-input.ts';

const RULES: readonly FieldRule[] = [
  { name: 'tags', change: 'update', family: true },
  { name: 'key', change: 'update', effect: 'forces_resync' },
  { name: 'tag', change: 'update' },
];

/** A provider that never deletes and recreates a job. */
const CONTINUOUS: ProviderTraits = {
  ...traitsOf(RULES),
  replace: { refusal: 'a source server cannot be replaced', remedy: 'leave --replace out' },
};

function planWith(desired: Settings, observed: Settings, input: Partial<PlanInput> = {}) {
  const web: DesiredVm = vm('web', { settings: desired });
  return planOf({
    vms: [web],
    servers: ['web'],
    jobs: [job('web', { settings: observed })],
    input: { traits: new Map([['production', CONTINUOUS]]), ...input },
  });
}

const WEB = 'sdsc-01/web';

describe('a family of settings', () => {
  it('is compared name by name: what git leaves out stays, and its prefix is no setting', () => {
    const plan = planWith(
      { 'tags.owner': 'scrum', 'tags.new': 'x', 'tags.same': '1', tags: 'no', tagsy: 'no' },
      { 'tags.owner': 'kanban', 'tags.theirs': 'stays', 'tags.same': '1' },
    );
    expect(changeOf(plan, WEB).fields).toEqual([
      { field: 'tags.new', after: 'x' },
      { field: 'tags.owner', before: 'kanban', after: 'scrum' },
    ]);
    expect(changeOf(plan, WEB).settings).toMatchObject({ 'tags.theirs': 'stays', 'tags.owner': 'scrum' });
  });
});

describe('the cost of a change', () => {
  it('is shown with the change, by the name of the setting', () => {
    expect(changeOf(planWith({ key: 'new', tag: 'a' }, { key: 'old', tag: 'b' }), WEB).effects).toEqual([
      'forces_resync: key',
    ]);
    expect(changeOf(planWith({ tag: 'a' }, { tag: 'b' }), WEB).effects).toEqual([]);
  });

  it('is shown where the job is adopted along the way', () => {
    const { id, server, state } = job('web');
    const jobs = [{ id, server, state, settings: { key: 'old' } }];
    const vms = [vm('web', { settings: { key: 'new' }, adopt: true })];
    const traits = new Map([['production', CONTINUOUS]]);
    const plan = planOf({ vms, servers: ['web'], jobs, input: { traits } });
    expect(changeOf(plan, WEB).effects).toEqual(['forces_resync: key']);
  });
});

describe('a service whose jobs cannot be replaced', () => {
  it('refuses --replace, and says why', () => {
    const plan = planWith({ key: 'new' }, { key: 'old' }, { replace: (name) => name === 'web' });
    expect(short(plan)).toEqual([`replace ${WEB} blocked by replace.not-possible`]);
    expect(plan.concerns).toMatchObject([
      { id: 'replace.not-possible', severity: 'critical', message: 'a source server cannot be replaced' },
    ]);
    expect(plan.summary).toMatchObject({ replace: 0, blocked: 1 });
  });

  it('replaces no job that has failed', () => {
    const plan = planOf({
      vms: [vm('web', { settings: { key: 'new' } })],
      servers: ['web'],
      jobs: [job('web', { state: 'failed', settings: { key: 'old' } })],
      input: { traits: new Map([['production', CONTINUOUS]]) },
    });
    expect(short(plan)).toEqual([`no-op ${WEB}`]);
  });
});

describe('an account that is not set up', () => {
  const words = (target: string) => ({ message: `nothing on ${target}`, remedy: `set up ${target}` });
  const TEMPLATE = { id: 'account.no-template', describe: words } as const;
  const CLIENT = { id: 'account.no-vcenter-client', describe: words } as const;

  it('says what it lacks, and holds creates back where none could work', () => {
    const plan = planOf({
      vms: [vm('web')],
      servers: ['web'],
      observed: { missingSetup: [TEMPLATE, CLIENT] },
    });
    expect(short(plan)).toEqual([`create ${WEB} blocked by account.no-template`]);
    expect(raised(plan)).toEqual(['account.no-template', 'account.no-vcenter-client']);
    expect(plan.concerns).toMatchObject(Array(2).fill(words('production')));
    expect(plan.capacity).toMatchObject([{ starting: 0 }]);
  });

  it('goes on where something is lacking that a create can do without', () => {
    const plan = planOf({ vms: [vm('web')], servers: ['web'], observed: { missingSetup: [CLIENT] } });
    expect(short(plan)).toEqual([`create ${WEB}`]);
  });
});
