import type { SettingValue } from '../../core/desired.ts';
import type { SettingRule, SettingsOf } from '../../core/service.ts';
import { readDescription, writeDescription } from './marker.ts';

/** The role of a job that names none (domain, rules). */
export const DEFAULT_ROLE = 'sms';

/** Every setting of a job of SMS, and how an existing job can be changed. */
export const smsSettings = [
  // Free text: a job keeps its description if the manifest has none.
  { name: 'description', type: 'text', change: 'update', compare: compareDescriptions },
  // Domain, rules: a job is encrypted only on request.
  { name: 'encrypted', type: 'boolean', change: 'update', default: false },
  // Domain, rules: exactly one of frequency and runOnce; without frequency the job runs once, and the change of
  // runOnce shows that.
  {
    name: 'frequency',
    type: 'number',
    change: 'update',
    excludes: 'runOnce',
    column: { column: 'schedule', text: 'every {} h' },
  },
  { name: 'kmsKeyId', type: 'text', change: 'update', compare: compareKeys },
  {
    name: 'licenseType',
    type: 'text',
    change: 'update',
    column: { column: 'licence', text: '{}' },
    compare: compareLicences,
  },
  {
    name: 'nextReplicationRunStartTime',
    type: 'time',
    change: 'update',
    changedByService: true,
    compare: compareNextRuns,
  },
  // Domain, rules: "0 (default) keeps all".
  { name: 'numberOfRecentAmisToKeep', type: 'number', change: 'update', default: 0 },
  // Domain, rules: "roleName defaults to sms".
  { name: 'roleName', type: 'text', change: 'update', default: DEFAULT_ROLE },
  // Domain, operations: "runOnce cannot be changed: delete and create again".
  {
    name: 'runOnce',
    type: 'boolean',
    change: 'replace',
    default: false,
    excludes: 'frequency',
    column: { column: 'schedule', text: 'once' },
  },
  // Domain, operations: required to create a job, not a parameter of an update.
  {
    name: 'seedReplicationTime',
    type: 'time',
    change: 'create-only',
    column: { column: 'start', text: 'starts {}' },
  },
] as const satisfies readonly SettingRule[];

export type SmsSettings = SettingsOf<(typeof smsSettings)[number]>;

type Compare = NonNullable<SettingRule['compare']>;

/** Compares descriptions. The mark of a cut-over leaves less room for the text, whose end may have been cut off. */
function compareDescriptions({ desired, observed, job }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired === undefined || desired === observed) return 'same';
  if (job.owner === undefined) return 'differs';
  const { text } = readDescription(writeDescription(String(desired), job.owner, job));
  return text === observed ? 'same' : 'differs';
}

/**
 * Compares licences. Founding document, Licensing: Auto means the licence that fits the operating system, so it equals
 * the one that the service chose, unless another one fits the manifest's `os`. Domain, licence types: no update changes
 * a job back to Auto.
 */
function compareLicences({ desired, observed, vm }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (desired !== undefined && desired !== 'Auto') return desired === observed ? 'same' : 'differs';
  const auto = vm.autoLicenseType;
  if (auto === undefined || observed === undefined || observed === auto) return 'same';
  return {
    unchangeable: 'licence.auto-in-place',
    message: `Auto would choose licenseType ${auto} for ${vm.os ?? 'this system'}, and the job has ${String(observed)}`,
    remedy: `write licenseType: ${auto} to change the job in place, ${String(observed)} to keep it, or run with --replace ${vm.address}`,
  };
}

/**
 * Compares keys. Domain, rules: a key has no effect without `encrypted`; an update can set a key, but not remove it.
 */
function compareKeys({ desired, observed, vm }: Parameters<Compare>[0]): ReturnType<Compare> {
  if (vm.settings['encrypted'] !== true) return 'same';
  if (desired === undefined && observed === undefined) return 'same';
  if (desired === undefined) {
    return {
      unchangeable: 'field.not-in-place',
      message: `the job is encrypted with kmsKeyId ${String(observed)}, and the service cannot take a key off a job`,
      remedy: `write the key into the manifest, or run with --replace ${vm.address} to use the default key`,
    };
  }
  return observed !== undefined && isSameKey(String(desired), String(observed)) ? 'same' : 'differs';
}

/**
 * Compares the time of the next run. Founding document: "Update replication after initial seed has completed". An update
 * can set it to a future time; a time in the past has no further effect.
 */
function compareNextRuns({ desired, observed, vm, job, now }: Parameters<Compare>[0]): ReturnType<Compare> {
  const repeats = vm.settings['runOnce'] !== true && job.settings['runOnce'] !== true;
  const seeded = job.latestAmiId !== undefined;
  if (!isAfter(desired, now) || !repeats || !seeded) return 'same';
  return desired === observed ? 'same' : 'differs';
}

function isAfter(time: SettingValue | undefined, now: number): boolean {
  return time !== undefined && Date.parse(String(time)) > now;
}

/**
 * Whether two ways to name a KMS key mean the same one: an id or alias, and the ARN that ends in it
 * (domain: kmsKeyId is a key id, an alias or an ARN of either). Which key an alias refers to is known only to AWS.
 */
function isSameKey(one: string, other: string): boolean {
  return one === other || isArnOf(one, other) || isArnOf(other, one);
}

/** `arn:aws:kms:us-west-2:123456789012:` + `key/` + id, or + `alias/…`. */
function isArnOf(arn: string, name: string): boolean {
  if (!arn.startsWith('arn:')) return false;
  const resource = arn.split(':').slice(5).join(':');
  return resource === name || resource === `key/${name}`;
}
