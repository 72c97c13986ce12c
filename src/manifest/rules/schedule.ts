import type { Concern } from '../../core/concern.ts';
import type { Settings } from '../../core/desired.ts';
import { concern, vmConcern } from '../concern.ts';
import type { Doubt } from '../doubt.ts';
import { parseInstant } from '../instant.ts';
import type { Wave, World } from '../model.ts';
import type { Rule } from './rule.ts';

const DAY = 24 * 3600 * 1000;
/** How far ahead the console of the service lets one choose (domain: rules of SMS). */
const FAR = 30 * DAY;

const BOTH = {
  message: 'frequency and runOnce: true are both set: a job either repeats or runs once',
  remedy: 'remove one of the two',
};
const NEITHER = 'add frequency: 12 (hours, 1 to 24), or runOnce: true';

/** A job of SMS repeats or runs once, never both or neither (domain: rules of SMS). */
export const exactlyOneSchedule: Rule = {
  id: 'schedule.exactly-one',
  check: ({ waves, providerOf }) =>
    waves.filter((wave) => providerOf(wave) === 'sms').flatMap((wave) => [...both(wave), ...neither(wave)]),
};

/** Both in one mapping. A VM that sets one of them overrides the other of the defaults, so that is never both. */
function both({ origin, defaults, vms }: Wave): Concern[] {
  const isBoth = (settings: Settings) => settings['frequency'] !== undefined && settings['runOnce'] === true;
  const ofDefaults = isBoth(defaults)
    ? [concern('schedule.exactly-one', origin, ['spec', 'defaults', 'runOnce'], BOTH)]
    : [];
  const ofVms = vms.filter(({ own }) => isBoth(own));
  return [...ofDefaults, ...ofVms.map((vm) => vmConcern('schedule.exactly-one', vm, 'runOnce', BOTH))];
}

/** Neither, which only a mapping without doubt can tell: said once where no VM of the wave has a schedule, else of each that has none. */
function neither({ origin, name, defaultsDoubt, vms }: Wave): Concern[] {
  const inDoubt = (doubt: Doubt) => doubt('frequency') || doubt('runOnce');
  if (inDoubt(defaultsDoubt)) return [];
  const without = vms.filter(
    ({ settings, doubt }) =>
      settings['frequency'] === undefined && settings['runOnce'] !== true && !inDoubt(doubt),
  );
  if (without.length > 1 && without.length === vms.length) {
    const message = `none of the ${vms.length} VMs of the wave ${name} has a frequency or runOnce: true`;
    const remedy = `under defaults, ${NEITHER}`;
    return [concern('schedule.exactly-one', origin, ['spec', 'defaults'], { message, remedy })];
  }
  const message = 'the VM has neither frequency nor runOnce: true, of its own or from the defaults';
  return without.map((vm) => vmConcern('schedule.exactly-one', vm, undefined, { message, remedy: NEITHER }));
}

/** The service may refuse a seed time that its own console would not offer. */
export const seedFar: Rule = {
  id: 'schedule.seed-far',
  check: ({ waves, project, now, providerOf }) =>
    waves
      .filter((wave) => providerOf(wave) === 'sms')
      .flatMap(({ origin, target = project?.defaultTarget, defaults, vms }) => [
        ...farWords(defaults, now).map((words) => ({
          ...concern('schedule.seed-far', origin, ['spec', 'defaults', 'seedReplicationTime'], words),
          ...(target !== undefined && { target }),
        })),
        ...vms.flatMap((vm) =>
          farWords(vm.own, now).map((words) =>
            vmConcern('schedule.seed-far', vm, 'seedReplicationTime', words),
          ),
        ),
      ]),
};

function farWords(settings: Settings, now: World['now']): { message: string; remedy: string }[] {
  const seed = parseInstant(String(settings['seedReplicationTime']));
  if (seed === undefined || seed - now <= FAR) return [];
  const days = Math.ceil((seed - now) / DAY);
  const message = `the seed replication is ${days} days ahead; the service takes times up to 30 days ahead`;
  return [{ message, remedy: 'choose an earlier time, or add the VM later' }];
}
