import type { Desired } from '../../core/desired.ts';
import type { PlanInput } from '../../plan/input.ts';

/**
 * Loads what makes the gates of a project's plans; nothing where nothing of it waits for a window, a time or a wave: most
 * projects have neither, and load no calendar.
 */
export async function loadGates(desired: Desired): Promise<Pick<PlanInput, 'makeGates'>> {
  if (!isScheduled(desired)) return {};
  const [{ gatesOf }, { openWindows }, { displayInZone }] = await Promise.all([
    import('../../plan/schedule/gates.ts'),
    import('../../schedule/windows.ts'),
    import('../../schedule/zones.ts'),
  ]);
  return { makeGates: (input) => gatesOf(input, { openWindows, display: displayInZone }) };
}

function isScheduled({ windows = [], waves, vms }: Desired): boolean {
  const waits = ({ dependsOn, suspend, cutover, stagger }: Desired['waves'][number]): boolean =>
    [dependsOn, suspend, cutover, stagger].some((each) => each !== undefined);
  return windows.length > 0 || waves.some(waits) || vms.some(({ after = [] }) => after.length > 0);
}
