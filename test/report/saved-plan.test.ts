import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { renderPlanJson } from '../../src/report/plan/json.ts';
import { renderSavedPlanText } from '../../src/report/plan/saved.ts';
import { renderPlanText } from '../../src/report/plan/text.ts';
import { busyPlan, quietPlan } from './plans.ts';

const options = { colors: picocolors.createColors(false), verbose: false };

describe('a saved plan that is shown', () => {
  it('is the plan, its time, and whether it still holds', () => {
    const plan = quietPlan();
    expect(renderSavedPlanText(plan, { status: 'fresh', drift: [] }, options)).toBe(
      `${renderPlanText(plan, options)}\nMade 2026-12-01 18:00 UTC. Still fresh: no resource in this plan has changed.\n`,
    );
    const unchecked = { status: 'unchecked', drift: [], reason: 'no \u001b[31m network' } as const;
    expect(renderSavedPlanText(plan, unchecked, options)).toContain(
      'Freshness could not be checked: no \\u{1b}[31m network.',
    );
  });

  it('lists what has moved by what it is about, with nothing raw', () => {
    const about = { target: 'production', address: 'sdsc-01/web\u202e' };
    const drift = [
      { what: 'project', planned: 'a', now: 'b' },
      { target: 'production', what: 'target', planned: 'production' },
      { ...about, what: 'server', planned: 's-1' },
      { ...about, job: 'sms-job-1', what: 'job', planned: 'ucop/sdsc-01' },
      { ...about, job: 'sms-job-2', what: 'job', now: 'nobody' },
      { ...about, job: 'sms-job-3', what: 'frequency', now: 6 },
    ];
    const text = renderSavedPlanText(quietPlan(), { status: 'stale', drift }, options);
    expect(text.slice(text.indexOf('Stale'))).toBe(
      [
        'Stale: 3 resources in this plan have changed; plan again.',
        '  project',
        '    project: a in the plan, b now',
        '  target production',
        '    production no longer exists',
        '  sdsc-01/web\\u{202e} on production',
        '    s-1 no longer exists',
        '    sms-job-1 no longer exists',
        '    sms-job-2 of nobody is new',
        '    sms-job-3 frequency: none in the plan, 6 now',
        '',
      ].join('\n'),
    );
  });

  it('as JSON is the plan of the schema and one key more', () => {
    const plan = busyPlan();
    const drift = [{ what: 'project', planned: 'a', now: 'b' }];
    const { freshness, ...rest } = JSON.parse(renderPlanJson(plan, { status: 'stale', drift })) as Record<
      string,
      unknown
    >;
    expect(freshness).toEqual({ status: 'stale', drift });
    expect(rest).toEqual(JSON.parse(renderPlanJson(plan)));
  });
});
