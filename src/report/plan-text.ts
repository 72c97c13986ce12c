import type { Plan, PlannedTarget } from '../core/plan.ts';
import { hasChanges, runRefusals } from '../core/plan.ts';
import { targetHeading } from './target-heading.ts';
import { groupBy } from './group.ts';
import { capacityLines } from './plan-text-capacity.ts';
import { concernLines } from './plan-text-concerns.ts';
import type { PlanTextOptions } from './plan-text-options.ts';
import { summaryLine } from './plan-text-summary.ts';
import { waveLines } from './plan-text-wave.ts';

/**
 * The plan as a reviewer reads it: changes by target and wave, then concerns, capacity and the counts.
 * A plan without changes is one line, and its concerns. Ends in a newline.
 */
export function renderPlanText(plan: Plan, options: PlanTextOptions): string {
  // Who is refused needs to see what: the reviewer decides whether it is meant.
  const refused = runRefusals(plan).length > 0 || plan.changes.some(({ blockedBy }) => blockedBy.length > 0);
  // Nor is it plain what a VM waits for on its way to its wave's phase; a full cap is, and there may be hundreds behind it.
  const onTheWay = plan.changes.some(
    ({ action, remaining }) => action === 'defer' && remaining !== undefined,
  );
  const whole = hasChanges(plan) || refused || onTheWay || options.verbose;
  const blocks = [
    ...(whole ? plan.targets.map((target) => targetLines(plan, target, options)) : []),
    concernLines(plan.concerns, options),
    whole ? capacityLines(plan.capacity) : [],
    [summaryLine(plan, options.colors)],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function targetLines(plan: Plan, target: PlannedTarget, options: PlanTextOptions): readonly string[] {
  const changes = plan.changes.filter((change) => change.target === target.name);
  const waves = [...groupBy(changes, ({ wave }) => wave)].map(([wave, group]) =>
    waveLines(wave, group, options),
  );
  const shown = waves.filter((lines) => lines.length > 0);
  if (shown.length === 0) return [];
  return [targetHeading(target, options.colors), ...shown.flatMap((lines) => ['', ...lines])];
}
