import type { DesiredWave } from '../../core/desired.ts';
import type { Address } from '../../core/names.ts';
import { toInstant } from '../../schedule/zones.ts';
import type { Vm, Wave } from '../model.ts';
import { DEPENDENCY_RULES, vmsByName } from './dependencies.ts';
import { TIME_RULES } from './times.ts';

export { windowsOf } from './windows.ts';

/** The rules on what manifests say of time and order. */
export const SCHEDULE_RULES = [...DEPENDENCY_RULES, ...TIME_RULES];

type Timing = Pick<DesiredWave, 'dependsOn' | 'priority' | 'suspend' | 'cutover' | 'stagger' | 'owner'>;

/** Returns what a wave without errors wants of time and order, with every default filled in. */
export function waveTiming({ timing, phase = 'replicate' }: Wave): Timing {
  if (timing === undefined) return {};
  const { dependsOn, cutover, ...others } = timing;
  const { at, duration, timeZone = 'UTC', finalizeAfter } = cutover ?? {};
  const time = at === undefined ? undefined : toInstant(at, timeZone);
  const start = time?.kind === 'instant' ? time.at : undefined;
  return {
    ...others,
    ...(dependsOn !== undefined && {
      dependsOn: dependsOn.map((each) => ({ wave: each.wave, phase: each.phase ?? phase })),
    }),
    ...(cutover !== undefined && {
      cutover: {
        timeZone,
        ...(start !== undefined && { at: start }),
        ...(start !== undefined && duration !== undefined && { until: start + duration }),
        ...(finalizeAfter !== undefined && { finalizeAfter }),
      },
    }),
  };
}

/** Returns the addresses of the VMs that a VM without errors waits for. */
export function predecessorsOf({ wave, after = [] }: Vm): readonly Address[] {
  const byName = vmsByName(wave);
  return after.flatMap((name) => byName.get(name) ?? []).map(({ address }) => address);
}
