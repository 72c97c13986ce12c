import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { Concern } from '../../src/core/concern.ts';
import { toAddress } from '../../src/core/names.ts';
import type { Plan } from '../../src/core/plan.ts';
import { renderPlanMarkdown } from '../../src/report/plan/markdown.ts';
import { renderPlanText } from '../../src/report/plan/text.ts';
import { planOf, server, vm } from '../plan/plan-input.ts';
import { expectGolden, expectGoldenToFit } from './golden.ts';
import { busyPlan, cutoverPlan, firstPlan, quietPlan, waitingPlan } from './plans.ts';

function render(plan: Plan, { color = false, verbose = false, columns = Infinity } = {}): string {
  return renderPlanText(plan, { colors: picocolors.createColors(color), columns, verbose });
}

describe('a plan on a terminal', () => {
  it('shows changes by target and wave, concerns, capacity and counts', () => {
    expectGolden('plan-busy.txt', render(busyPlan()));
  });

  it('shows everything if asked', () => {
    expectGolden('plan-busy-verbose.txt', render(busyPlan(), { verbose: true }));
  });

  it('colours without changing a character', () => {
    const colored = render(busyPlan(), { color: true });
    expect(stripVTControlCharacters(colored)).toBe(render(busyPlan()));
    expectGolden('plan-busy-color.txt', colored);
  });

  it.each([60, 80, 100, 160])('fits a terminal of %d columns', (columns) => {
    const text = [cutoverPlan(), busyPlan()].map((plan) => render(plan, { columns }));
    expectGoldenToFit(`plan-${columns}.txt`, columns, text.join('\n'));
  });

  it.each([60, 100])('colours a plan of %d columns without changing a character', (columns) => {
    const colored = render(busyPlan(), { color: true, columns });
    expect(stripVTControlCharacters(colored)).toBe(render(busyPlan(), { columns }));
  });

  it('counts what destroys something within its action', () => {
    const text = render(cutoverPlan());
    expect(text).toContain('\n  done  2 to advance (2 destroy)\n');
    expect(text).toContain(
      'Plan: 0 to create, 0 to update, 0 to delete, 4 to advance (2 destroy), 2 deferred, 3 blocked.',
    );
    expect(renderPlanMarkdown(cutoverPlan(), { apply: [] })).toContain(
      '**4 to advance (2 destroy)**, 2 deferred',
    );
  });

  it('stays short where hundreds of VMs wait', () => {
    expectGolden('plan-first.txt', render(firstPlan()));
  });

  it('is one line without changes', () => {
    expect(render(quietPlan())).toBe('No changes. 40 VMs match the manifests (40 seeding).\n');
  });

  it('says in that line what waits and what is refused', () => {
    expectGolden('plan-waiting.txt', render(waitingPlan()));
  });

  it('names a few of many warnings and all critical concerns, unless all are asked for', () => {
    const concerns = (severity: 'warning' | 'critical'): readonly Concern[] =>
      Array.from({ length: 12 }, (_, index) => ({
        id: severity === 'warning' ? 'guest.unknown' : 'guest.unsupported',
        severity,
        message: `os of ${severity} ${index}`,
        remedy: 'say which it is',
      }));
    const plan = { ...quietPlan(), concerns: [...concerns('warning'), ...concerns('critical')] };
    const text = render(plan);
    expect(text.match(/os of critical/g)).toHaveLength(12);
    expect(text.match(/os of warning/g)).toHaveLength(10);
    expect(text).toContain('and 2 more (--verbose shows all)');
    expect(text.match(/fix: say which it is/g)).toHaveLength(2);
    expect(text.indexOf('critical')).toBeLessThan(text.indexOf('warning'));
    expect(render(plan, { verbose: true }).match(/os of warning/g)).toHaveLength(12);
  });

  it.each([
    [2, 'run `landfall apply --replace w1/a-1 --replace w1/a-2`'],
    [5, 'run `landfall apply --replace w1/a-1 .* --replace w1/a-5`'],
    [12, 'run `landfall apply --replace WAVE/VM`; give one --replace for each of these 12 VMs'],
  ])('gives one command for the like concerns of %d VMs', (count, fix) => {
    const concerns = Array.from({ length: count }, (_, index): Concern => {
      const address = toAddress(`w1/a-${index + 1}`);
      const remedy = `run \`landfall apply --replace ${address}\``;
      return { id: 'job.ended', severity: 'warning', message: `${address} has ended`, remedy, address };
    });
    const text = render({ ...quietPlan(), concerns });
    expect(text.match(/fix: /g)).toHaveLength(1);
    expect(text).toMatch(new RegExp(`fix: ${fix}\n`));
    const markdown = renderPlanMarkdown({ ...quietPlan(), concerns }, { apply: [] });
    expect(markdown.replace('`--replace`', '--replace')).toMatch(new RegExp(`Fix: ${fix}\n`));
  });

  it('lets nothing from manifests or AWS reach the terminal as it is', () => {
    const evil = 'x\u001b[31m\u202e\nweb';
    const text = render(
      planOf({
        vms: [
          vm(evil, { wave: evil, target: 'production', settings: { description: evil, [evil]: evil } }),
          vm(evil, { address: toAddress(`${evil}/2`), wave: evil, reference: { name: 'none\u0007' } }),
        ],
        servers: [server(evil)],
        observed: { account: evil },
      }),
    );
    expect(text).not.toMatch(/[^\n\P{C}]/u);
    expect(text).toContain('\\u{1b}');
  });
});
