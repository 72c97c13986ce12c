import type { Settings } from '../../core/desired.ts';
import { DAY, MAX_DESCRIPTION_LENGTH, MAX_SEED_DAYS } from '../../core/limits.ts';
import {
  type RuleFinding,
  type RuleVm,
  type RuleWave,
  type ServiceRule,
  settingBlocks,
} from '../../core/service.ts';
import type { Instant } from '../../core/time.ts';
import { writeMarker } from './marker.ts';

const ADD_SCHEDULE = 'add frequency: 12 (hours, 1 to 24), or runOnce: true';

/** A job of SMS repeats or runs once, never neither (domain: rules of SMS); the schema refuses both in one mapping. */
const exactlyOneSchedule: ServiceRule = {
  id: 'schedule.exactly-one',
  check: (waves) => waves.flatMap(withoutSchedule),
};

/** Finds VMs with neither: one finding for the wave where none of its VMs has a schedule, else one for each VM. */
function withoutSchedule(wave: RuleWave): readonly RuleFinding[] {
  const { name, isDefaultUncertain, vms } = wave;
  const mayBeSet = (isUncertain: (setting: string) => boolean) =>
    isUncertain('frequency') || isUncertain('runOnce');
  if (mayBeSet(isDefaultUncertain)) return [];
  const without = vms.filter(
    ({ settings, isUncertain }) =>
      settings['frequency'] === undefined && settings['runOnce'] !== true && !mayBeSet(isUncertain),
  );
  if (without.length > 1 && without.length === vms.length) {
    const message = `none of the ${vms.length} VMs of the wave ${name} has a frequency or runOnce: true`;
    return [{ wave, path: ['spec', 'defaults'], message, remedy: `under defaults, ${ADD_SCHEDULE}` }];
  }
  const message = 'the VM has neither frequency nor runOnce: true, of its own or from the defaults';
  return without.map((vm) => ({ vm, message, remedy: ADD_SCHEDULE }));
}

/** Warns of seed times that are later than the console of the service allows: the service may refuse them. */
const seedFar: ServiceRule = {
  id: 'schedule.seed-far',
  check: (waves, { defaultTarget, now }) =>
    waves.flatMap((wave) => {
      const { target = defaultTarget } = wave;
      return settingBlocks(wave).flatMap(({ settings, at }) => {
        const text = seedTooFar(settings, now);
        if (text === undefined) return [];
        const place = at('seedReplicationTime');
        return [{ ...place, ...text, ...('wave' in place && target !== undefined && { target }) }];
      });
    }),
};

function seedTooFar(settings: Settings, now: Instant): { message: string; remedy: string } | undefined {
  const { seedReplicationTime } = settings;
  if (seedReplicationTime === undefined) return undefined;
  // The schema allows ISO 8601 only.
  const seed = Date.parse(String(seedReplicationTime));
  if (Number.isNaN(seed) || seed - now <= MAX_SEED_DAYS * DAY) return undefined;
  const days = Math.ceil((seed - now) / DAY);
  return {
    message: `the seed replication is ${days} days ahead; the service takes times up to ${MAX_SEED_DAYS} days ahead`,
    remedy: 'choose an earlier time, or add the VM later',
  };
}

/** A key encrypts nothing unless encryption is on (domain: rules of SMS). Skipped where `encrypted` may be misspelt. */
const kmsKeyUnused: ServiceRule = {
  id: 'encryption.key-unused',
  check: (waves) =>
    vmsOf(waves)
      .filter(
        ({ settings, isUncertain, wave }) =>
          settings['kmsKeyId'] !== undefined &&
          settings['encrypted'] !== true &&
          !isUncertain('encrypted') &&
          !wave.isDefaultUncertain('encrypted'),
      )
      .map((vm) => ({
        vm,
        setting: 'kmsKeyId',
        message: 'kmsKeyId is set, but encrypted is not true: the images would not be encrypted',
        remedy: 'add encrypted: true, or remove kmsKeyId',
      })),
};

/** A marker in a description would give the job another owner, or none (design, rule 1). */
const descriptionMarker: ServiceRule = {
  id: 'description.marker',
  check: (waves) =>
    vmsOf(waves)
      .filter((vm) => /\[landfall:/i.test(descriptionOf(vm)))
      .map((vm) => ({
        vm,
        setting: 'description',
        message: 'the description contains "[landfall:", which marks the owner of a job',
        remedy: 'leave it out: landfall adds the marker itself',
      })),
};

/** The description and the marker after it must fit into the service's field. */
const descriptionTooLong: ServiceRule = {
  id: 'description.too-long',
  check: (waves, { project }) =>
    waves.flatMap((wave) => {
      const room = MAX_DESCRIPTION_LENGTH - ` ${writeMarker({ project, wave: wave.name })}`.length;
      return wave.vms
        .filter((vm) => descriptionOf(vm).length > room)
        .map((vm) => ({
          vm,
          setting: 'description',
          message: `the description has ${descriptionOf(vm).length} characters; with the ownership marker there is room for ${room}`,
          remedy: 'shorten it',
        }));
    }),
};

function vmsOf(waves: readonly RuleWave[]): readonly RuleVm[] {
  return waves.flatMap(({ vms }) => vms);
}

function descriptionOf({ settings }: RuleVm): string {
  return String(settings['description'] ?? '');
}

/** Rules on manifests that apply to AWS SMS only. */
export const smsRules: readonly ServiceRule[] = [
  descriptionMarker,
  descriptionTooLong,
  exactlyOneSchedule,
  kmsKeyUnused,
  seedFar,
];
