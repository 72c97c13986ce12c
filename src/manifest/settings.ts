import type { Settings, SettingValue } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import { formatInstant, type Instant } from '../core/time.ts';
import { isMap, mapAt, type Path, type Value, type ValueMap } from './yaml/node.ts';

/** The job settings of a manifest that are one value, by the API's names and in the order in which they are kept. */
export const JOB_SETTINGS = [
  'app',
  'description',
  'encrypted',
  'frequency',
  'kmsKeyId',
  'licenseType',
  'nextReplicationRunStartTime',
  'numberOfRecentAmisToKeep',
  'roleName',
  'runOnce',
  'seedReplicationTime',
] as const;
export type JobSetting = (typeof JOB_SETTINGS)[number];

const TIME_SETTINGS: ReadonlySet<string> = new Set<JobSetting>([
  'seedReplicationTime',
  'nextReplicationRunStartTime',
]);

/** The job settings among the keys of a mapping, times in landfall's own spelling, those of MGN flat behind the others. */
export function readSettings(map: ValueMap): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of JOB_SETTINGS) {
    const value = map[name];
    if (typeof value === 'string') settings[name] = TIME_SETTINGS.has(name) ? normalizeTime(value) : value;
    else if (typeof value === 'number' || typeof value === 'boolean') settings[name] = value;
  }
  return Object.assign(settings, readMgnSettings(map));
}

function normalizeTime(text: string): string {
  const instant = parseInstant(text);
  return instant === undefined ? text : formatInstant(instant);
}

/**
 * A VM's settings laid over the wave's defaults. frequency and runOnce are one choice: a VM that makes it undoes
 * the other of the defaults. `runOnce: false` says no more than leaving it out.
 */
export function mergeSettings(defaults: Settings, own: Settings): Settings {
  const merged: Record<string, SettingValue> = {};
  for (const name of JOB_SETTINGS) {
    const value = own[name] ?? (isOverruled(name, own) ? undefined : defaults[name]);
    if (value !== undefined && !(name === 'runOnce' && value === false)) merged[name] = value;
  }
  return Object.assign(merged, mergeMgnSettings(defaults, own));
}

function isOverruled(name: JobSetting, own: Settings): boolean {
  if (name === 'frequency') return own['runOnce'] === true;
  return name === 'runOnce' && own['frequency'] !== undefined;
}

const DISK_PREFIX = 'mgn.replication.replicatedDisks.';
const TAG_PREFIX = 'mgn.replication.stagingAreaTags.';

/**
 * What stands under the key `mgn` of a mapping, flat: `mgn.launch.bootMode`, a setting for each tag
 * (`mgn.replication.stagingAreaTags.<Key>`) and for each thing said of a disk
 * (`mgn.replication.replicatedDisks.<deviceName>.iops`); lists of text sorted and joined by ', '. Sorted by name.
 */
export function readMgnSettings(map: ValueMap): Settings {
  const mgn = mapAt(map, 'mgn');
  const flat: [string, SettingValue][] = [];
  for (const part of ['launch', 'replication']) {
    for (const [key, value] of Object.entries(mapAt(mgn, part))) {
      flat.push(...flatten(`mgn.${part}.${key}`, value));
    }
  }
  return Object.fromEntries(flat.sort(([a], [b]) => byText(a, b)));
}

function flatten(name: string, value: Value): [string, SettingValue][] {
  if (isMap(value))
    return Object.entries(value).flatMap(([key, each]) => scalarEntry(`${name}.${key}`, each));
  if (!Array.isArray(value)) return scalarEntry(name, value);
  if (`${name}.` === DISK_PREFIX) return value.flatMap((disk) => (isMap(disk) ? flattenDisk(disk) : []));
  const texts = value.filter((each) => typeof each === 'string');
  return [[name, [...new Set(texts)].sort(byText).join(', ')]];
}

function flattenDisk({ deviceName, ...settings }: ValueMap): [string, SettingValue][] {
  if (typeof deviceName !== 'string') return [];
  return Object.entries(settings).flatMap(([key, value]) =>
    scalarEntry(`${DISK_PREFIX}${deviceName}.${key}`, value),
  );
}

function scalarEntry(name: string, value: Value): [string, SettingValue][] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[name, value]]
    : [];
}

/** A VM's MGN settings over the defaults', one by one; a list of disks takes the place of the whole other list. */
export function mergeMgnSettings(defaults: Settings, own: Settings): Settings {
  const ownDisks = Object.keys(own).some(isDiskSetting);
  const kept = Object.entries(defaults).filter(
    ([name]) => isMgnSetting(name) && !(ownDisks && isDiskSetting(name)),
  );
  const merged = new Map([...kept, ...Object.entries(own).filter(([name]) => isMgnSetting(name))]);
  return Object.fromEntries([...merged].sort(([a], [b]) => byText(a, b)));
}

export function isMgnSetting(name: string): boolean {
  return name.startsWith('mgn.');
}

function isDiskSetting(name: string): boolean {
  return name.startsWith(DISK_PREFIX);
}

/** Where a setting stands in the mapping of a VM or of defaults. */
export function settingPath(name: string): Path {
  if (isDiskSetting(name)) return DISK_PREFIX.split('.').slice(0, -1);
  if (name.startsWith(TAG_PREFIX))
    return [...TAG_PREFIX.split('.').slice(0, -1), name.slice(TAG_PREFIX.length)];
  return isMgnSetting(name) ? name.split('.') : [name];
}

/** Settings of SMS that MGN does not have: what it does instead, and what to do (domain: what a manifest says, on each service). */
export const SMS_ONLY = {
  frequency: { instead: 'replicates all the time', todo: 'remove it' },
  nextReplicationRunStartTime: { instead: 'replicates all the time', todo: 'remove it' },
  numberOfRecentAmisToKeep: {
    instead: 'keeps no AMIs, and launches instances from the latest snapshot',
    todo: 'remove it',
  },
  roleName: { instead: 'works with roles of its own, which `landfall mgn init` sets up', todo: 'remove it' },
  runOnce: {
    instead: 'replicates until the VM is cut over',
    todo: 'remove it, and move the wave on with spec.phase',
  },
  seedReplicationTime: {
    instead: 'begins to replicate with the apply',
    todo: 'remove it, and add the VM to the wave when it is to begin',
  },
} as const satisfies Partial<Record<JobSetting, { instead: string; todo: string }>>;

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))$/;

/**
 * The instant that ISO 8601 text with `Z` or an offset stands for; seconds may be left out, as in the AWS
 * command line. Undefined for text of another form, and for dates there are not, such as 30 February.
 */
export function parseInstant(text: string): Instant | undefined {
  const [, year, month, day, hour, minute, second, offsetHour, offsetMinute] = (
    ISO_8601.exec(text) ?? []
  ).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return undefined;
  const inRange = (value: number | undefined, limit: number) => !(value !== undefined && value >= limit);
  if (!inRange(hour, 24) || !inRange(minute, 60) || !inRange(second, 60)) return undefined;
  if (!inRange(offsetHour, 24) || !inRange(offsetMinute, 60)) return undefined;
  return Date.parse(text);
}

export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined;
}
