import {
  type Desired,
  type DesiredWave,
  isEarlierPhase,
  type Phase,
  PHASES,
  type Target,
} from '../core/desired.ts';
import { LandfallError } from '../core/error.ts';
import { byText } from '../core/lists.ts';
import type { ServiceDefinition } from '../core/service.ts';
import { didYouMean } from '../core/suggest.ts';
import { toInstant } from '../schedule/zones.ts';

/** What can be set, as people write it. */
const WAVE_KEYS = ['limits.activeReplications', 'phase', 'cutover.at', 'priority', 'suspend'] as const;
const TARGET_KEYS = [
  'limits.activeReplications',
  'limits.activeJobs',
  'limits.serversInJobs',
  'limits.bandwidthMbps',
] as const;

/** Tells what the service of a target is called, and the phases that it does not have, each with what to do. */
type PhasesOn = (target: string) => Pick<ServiceDefinition, 'title' | 'unsupportedPhases'>;

/**
 * Returns the manifests with other values, for a forecast.
 * @param values `waves.portal.priority=10`, `targets.local.limits.activeReplications=20`
 * @param phasesOn refuses phases; absent: all can be set
 * @throws LandfallError USAGE for a path or a value that cannot be, with the one that is meant
 */
export function withValues(desired: Desired, values: readonly string[], phasesOn?: PhasesOn): Desired {
  return values.reduce((sofar, setting) => withValue(sofar, setting, phasesOn), desired);
}

function withValue(desired: Desired, setting: string, phasesOn?: PhasesOn): Desired {
  const [, kind = '', name = '', key = '', value = ''] =
    /^([^.=]*)\.([^.=]*)\.([^=]*)=(.*)$/s.exec(setting) ?? [];
  const whole = JSON.stringify(setting);
  if (kind === 'waves') {
    const wave = find(desired.waves, name, 'wave', whole);
    const changed = changeWave(wave, oneOf(WAVE_KEYS, key, whole), value, whole);
    const service = key === 'phase' ? phasesOn?.(wave.target) : undefined;
    const remedy = service?.unsupportedPhases[changed.phase ?? 'replicate'];
    if (service !== undefined && remedy !== undefined)
      throw refuse(whole, `cannot be: phase "${value}" is not supported on ${service.title}`, remedy);
    return { ...desired, waves: desired.waves.map((one) => (one === wave ? changed : one)) };
  }
  if (kind === 'targets') {
    const target = find(desired.targets, name, 'target', whole);
    const limit = oneOf(TARGET_KEYS, key, whole).slice('limits.'.length);
    const changed: Target = {
      ...target,
      limits: { ...target.limits, [limit]: wholeNumber(value, 1, whole) },
    };
    return { ...desired, targets: desired.targets.map((one) => (one === target ? changed : one)) };
  }
  throw refuse(whole, 'is no value to set', 'write waves.NAME.KEY=VALUE or targets.NAME.KEY=VALUE');
}

function changeWave(
  wave: DesiredWave,
  key: (typeof WAVE_KEYS)[number],
  value: string,
  whole: string,
): DesiredWave {
  switch (key) {
    case 'limits.activeReplications':
      return { ...wave, limits: { ...wave.limits, activeReplications: wholeNumber(value, 1, whole) } };
    case 'phase':
      return withPhase(wave, oneOf(PHASES, value, whole));
    case 'priority':
      return { ...wave, priority: wholeNumber(value, Number.MIN_SAFE_INTEGER, whole) };
    case 'suspend': {
      if (oneOf(['true', 'false'], value, whole) === 'true') return { ...wave, suspend: true };
      return withoutSuspend(wave);
    }
    case 'cutover.at': {
      const { timeZone = 'UTC', at: before, until, ...others } = wave.cutover ?? {};
      const time = toInstant(value, timeZone);
      if (time.kind !== 'instant')
        throw refuse(
          whole,
          `has no time of ${timeZone}`,
          'write it as 2026-12-05T22:00:00, or with its offset',
        );
      const duration = until === undefined || before === undefined ? undefined : until - before;
      const { at } = time;
      return {
        ...wave,
        cutover: { ...others, timeZone, at, ...(duration !== undefined && { until: at + duration }) },
      };
    }
  }
}

function withoutSuspend(wave: DesiredWave): DesiredWave {
  const copy: { -readonly [Key in keyof DesiredWave]: DesiredWave[Key] } = { ...wave };
  delete copy.suspend;
  return copy;
}

/** Sets a phase. An earlier one than its `cutover` is about would be overridden by that: the time is then left out. */
function withPhase(wave: DesiredWave, phase: Phase): DesiredWave {
  const { cutover, ...others } = wave;
  const isKept = cutover !== undefined && !isEarlierPhase(phase, 'cutover');
  return { ...others, phase, ...(isKept && { cutover }) };
}

function find<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
  what: string,
  whole: string,
): T {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name).toSorted(byText);
  throw refuse(
    whole,
    `names no ${what} of the project`,
    didYouMean(name, names, `write one of ${names.join(', ')}`),
  );
}

function oneOf<T extends string>(all: readonly T[], text: string, whole: string): T {
  const found = all.find((one) => one === text);
  if (found !== undefined) return found;
  const remedy = didYouMean(text, all, `write one of ${all.join(', ')}`);
  throw refuse(whole, `has ${JSON.stringify(text)}, which cannot be set`, remedy);
}

function wholeNumber(text: string, least: number, whole: string): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < least)
    throw refuse(
      whole,
      `has the value ${JSON.stringify(text)}`,
      least === 1 ? 'give a whole number from 1 up' : 'give a whole number',
    );
  return value;
}

function refuse(whole: string, problem: string, remedy: string): LandfallError {
  return new LandfallError('USAGE', `--set ${whole} ${problem}`, { remedy });
}
