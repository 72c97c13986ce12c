import type { Concern } from '../../core/concern.ts';
import type { Settings } from '../../core/desired.ts';
import type { RuleInput, UncertaintyCheck, Wave } from '../model.ts';
import { parseInstant } from '../settings.ts';
import { concernAt, type Rule, vmConcern } from './rule.ts';

const DAY_MS = 24 * 3600 * 1000;
/** How far ahead the console of the service lets one choose (domain: rules of SMS). */
const MAX_SEED_DISTANCE = 30 * DAY_MS;

const BOTH_SCHEDULES = {
  message: 'frequency and runOnce: true are both set: a job either repeats or runs once',
  remedy: 'remove one of the two',
};
const ADD_SCHEDULE = 'add frequency: 12 (hours, 1 to 24), or runOnce: true';

/** A job of SMS repeats or runs once, never both or neither (domain: rules of SMS). */
export const exactlyOneSchedule: Rule = {
  id: 'schedule.exactly-one',
  check: ({ waves, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'sms')
      .flatMap((wave) => [...withBothSchedules(wave), ...withoutSchedule(wave)]),
};

/** Both in one mapping. A VM that sets one of them overrides the other of the defaults, so that is never both. */
function withBothSchedules({ origin, defaults, vms }: Wave): Concern[] {
  const isBoth = (settings: Settings) => settings['frequency'] !== undefined && settings['runOnce'] === true;
  const ofDefaults = isBoth(defaults)
    ? [concernAt('schedule.exactly-one', origin, ['spec', 'defaults', 'runOnce'], BOTH_SCHEDULES)]
    : [];
  const ofVms = vms.filter(({ own }) => isBoth(own));
  return [
    ...ofDefaults,
    ...ofVms.map((vm) => vmConcern('schedule.exactly-one', vm, 'runOnce', BOTH_SCHEDULES)),
  ];
}

/** Neither, which only a mapping without doubt can tell: said once where no VM of the wave has a schedule, else of each that has none. */
function withoutSchedule({ origin, name, isDefaultUncertain: defaultsDoubt, vms }: Wave): Concern[] {
  const inDoubt = (doubt: UncertaintyCheck) => doubt('frequency') || doubt('runOnce');
  if (inDoubt(defaultsDoubt)) return [];
  const without = vms.filter(
    ({ settings, isUncertain: doubt }) =>
      settings['frequency'] === undefined && settings['runOnce'] !== true && !inDoubt(doubt),
  );
  if (without.length > 1 && without.length === vms.length) {
    const message = `none of the ${vms.length} VMs of the wave ${name} has a frequency or runOnce: true`;
    const remedy = `under defaults, ${ADD_SCHEDULE}`;
    return [concernAt('schedule.exactly-one', origin, ['spec', 'defaults'], { message, remedy })];
  }
  const message = 'the VM has neither frequency nor runOnce: true, of its own or from the defaults';
  return without.map((vm) =>
    vmConcern('schedule.exactly-one', vm, undefined, { message, remedy: ADD_SCHEDULE }),
  );
}

/** The service may refuse a seed time that its own console would not offer. */
export const seedFar: Rule = {
  id: 'schedule.seed-far',
  check: ({ waves, project, now, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'sms')
      .flatMap(({ origin, target = project?.defaultTarget, defaults, vms }) => [
        ...seedTooFar(defaults, now).map((words) => ({
          ...concernAt('schedule.seed-far', origin, ['spec', 'defaults', 'seedReplicationTime'], words),
          ...(target !== undefined && { target }),
        })),
        ...vms.flatMap((vm) =>
          seedTooFar(vm.own, now).map((words) =>
            vmConcern('schedule.seed-far', vm, 'seedReplicationTime', words),
          ),
        ),
      ]),
};

function seedTooFar(settings: Settings, now: RuleInput['now']): { message: string; remedy: string }[] {
  const seed = parseInstant(String(settings['seedReplicationTime']));
  if (seed === undefined || seed - now <= MAX_SEED_DISTANCE) return [];
  const days = Math.ceil((seed - now) / DAY_MS);
  const message = `the seed replication is ${days} days ahead; the service takes times up to 30 days ahead`;
  return [{ message, remedy: 'choose an earlier time, or add the VM later' }];
}
