import { expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { DesiredWave, MaintenanceWindow } from '../../src/core/desired.ts';
import type { Plan } from '../../src/core/plan.ts';
import { planProject } from '../../src/plan/index.ts';
import { gatesOf } from '../../src/plan/schedule/gates.ts';
import { renderPlanJson } from '../../src/report/plan/json.ts';
import { renderPlanMarkdown } from '../../src/report/plan/markdown.ts';
import { renderPlanText } from '../../src/report/plan/text.ts';
import { openWindows } from '../../src/schedule/windows.ts';
import { displayInZone } from '../../src/schedule/zones.ts';
import { planInput, server, vm, wave } from '../plan/plan-input.ts';
import { expectGolden } from './golden.ts';

const HOUR = 3_600_000;
const VMS = { databases: ['db01', 'db02'], identity: ['idp01'], portal: ['app01', 'app02'], old: ['tape01'] };

/** Replications that start in an open window, in turn, after another wave, and not at all. */
function scheduledPlan(later = 0): Plan {
  const waves: readonly DesiredWave[] = [
    { ...wave('databases'), stagger: { every: HOUR, batch: 1 } },
    wave('identity'),
    { ...wave('portal'), dependsOn: [{ wave: 'databases', phase: 'replicate' }] },
    { ...wave('old'), suspend: true },
  ];
  const vms = Object.entries(VMS).flatMap(([of, names]) => names.map((name) => vm(name, { wave: of })));
  const input = planInput({ waves, vms, servers: vms.map(({ reference }) => server(reference.name ?? '')) });
  const window: MaintenanceWindow = {
    ...{ name: 'days', schedule: '0 9 * * *', duration: 6 * HOUR, timeZone: 'America/Los_Angeles' },
    ...{ phases: ['replicate'], waves: ['databases'], strict: false, kind: 'allow' },
    place: { file: 'landfall.yaml', line: 1, column: 1 },
  };
  const windows: readonly MaintenanceWindow[] = [
    window,
    { ...window, name: 'weekends', schedule: '0 22 * * 6', waves: ['identity'] },
    { ...window, name: 'freeze', kind: 'deny', schedule: '0 0 1 * *', waves: ['databases'] },
  ];
  const observed = [...input.observed].map(([name, one]) => [name, { ...one, at: one.at + later }] as const);
  return planProject({
    ...input,
    observed: new Map(observed),
    desired: { ...input.desired, windows },
    makeGates: (all) =>
      gatesOf(all, { openWindows, display: displayInZone }, [{ window: 'freeze', reason: 'CHG0042 | ok' }]),
  });
}

it('a plan says what waits for what, until when it holds, and which windows it sets aside', () => {
  const plan = scheduledPlan();
  expectGolden(
    'plan-schedule.txt',
    renderPlanText(plan, { colors: picocolors.createColors(false), verbose: false }),
  );
  expectGolden('plan-schedule.md', renderPlanMarkdown(plan, { apply: ['landfall', 'apply'] }));
  expect(JSON.parse(renderPlanJson(plan))).toMatchObject({
    valid_until: '2026-12-01T23:00:00Z',
    overrides: [{ window: 'freeze', reason: 'CHG0042 | ok' }],
    changes: [
      { closes_at: '2026-12-01T23:00:00Z' },
      { starts_at: '2026-12-01T19:00:00Z' },
      { held_by: 'time', opens_at: '2026-12-06T06:00:00Z' },
      { held_by: 'suspension' },
      { held_by: 'dependency' },
      { held_by: 'dependency' },
    ],
  });
});

it('a comment of a plan is the same ten minutes later, if nothing has changed', () => {
  const [now, later] = [0, HOUR / 6].map((after) =>
    renderPlanMarkdown(scheduledPlan(after), { apply: ['landfall', 'apply'] }),
  );
  expect(later).toBe(now);
});
