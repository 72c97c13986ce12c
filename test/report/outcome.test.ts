import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { ApplyOutcome, ChangeResult } from '../../src/core/apply-result.ts';
import { type ExecutableChange, isExecutable, type Plan } from '../../src/core/plan.ts';
import { renderOutcomeJson, renderOutcomeText } from '../../src/report/apply/outcome.ts';
import { expectGolden } from './golden.ts';
import { busyPlan, quietPlan } from './plans.ts';

const colors = picocolors.createColors(false);
const render = (plan: Plan, outcome: ApplyOutcome): string => renderOutcomeText(plan, outcome, { colors });

function done(change: ExecutableChange): ChangeResult {
  const id = change.action === 'create' ? { id: `sms-job-new-${change.address}` } : {};
  return { status: 'done', change, ...id, milliseconds: 312 };
}

/** An apply of the busy plan in which much goes wrong. */
function troubledOutcome(plan: Plan): ApplyOutcome {
  const results = plan.changes.filter(isExecutable).map((change): ChangeResult => {
    const milliseconds = 1530;
    if (change.address === 'sdsc-01/slower') {
      return { status: 'failed', change, code: 'INTERNAL', message: 'no \u001b[31m table', milliseconds };
    }
    if (change.action === 'update') {
      const message = `the service is busy with ${change.id}`;
      return { status: 'failed', change, code: 'THROTTLED', message, remedy: 'apply again', milliseconds };
    }
    if (change.wave === 'oak-02') {
      return { status: 'not-tried', change, reason: 'a delete that frees its slot failed' };
    }
    return done(change);
  });
  return { results, interrupted: true, milliseconds: 125_400 };
}

describe('the outcome of an apply', () => {
  it('is one line where all is well', () => {
    const plan = { ...busyPlan(), summary: quietPlan().summary };
    const results = plan.changes.filter(isExecutable).map(done);
    expect(render(plan, { results, interrupted: false, milliseconds: 4249 })).toBe(
      'Applied: 6 created, 3 updated, 1 replaced, 2 deleted in 4.2 s.\n',
    );
  });

  it('says what failed and what to do, what was not tried and why, and what is left', () => {
    const plan = busyPlan();
    expectGolden('outcome-troubled.txt', render(plan, troubledOutcome(plan)));
    expectGolden(
      'outcome-troubled.json',
      renderOutcomeJson({ exitCode: 6, plan, outcome: troubledOutcome(plan) }),
    );
  });

  it('says so if nothing was done', () => {
    const plan = quietPlan();
    expect(render(plan, { results: [], interrupted: false, milliseconds: 0 })).toBe(
      'Applied: nothing in 0.0 s.\n',
    );
    expect(
      JSON.parse(
        renderOutcomeJson({
          exitCode: 0,
          plan,
          outcome: { results: [], interrupted: false, milliseconds: 0 },
        }),
      ),
    ).toEqual({
      format_version: '1.1',
      exit_code: 0,
      plan_checksum: plan.checksum,
      interrupted: false,
      duration_ms: 0,
      results: [],
      summary: {
        created: 0,
        updated: 0,
        replaced: 0,
        deleted: 0,
        advanced: 0,
        already_there: 0,
        failed: 0,
        not_tried: 0,
        deferred: 0,
        blocked: 0,
      },
    });
  });

  it('names the target only where there are several', () => {
    const plan = busyPlan();
    const [change] = plan.changes.filter(isExecutable);
    if (change === undefined) throw new Error('no change');
    const result = { status: 'failed', change, code: 'C', message: 'm', milliseconds: 1 } as const;
    const outcome = { results: [result], interrupted: false, milliseconds: 1 };
    expect(render(plan, outcome)).toContain('  production gone-wave/old-app: m\n');
    expect(render({ ...plan, targets: plan.targets.slice(0, 1) }, outcome)).toContain(
      '  gone-wave/old-app: m\n',
    );
  });
});
