import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderPlanHtml } from '../../src/report/plan/html.ts';
import { tries } from '../setup/tries.ts';
import { expectGolden } from './golden.ts';
import { hostilePlan, TRICKS } from './markdown/hostile.ts';
import { busyPlan, cutoverPlan, quietPlan, waitingPlan } from './plans.ts';

const TAG =
  /<(?:!doctype html|html lang="en"|meta [a-z-]+="[^"<>]*"(?: content="[^"<>]*")?|(?:p|th) (?:class|scope)="[a-z]+"|\/?(?:html|head|body|title|style|h1|h2|p|strong|table|caption|thead|tbody|tr|th|td))>/g;

/** The text of a page without its tags, which are those that the page is made of. */
function textOf(page: string): string {
  const text = page.replace(TAG, '');
  expect(text).not.toMatch(/[<>]/);
  return text;
}

describe('a plan as a page', () => {
  it.each([
    ['busy', busyPlan()],
    ['cutover', cutoverPlan()],
    ['quiet', quietPlan()],
    ['waiting', waitingPlan()],
  ])('is plan-%s.html', (name, plan) => {
    const page = renderPlanHtml(plan, { commit: 'a'.repeat(40) });
    if (name === 'busy') expectGolden('plan-busy.html', page);
    const text = textOf(page);
    for (const { address, action } of plan.changes.slice(0, 8))
      if (action !== 'no-op') expect(text).toContain(address.split('/')[1]);
    for (const { id } of plan.concerns) expect(text).toContain(id);
  });

  it('allows its own style only', () => {
    const page = renderPlanHtml(quietPlan(), {});
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/<script|\b(?:style|href|src)=|\son\w+=/);
  });

  it('shows what an attacker has written as text', () => {
    fc.assert(
      fc.property(hostilePlan, fc.constantFrom(...TRICKS), (plan, trick) => {
        textOf(renderPlanHtml({ ...plan, overrides: [{ window: trick, reason: trick }] }, { commit: trick }));
      }),
      tries(60),
    );
  });
});
