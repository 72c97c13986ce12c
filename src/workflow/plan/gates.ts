import type { Desired } from '../../core/desired.ts';
import { LandfallError } from '../../core/error.ts';
import type { WindowOverride } from '../../core/plan.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { PlanInput } from '../../plan/input.ts';

/** Windows that a run sets aside, and why: both or neither. */
interface OverrideOptions {
  readonly overrideWindow?: readonly string[];
  readonly reason?: string;
  /** The reason may be theirs. */
  readonly overridePolicy?: readonly string[];
}

/**
 * Loads what makes the gates of a project's plans; nothing where nothing of it waits for a window, a time or a wave: most
 * projects have neither, and load no calendar.
 * @throws LandfallError USAGE for a window to override that the project does not have, or without a reason
 */
export async function loadGates(
  desired: Desired,
  options: OverrideOptions = {},
): Promise<Pick<PlanInput, 'makeGates'>> {
  const overrides = overridesOf(desired, options);
  if (!isScheduled(desired)) return {};
  const [{ gatesOf }, { openWindows }, { displayInZone }] = await Promise.all([
    import('../../plan/schedule/gates.ts'),
    import('../../schedule/windows.ts'),
    import('../../schedule/zones.ts'),
  ]);
  return { makeGates: (input) => gatesOf(input, { openWindows, display: displayInZone }, overrides) };
}

function isScheduled({ windows = [], waves, vms }: Desired): boolean {
  const waits = ({ dependsOn, suspend, cutover, stagger }: Desired['waves'][number]): boolean =>
    [dependsOn, suspend, cutover, stagger].some((each) => each !== undefined);
  return windows.length > 0 || waves.some(waits) || vms.some(({ after = [] }) => after.length > 0);
}

function overridesOf(
  { windows = [] }: Desired,
  { overrideWindow = [], overridePolicy = [], reason = '' }: OverrideOptions,
): readonly WindowOverride[] {
  const [first] = overrideWindow;
  const isUnused = first === undefined && overridePolicy.length === 0;
  // Of a policy without a reason, `loadPolicies` says so.
  if (reason.trim() === '' ? first !== undefined : isUnused)
    throw new LandfallError('USAGE', '--override-window and --reason go together', {
      remedy: 'give both: the name of the window, and why it does not hold for this run',
    });
  const names = windows.map(({ name }) => name);
  return [...new Set(overrideWindow)].map((window) => {
    if (names.includes(window)) return { window, reason };
    throw new LandfallError('USAGE', `the project has no window ${JSON.stringify(window)}`, {
      remedy: didYouMean(
        window,
        names,
        names.length === 0
          ? 'remove --override-window: the project has no windows'
          : `it has ${names.join(', ')}`,
      ),
    });
  });
}
