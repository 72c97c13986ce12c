import { INVISIBLE, replaceInvisible } from '../core/text.ts';
import { Document, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { ReplicationKind, Settings, SettingValue, VmReference } from '../core/desired.ts';
import type { SettingRule } from '../core/service.ts';
import { API_VERSION } from '../manifest/schemas.ts';
import { JOB_SETTINGS } from '../manifest/settings.ts';
import { SERVICES } from '../providers/registry.ts';

/** The content of a wave file. */
interface WaveContent {
  /** The path of the JSON Schema, relative to the file. */
  readonly schema: string;
  /** The first lines of the file, as comments. */
  readonly heading: readonly string[];
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly adopt: boolean;
  /** How all of its VMs replicate; absent: the VMs say it, where they must. */
  readonly replication?: ReplicationKind;
  /** The settings of the wave itself: `mgn.waveName`. Absent: none. */
  readonly ofWave?: Settings;
  readonly defaults: Settings;
  readonly vms: readonly VmContent[];
}

/** A VM of a wave file; a VM that is `refused` is written as a comment. */
export interface VmContent {
  readonly reference: VmReference;
  readonly replication?: ReplicationKind;
  readonly os?: string;
  readonly sizeGiB?: number;
  readonly settings: Settings;
  readonly comments: readonly string[];
  readonly refused: boolean;
}

const OPTIONS = {
  lineWidth: 0,
  // Other tools read YAML 1.1, in which `yes` and `12:30` are not text.
  compat: 'yaml-1.1' as const,
  // Text with several lines is escaped on one line, so that no part of it looks like YAML.
  blockQuote: false as const,
  doubleQuotedMinMultiLineLength: Infinity,
};

const IDENTIFIERS = ['name', 'path', 'vmWareUuid', 'vmManagerId', 'vmId', 'serverId'] as const;

/** Writes the text of a wave file, which the manifest reader reads back unchanged. Ends in a newline. */
export function writeWave(wave: WaveContent): string {
  const { schema, heading, name, labels, target, adopt, replication, ofWave = {}, defaults, vms } = wave;
  const document = new Document(undefined, { compat: OPTIONS.compat });
  const list = new YAMLSeq<Node>();
  for (const vm of vms) {
    if (vm.refused) continue;
    const node = vmNode(vm);
    if (vm.comments.length > 0) node.commentBefore = commentText(vm.comments);
    list.items.push(node);
  }
  document.contents = mapNode([
    ['apiVersion', textNode(API_VERSION)],
    ['kind', textNode('Wave')],
    [
      'metadata',
      mapNode([
        ['name', textNode(name)],
        ...(labels.size > 0 ? [['labels', labelsNode(labels)] as const] : []),
      ]),
    ],
    [
      'spec',
      mapNode([
        ...(target === undefined ? [] : [['target', textNode(target)] as const]),
        ...(adopt ? [['adopt', new Scalar(true)] as const] : []),
        ...(replication === undefined ? [] : [['replication', textNode(replication)] as const]),
        ...BLOCKS.flatMap(({ key }) => {
          const pairs = pairsUnder(ofWave, `${key}.`);
          return pairs.length === 0 ? [] : [[key, mapNode(pairs)] as const];
        }),
        ...(Object.keys(defaults).length === 0
          ? []
          : [['defaults', mapNode(settingPairs(defaults))] as const]),
        ['vms', list],
      ]),
    ],
  ]);
  const aside = vms.filter(({ refused }) => refused).flatMap(vmAsComment);
  // An empty list cannot have comments inside.
  if (aside.length > 0 && list.items.length > 0) list.comment = commentText(aside);
  else if (aside.length > 0) document.comment = commentText(aside);
  const head = [`yaml-language-server: $schema=${schema}`, ...heading].map(
    (line) => `# ${toOneLine(line)}\n`,
  );
  return head.join('') + escapeLines(document.toString(OPTIONS));
}

function vmNode({ reference, replication, os, sizeGiB, settings }: VmContent): YAMLMap {
  const pairs: (readonly [string, Node])[] = [];
  for (const key of IDENTIFIERS) {
    const value = reference[key];
    if (value !== undefined) pairs.push([key, textNode(value)]);
  }
  if (replication !== undefined) pairs.push(['replication', textNode(replication)]);
  if (os !== undefined) pairs.push(['os', textNode(os)]);
  if (sizeGiB !== undefined) pairs.push(['sizeGiB', new Scalar(sizeGiB)]);
  return mapNode([...pairs, ...settingPairs(settings)]);
}

/** Writes a VM that `validate` would refuse as comment lines; without the signs, they are its entry. */
function vmAsComment(vm: VmContent): readonly string[] {
  const document = new Document(undefined, { compat: OPTIONS.compat });
  const list = new YAMLSeq<Node>();
  list.items.push(vmNode(vm));
  document.contents = list;
  return [...vm.comments, ...escapeLines(document.toString(OPTIONS)).trimEnd().split('\n')];
}

/** Returns settings as the mapping that a manifest has. */
export function settingsAsValue(settings: Settings): unknown {
  const document = new Document();
  document.contents = mapNode(settingPairs(settings));
  return document.toJS();
}

const BLOCKS = SERVICES.flatMap(({ block }) => block ?? []);

function settingPairs(settings: Settings): (readonly [string, Node])[] {
  const flat = JOB_SETTINGS.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, scalarNode(value)] as const];
  });
  const blocks = BLOCKS.flatMap(({ key, parts }) => {
    const nodes = parts.flatMap((part) => {
      const pairs = pairsUnder(settings, `${key}.${part}.`);
      return pairs.length === 0 ? [] : [[part, mapNode(pairs)] as const];
    });
    return nodes.length === 0 ? [] : [[key, mapNode(nodes)] as const];
  });
  return [...flat, ...blocks];
}

