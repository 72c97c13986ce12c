import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Plan } from '../../src/core/plan.ts';
import { planProject } from '../../src/plan/index.ts';
import { renderPlanJson } from '../../src/report/plan/json.ts';
import { job, planOf, vm } from '../plan/plan-input.ts';
import { samples } from '../plan/samples.ts';
import { expectGolden } from './golden.ts';
import { busyPlan, firstPlan, quietPlan, waitingPlan } from './plans.ts';
import { shippedSchema } from './shipped-schema.ts';

const strict = shippedSchema('plan', 'forbidden');

function parse(plan: Plan): Record<string, unknown> {
  const data: unknown = JSON.parse(renderPlanJson(plan));
  expect(strict(data) ? [] : strict.errors).toEqual([]);
  return data as Record<string, unknown>;
}

describe('a plan as JSON', () => {
  it.each([
    ['plan-busy.json', busyPlan()],
    ['plan-first.json', firstPlan()],
    ['plan-quiet.json', quietPlan()],
    ['plan-waiting.json', waitingPlan()],
  ])('is %s, and fits the schema', (name, plan) => {
    parse(plan);
    if (name !== 'plan-first.json') expectGolden(name, renderPlanJson(plan));
  });

  it('fits the schema whatever the plan', () => {
    fc.assert(
      fc.property(samples, ({ input }) => {
        parse(planProject(input));
      }),
    );
  });

  it('says before and after as Terraform does', () => {
    const plan = planOf({
      vms: [
        vm('created'),
        vm('once', { settings: { runOnce: true } }),
        vm('same'),
        vm('slower', { settings: { frequency: 24 } }),
        vm('waits'),
      ],
      servers: ['created', 'once', 'same', 'slower', 'waits'],
      jobs: ['gone', 'once', 'same', 'slower'].map((name) => job(name)),
      limit: 4,
    });
    const { changes, has_changes } = parse(plan);
    expect(has_changes).toBe(true);
    expect(
      (changes as { address: string; id?: string; change: object }[]).map((c) => [c.address, c.id, c.change]),
    ).toEqual([
      [
        'sdsc-01/created',
        undefined,
        { actions: ['create'], before: null, after: { frequency: 12, licenseType: 'BYOL' } },
      ],
      [
        'sdsc-01/gone',
        'sms-job-gone',
        { actions: ['delete'], before: { frequency: 12, licenseType: 'BYOL' }, after: null },
      ],
      [
        'sdsc-01/once',
        'sms-job-once',
        { actions: ['delete', 'create'], before: { runOnce: false }, after: { runOnce: true } },
      ],
      ['sdsc-01/same', 'sms-job-same', { actions: ['no-op'], before: {}, after: {} }],
      [
        'sdsc-01/slower',
        'sms-job-slower',
        { actions: ['update'], before: { frequency: 12 }, after: { frequency: 24 } },
      ],
      [
        'sdsc-01/waits',
        undefined,
        { actions: ['defer'], before: null, after: { frequency: 12, licenseType: 'BYOL' } },
      ],
    ]);
  });
});

it('tells all settings before and after a change, not only those that change', () => {
  const plan = planOf({
    vms: [
      vm('new'),
      vm('once', { settings: { runOnce: true } }),
      vm('slower', { settings: { frequency: 24 } }),
    ],
    servers: ['new', 'once', 'slower', 'gone'],
    jobs: ['gone', 'once', 'slower'].map((name) => job(name)),
  });
  const all = { frequency: 12, licenseType: 'BYOL' };
  const { changes } = parse(plan);
  expect((changes as { action: string; settings: object }[]).map((c) => [c.action, c.settings])).toEqual([
    ['delete', { before: all, after: null }],
    ['create', { before: null, after: all }],
    ['replace', { before: all, after: { runOnce: true } }],
    ['update', { before: all, after: { frequency: 24, licenseType: 'BYOL' } }],
  ]);
});

describe('the schema', () => {
  const plan = JSON.parse(renderPlanJson(busyPlan())) as Record<string, object[]>;

  it('lets keys of later minor versions pass', () => {
    const later = {
      ...plan,
      format_version: '1.7',
      extra: 1,
      changes: [{ ...plan['changes']?.[0], extra: 1 }],
    };
    expect(shippedSchema('plan', 'allowed')(later)).toBe(true);
    expect(strict(later)).toBe(false);
  });

  it.each([
    ['another major version', { format_version: '2.0' }],
    ['a time that is none', { timestamp: 'yesterday' }],
    ['no summary', { summary: undefined }],
    ['an action that is none', { changes: [{ ...plan['changes']?.[0], change: { actions: ['destroy'] } }] }],
    ['a line without a file', { concerns: [{ id: 'x', severity: 'warning', message: 'm', line: 1 }] }],
    ['a negative count', { capacity: [{ ...plan['capacity']?.[0], starting: -1 }] }],
  ])('refuses %s', (_, change) => {
    expect(shippedSchema('plan', 'allowed')({ ...plan, ...change })).toBe(false);
  });
});
