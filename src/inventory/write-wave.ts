import { Document, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Settings, SettingValue, VmReference } from '../core/desired.ts';
import { API_VERSION } from '../manifest/schemas.ts';
import { JOB_SETTINGS } from '../manifest/settings.ts';
import { escapeUnseen, hasUnseen, oneLine } from './one-line.ts';

/** A wave as it is to be written. */
export interface WaveText {
  /** Of the JSON Schema, as seen from the file. */
  readonly schema: string;
  /** Lines at the head of the file. */
  readonly heading: readonly string[];
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly adopt: boolean;
  readonly defaults: Settings;
  readonly vms: readonly VmText[];
}

/** A VM as it is to be written; one that is `refused` is written as a comment. */
export interface VmText {
  readonly reference: VmReference;
  readonly os?: string;
  readonly settings: Settings;
  readonly comments: readonly string[];
  readonly refused: boolean;
}

const OPTIONS = {
  lineWidth: 0,
  // Other tools read YAML 1.1, in which `yes` and `12:30` are no text.
  compat: 'yaml-1.1' as const,
  // Text of several lines stands on one, escaped: nothing of it looks like YAML of its own.
  blockQuote: false as const,
  doubleQuotedMinMultiLineLength: Infinity,
};

const IDENTIFIERS = ['name', 'path', 'vmWareUuid', 'vmManagerId', 'vmId', 'serverId'] as const;

/** The text of a wave file; reading it as a manifest gives what went in. Ends in a newline. */
export function writeWave(wave: WaveText): string {
  const { schema, heading, name, labels, target, adopt, defaults, vms } = wave;
  const document = new Document(undefined, { compat: OPTIONS.compat });
  const list = new YAMLSeq<Node>();
  for (const vm of vms) {
    if (vm.refused) continue;
    const node = vmNode(vm);
    if (vm.comments.length > 0) node.commentBefore = commentText(vm.comments);
    list.items.push(node);
  }
  document.contents = mapOf([
    ['apiVersion', text(API_VERSION)],
    ['kind', text('Wave')],
    [
      'metadata',
      mapOf([['name', text(name)], ...(labels.size > 0 ? [['labels', labelsNode(labels)] as const] : [])]),
    ],
    [
      'spec',
      mapOf([
        ...(target === undefined ? [] : [['target', text(target)] as const]),
        ...(adopt ? [['adopt', new Scalar(true)] as const] : []),
        ...(Object.keys(defaults).length === 0 ? [] : [['defaults', mapOf(settingPairs(defaults))] as const]),
        ['vms', list],
      ]),
    ],
  ]);
  const aside = vms.filter(({ refused }) => refused).flatMap(asComment);
  // An empty list has no place for comments of its own.
  if (aside.length > 0 && list.items.length > 0) list.comment = commentText(aside);
  else if (aside.length > 0) document.comment = commentText(aside);
  const head = [`yaml-language-server: $schema=${schema}`, ...heading].map((line) => `# ${oneLine(line)}\n`);
  return head.join('') + finish(document.toString(OPTIONS));
}

function vmNode({ reference, os, settings }: VmText): YAMLMap {
  const pairs: (readonly [string, Node])[] = [];
  for (const key of IDENTIFIERS) {
    const value = reference[key];
    if (value !== undefined) pairs.push([key, text(value)]);
  }
  if (os !== undefined) pairs.push(['os', text(os)]);
  return mapOf([...pairs, ...settingPairs(settings)]);
}

/** A VM that validate would refuse, as the lines that it takes to put it back. */
function asComment(vm: VmText): readonly string[] {
  const document = new Document(undefined, { compat: OPTIONS.compat });
  const list = new YAMLSeq<Node>();
  list.items.push(vmNode(vm));
  document.contents = list;
  return [...vm.comments, ...finish(document.toString(OPTIONS)).trimEnd().split('\n')];
}

function settingPairs(settings: Settings): (readonly [string, Node])[] {
  const flat = JOB_SETTINGS.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, scalar(value)] as const];
  });
  const parts = (['launch', 'replication'] as const).flatMap((part) => {
    const pairs = partPairs(settings, `mgn.${part}.`);
    return pairs.length === 0 ? [] : [[part, mapOf(pairs)] as const];
  });
  return parts.length === 0 ? flat : [...flat, ['mgn', mapOf(parts)]];
}

/** Settings of MGN that are one value; no source tells of others. */
function partPairs(settings: Settings, prefix: string): (readonly [string, Node])[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), scalar(value)] as const] : [],
  );
}

function labelsNode(labels: ReadonlyMap<string, string>): YAMLMap {
  return mapOf([...labels].map(([key, value]) => [key, text(value)] as const));
}

function mapOf(pairs: readonly (readonly [string, Node])[]): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of pairs) map.add({ key: text(key), value });
  return map;
}

function scalar(value: SettingValue): Scalar {
  return typeof value === 'string' ? text(value) : new Scalar(value);
}

function text(value: string): Scalar<string> {
  const node = new Scalar(value);
  if (hasUnseen(value)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${oneLine(line)}`).join('\n');
}

/** What is left of the unseen stands in double quotes, where an escape says the same. */
function finish(written: string): string {
  return written
    .split('\n')
    .map((line) => (hasUnseen(line) ? escapeUnseen(line) : line))
    .join('\n');
}