/** Writes the settings with a prefix: single values, families of mappings, families of lists, and lists of texts. */
function pairsUnder(settings: Settings, prefix: string): (readonly [string, Node])[] {
  const inside = Object.entries(settings).filter(([name]) => name.startsWith(prefix));
  const children = new Map<string, [string, SettingValue][]>();
  for (const [name, value] of inside) {
    const [child = ''] = name.slice(prefix.length).split('.');
    children.set(child, [...(children.get(child) ?? []), [name, value]]);
  }
  return [...children].map(([child, entries]) => {
    const name = `${prefix}${child}`;
    const rule = RULES.find((each) => each.name === name);
    const [[first, value] = ['', '']] = entries;
    if (rule?.family === true) return [child, familyNode(rule, entries)];
    if (first !== name) return [child, mapNode(pairsUnder(Object.fromEntries(entries), `${name}.`))];
    return [child, rule?.type === 'list' ? listNode(value) : scalarNode(value)];
  });
}

function listNode(value: SettingValue): Node {
  const list = new YAMLSeq<Node>();
  list.items.push(...String(value).split(', ').map(textNode));
  return list;
}

/** Writes a setting of a mapping in an item, which is a text or a list of texts. */
function textsNode(value: SettingValue): Node {
  return String(value).includes(', ') ? listNode(value) : scalarNode(value);
}

const RULES = SERVICES.flatMap((service) => service.settings);
const LISTS = RULES.filter(({ itemKey }) => itemKey !== undefined);

/** Finds the list of mappings that has a setting: the row of the list. */
export function listOf(setting: string): SettingRule | undefined {
  return LISTS.find(({ name }) => setting.startsWith(`${name}.`));
}

/** Returns what a setting is a part of: an item of a list of mappings, or itself. */
export function unitOf(setting: string): string {
  const list = listOf(setting);
  return list === undefined ? setting : `${list.name}.${itemPath(list, setting)[0]}`;
}

/** Splits the name of a setting in a list of mappings: the name of the item, and the keys in it. */
function itemPath({ name, itemPath: split }: SettingRule, setting: string): readonly [string, ...string[]] {
  const key = setting.slice(name.length + 1);
  // The name of an item may hold dots, the key of a setting does not.
  const dot = key.lastIndexOf('.');
  return split?.(key) ?? [key.slice(0, dot), key.slice(dot + 1)];
}

/** Writes a family as the manifest does: as a mapping, or as a list of mappings. */
function familyNode(rule: SettingRule, entries: readonly (readonly [string, SettingValue])[]): Node {
  const { name, itemKey } = rule;
  if (itemKey === undefined)
    return mapNode(entries.map(([full, value]) => [full.slice(name.length + 1), scalarNode(value)]));
  const items = new Map<string, YAMLMap>();
  for (const [full, value] of entries) {
    const [item, ...keys] = itemPath(rule, full);
    const node = items.get(item) ?? mapNode([[itemKey, textNode(item)]]);
    items.set(item, node);
    let inner = node;
    for (const key of keys.slice(0, -1)) {
      const known = inner.get(key);
      const next = known instanceof YAMLMap ? known : new YAMLMap();
      if (next !== known) inner.add({ key: textNode(key), value: next });
      inner = next;
    }
    inner.add({
      key: textNode(keys.at(-1) ?? ''),
      value: inner === node ? scalarNode(value) : textsNode(value),
    });
  }
  const list = new YAMLSeq<Node>();
  list.items.push(...items.values());
  return list;
}

function labelsNode(labels: ReadonlyMap<string, string>): YAMLMap {
  return mapNode([...labels].map(([key, value]) => [key, textNode(value)] as const));
}

function mapNode(pairs: readonly (readonly [string, Node])[]): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of pairs) map.add({ key: textNode(key), value });
  return map;
}

function scalarNode(value: SettingValue): Scalar {
  return typeof value === 'string' ? textNode(value) : new Scalar(value);
}

function textNode(value: string): Scalar<string> {
  const node = new Scalar(value);
  if (INVISIBLE.test(value) || value.search(PLACEHOLDER) >= 0) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

/** The beginning of a placeholder of a template, which a manifest may have only as an escape (yaml.template). */
const PLACEHOLDER = /\{(?=[{%])|\$(?=\{)|<(?=%)/g;

function asEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16)}`;
}

function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${toOneLine(line)}`).join('\n');
}

/** Escapes the remaining invisible characters; they are all in double quotes. */
function escapeLines(written: string): string {
  return written
    .split('\n')
    .map((line) => (INVISIBLE.test(line) ? escapeInvisible(line) : line))
    .map((line) => (line.trimStart().startsWith('#') ? line : line.replace(PLACEHOLDER, asEscape)))
    .join('\n');
}

/** Longest comment, in characters: cells can have any size. */
const MAX_COMMENT = 500;

/** Makes a text a comment of one line: no character in it can end the comment. */
function toOneLine(text: string): string {
  const cut = text.length > MAX_COMMENT ? `${text.slice(0, MAX_COMMENT)}… (${text.length} characters)` : text;
  return escapeInvisible(cut);
}

/** Writes each invisible character, including line feeds, as an escape of double-quoted YAML. */
function escapeInvisible(text: string): string {
  return replaceInvisible(text, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}
