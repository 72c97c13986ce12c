import type { Settings, SettingValue } from '../core/desired.ts';
import { byText } from '../core/lists.ts';
import type { SettingRule } from '../core/service.ts';
import { formatInstant, parseInstant } from '../core/time.ts';
import { SERVICES } from '../providers/registry.ts';
import { isMap, mapAt, type Path, type Value, type ValueMap } from './yaml/node.ts';

/** Keys under which services have settings of their own: `mgn`. */
const BLOCKS = SERVICES.flatMap(({ block }) => block ?? []);
export const BLOCK_KEYS: readonly string[] = BLOCKS.map(({ key }) => key);

const ALL_RULES = SERVICES.flatMap(({ settings }) => settings);
const FLAT_RULES = new Map<string, SettingRule>(
  ALL_RULES.filter(({ name }) => blockOf(name) === undefined).map((rule) => [rule.name, rule]),
);
const FAMILIES = ALL_RULES.filter(({ family }) => family === true);
/** Families that a manifest writes as lists of mappings. */
const LISTS = FAMILIES.filter(({ itemKey }) => itemKey !== undefined);

/** The settings of all services outside of their blocks, by the APIs' names and in the order in which they are kept. */
export const JOB_SETTINGS: readonly string[] = [...FLAT_RULES.keys()].sort(byText);
const JOB_RULES = JOB_SETTINGS.flatMap((name) => FLAT_RULES.get(name) ?? []);

/** The key of the block that a setting is in: `mgn` of `mgn.launch.bootMode`; undefined: it is in none. */
export function blockOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : BLOCK_KEYS.find((key) => key.length === dot && name.startsWith(key));
}

/** Reads the job settings of a mapping, with times in landfall's own form; settings of blocks come after the others. */
export function readSettings(map: ValueMap): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const { name, type } of JOB_RULES) {
    const value = map[name];
    if (value === undefined) continue;
    if (typeof value === 'string') settings[name] = type === 'time' ? normalizeTime(value) : value;
    else if (typeof value === 'number' || typeof value === 'boolean') settings[name] = value;
  }
  return hasBlock(map) ? Object.assign(settings, readBlocks(map)) : settings;
}

/** Whether a mapping has settings in a block of a service. */
export function hasBlock(map: ValueMap): boolean {
  return BLOCK_KEYS.some((key) => map[key] !== undefined);
}

function normalizeTime(text: string): string {
  const instant = parseInstant(text);
  return instant === undefined ? text : formatInstant(instant);
}

/**
 * Merges the wave's defaults and a VM's own settings, which take precedence. If a VM sets one of two settings that exclude
 * each other, the default of the other is left out; `false` means the same as leaving the setting out. A list of mappings
 * replaces the whole list of the defaults.
 */
export function mergeSettings(defaults: Settings, own: Settings): Settings {
  const merged: Record<string, SettingValue> = {};
  for (const { name, excludes } of JOB_RULES) {
    const isOverridden = excludes !== undefined && isGiven(own[excludes]);
    const value = own[name] ?? (isOverridden ? undefined : defaults[name]);
    if (value !== undefined && (excludes === undefined || isGiven(value))) merged[name] = value;
  }
  const inBlock = (name: string): boolean => blockOf(name) !== undefined;
  if (!Object.keys(own).some(inBlock) && !Object.keys(defaults).some(inBlock)) return merged;
  const isReplaced = (name: string) => {
    const list = LISTS.find((rule) => name.startsWith(`${rule.name}.`));
    return list !== undefined && Object.keys(own).some((each) => each.startsWith(`${list.name}.`));
  };
  const inBlocks = new Map([
    ...Object.entries(defaults).filter(([name]) => inBlock(name) && !isReplaced(name)),
    ...Object.entries(own).filter(([name]) => inBlock(name)),
  ]);
  return Object.assign(merged, Object.fromEntries([...inBlocks].sort(([a], [b]) => byText(a, b))));
}

function isGiven(value: SettingValue | undefined): boolean {
  return value !== undefined && value !== false;
}

/**
 * Reads the services' blocks of a mapping as flat settings, sorted by name: `mgn.launch.bootMode`; one setting for each
 * key of a family (`mgn.replication.stagingAreaTags.<Key>`) and for each key of an item of a list
 * (`mgn.replication.replicatedDisks.<deviceName>.iops`); lists of texts sorted and joined by `, `.
 */
export function readBlocks(map: ValueMap): Settings {
  if (!hasBlock(map)) return {};
  const flat = BLOCKS.flatMap(({ key: block, parts }) =>
    parts.flatMap((part) =>
      Object.entries(mapAt(mapAt(map, block), part)).flatMap(([key, value]) =>
        flatten(`${block}.${part}.${key}`, value),
      ),
    ),
  );
  return Object.fromEntries(flat.sort(([a], [b]) => byText(a, b)));
}

/** Reads the settings of a wave itself from its `spec`, as flat settings: `mgn.waveName`. */
export function readWaveSettings(spec: ValueMap): Settings {
  return Object.fromEntries(
    BLOCKS.flatMap(({ key, ofWave }) =>
      ofWave.flatMap((name) => scalarEntry(`${key}.${name}`, mapAt(spec, key)[name] ?? null)),
    ),
  );
}

function flatten(name: string, value: Value): [string, SettingValue][] {
  if (isMap(value)) return Object.entries(value).flatMap(([key, each]) => flatten(`${name}.${key}`, each));
  if (!Array.isArray(value)) return scalarEntry(name, value);
  const itemKey = LISTS.find((rule) => rule.name === name)?.itemKey;
  if (itemKey !== undefined)
    return value.flatMap((item) => (isMap(item) ? flattenItem(name, itemKey, item) : []));
  const texts = value.filter((each) => typeof each === 'string');
  return [[name, [...new Set(texts)].sort(byText).join(', ')]];
}

function flattenItem(name: string, itemKey: string, item: ValueMap): [string, SettingValue][] {
  const { [itemKey]: id, ...settings } = item;
  if (typeof id !== 'string') return [];
  return Object.entries(settings).flatMap(([key, value]) =>
    // A mapping in an item: the parameters of a document, each a text or a list of texts in their order.
    isMap(value)
      ? Object.entries(value).flatMap(([inner, each]) =>
          scalarEntry(
            `${name}.${id}.${key}.${inner}`,
            Array.isArray(each) ? each.filter((one) => typeof one === 'string').join(', ') : each,
          ),
        )
      : scalarEntry(`${name}.${id}.${key}`, value),
  );
}

function scalarEntry(name: string, value: Value): [string, SettingValue][] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[name, value]]
    : [];
}

/** Finds items that a list of a VM or of defaults contains twice, each with the path of its second occurrence. */
export function repeatedItems(map: ValueMap): readonly { readonly item: string; readonly path: Path }[] {
  return LISTS.flatMap(({ name, itemKey = '' }) => {
    const path = name.split('.');
    const list = path.slice(0, -1).reduce<ValueMap>(mapAt, map)[path.at(-1) ?? ''];
    const items = Array.isArray(list) ? list.map((item) => (isMap(item) ? item[itemKey] : undefined)) : [];
    return items.flatMap((item, index) =>
      typeof item === 'string' && items.indexOf(item) < index
        ? [{ item, path: [...path, index, itemKey] }]
        : [],
    );
  });
}
