import type { Settings, SettingValue } from '../core/desired.ts';
import { formatInstant } from '../core/instant.ts';
import { parseInstant } from './instant.ts';
import { mergeMgnSettings, readMgnSettings } from './mgn-settings.ts';
import type { ValueMap } from './schema/value.ts';

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

const TIMES: ReadonlySet<string> = new Set<JobSetting>([
  'seedReplicationTime',
  'nextReplicationRunStartTime',
]);

/** The job settings among the keys of a mapping, times in landfall's own spelling, those of MGN flat behind the others. */
export function readSettings(map: ValueMap): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of JOB_SETTINGS) {
    const value = map[name];
    if (typeof value === 'string') settings[name] = TIMES.has(name) ? normalTime(value) : value;
    else if (typeof value === 'number' || typeof value === 'boolean') settings[name] = value;
  }
  return Object.assign(settings, readMgnSettings(map));
}

function normalTime(text: string): string {
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
