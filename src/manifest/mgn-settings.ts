import type { Settings, SettingValue } from '../core/desired.ts';
import { byText } from '../core/order.ts';
import { isMap, mapAt, type Value, type ValueMap } from './schema/value.ts';
import type { Path } from './yaml/node.ts';

const DISKS = 'mgn.replication.replicatedDisks.';
const TAGS = 'mgn.replication.stagingAreaTags.';

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
  if (isMap(value)) return Object.entries(value).flatMap(([key, each]) => scalar(`${name}.${key}`, each));
  if (!Array.isArray(value)) return scalar(name, value);
  if (`${name}.` === DISKS) return value.flatMap((disk) => (isMap(disk) ? flattenDisk(disk) : []));
  const texts = value.filter((each) => typeof each === 'string');
  return [[name, [...new Set(texts)].sort(byText).join(', ')]];
}

function flattenDisk({ deviceName, ...settings }: ValueMap): [string, SettingValue][] {
  if (typeof deviceName !== 'string') return [];
  return Object.entries(settings).flatMap(([key, value]) => scalar(`${DISKS}${deviceName}.${key}`, value));
}

function scalar(name: string, value: Value): [string, SettingValue][] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[name, value]]
    : [];
}

/** A VM's MGN settings over the defaults', one by one; a list of disks takes the place of the whole other list. */
export function mergeMgnSettings(defaults: Settings, own: Settings): Settings {
  const ownDisks = Object.keys(own).some(isOfDisk);
  const kept = Object.entries(defaults).filter(
    ([name]) => isMgnSetting(name) && !(ownDisks && isOfDisk(name)),
  );
  const merged = new Map([...kept, ...Object.entries(own).filter(([name]) => isMgnSetting(name))]);
  return Object.fromEntries([...merged].sort(([a], [b]) => byText(a, b)));
}

export function isMgnSetting(name: string): boolean {
  return name.startsWith('mgn.');
}

function isOfDisk(name: string): boolean {
  return name.startsWith(DISKS);
}

/** Where a setting stands in the mapping of a VM or of defaults. */
export function settingPath(name: string): Path {
  if (isOfDisk(name)) return DISKS.split('.').slice(0, -1);
  if (name.startsWith(TAGS)) return [...TAGS.split('.').slice(0, -1), name.slice(TAGS.length)];
  return isMgnSetting(name) ? name.split('.') : [name];
}
