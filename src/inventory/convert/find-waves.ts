import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import { entriesOf, type Entry } from './spans.ts';

/** A mapping with settings: the defaults of a wave, or one of its VMs. */
export interface SettingsMapping {
  readonly path: readonly (string | number)[];
  readonly map: YAMLMap;
  readonly entries: readonly Entry[];
  /** The name of the VM, or another identifier. */
  readonly vm?: string;
}

/** A wave in the text. */
export interface ParsedWave {
  readonly document: Document.Parsed;
  /** The index among the documents of the file that are not empty. */
  readonly index: number;
  readonly name: string;
  /** As written. */
  readonly target: string | undefined;
  readonly phase: string | undefined;
  /** The offset of the key `spec`. */
  readonly specStart: number;
  readonly spec: YAMLMap;
  readonly specEntries: readonly Entry[];
  readonly settingsMappings: readonly SettingsMapping[];
}

/** Parses the documents of a well-formed text, with all that is needed to change them in place. Leaves out empty ones. */
export function parseDocuments(text: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    keepSourceTokens: true,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  if ('empty' in documents) return [];
  return documents.filter(({ contents }) => !isEmptyDocument(contents));
}

function isEmptyDocument(contents: ParsedNode | null): boolean {
  return (
    contents === null ||
    (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1])
  );
}

/** Finds the waves among the documents. */
export function findWaves(documents: readonly Document.Parsed[]): ParsedWave[] {
  return documents.flatMap((document, index) => {
    const at = (entries: readonly Entry[], key: string) => resolved(document, valueOf(entries, key));
    const root = document.contents;
    if (!isMap(root)) return [];
    const top = entriesOf(root);
    const spec = at(top, 'spec');
    if (textOf(at(top, 'kind')) !== 'Wave' || !isMap(spec)) return [];
    const metadata = at(top, 'metadata');
    const specEntries = entriesOf(spec);
    return [
      {
        document,
        index,
        name: (isMap(metadata) ? textOf(at(entriesOf(metadata), 'name')) : undefined) ?? '?',
        target: textOf(at(specEntries, 'target')),
        phase: textOf(at(specEntries, 'phase')),
        specStart: top.find(({ key }) => key === 'spec')?.start ?? 0,
        spec,
        specEntries,
        settingsMappings: settingsMappingsOf(document, specEntries),
      },
    ];
  });
}

function settingsMappingsOf(document: Document.Parsed, spec: readonly Entry[]): SettingsMapping[] {
  const settingsMappings: SettingsMapping[] = [];
  const defaults = resolved(document, valueOf(spec, 'defaults'));
  if (isMap(defaults))
    settingsMappings.push({ path: ['spec', 'defaults'], map: defaults, entries: entriesOf(defaults) });
  const vms = resolved(document, valueOf(spec, 'vms'));
  const items = isSeq(vms) ? (vms.items as ParsedNode[]) : [];
  for (const [index, item] of items.entries()) {
    const map = resolved(document, item);
    if (!isMap(map)) continue;
    const entries = entriesOf(map);
    const label = ['name', 'path', 'vmWareUuid', 'serverId', 'vmId']
      .map((key) => textOf(resolved(document, valueOf(entries, key))))
      .find((text) => text !== undefined);
    settingsMappings.push({ path: ['spec', 'vms', index], map, entries, vm: label ?? `VM ${index + 1}` });
  }
  return settingsMappings;
}

function valueOf(entries: readonly Entry[], key: string): ParsedNode | null | undefined {
  return entries.find((entry) => entry.key === key)?.value;
}

/** Returns the node of an alias. */
function resolved(document: Document.Parsed, node: ParsedNode | null | undefined): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
