import type { DroppedSetting, TargetChange } from '../../core/inventory.ts';
import type { ServiceDefinition } from '../../core/service.ts';
import { canonicalJson, shorten } from '../../core/text.ts';
import { Source } from '../../manifest/source.ts';
import { isMap, mapAt, removeAt, toValue, type Value } from '../../manifest/yaml/node.ts';
import { readYaml } from '../../manifest/yaml/read.ts';
import { cutEntries, moveAnchors, setTarget } from './edits.ts';
import { findWaves, parseDocuments, type ParsedWave, type SettingsMapping } from './find-waves.ts';
import { identifierRemovalReason, settingRemovalReason } from './removals.ts';
import { byStart, commentsOf, type Edit, type Entry, isWithinAny, lastBefore, type Span } from './spans.ts';

/** How to convert a wave. */
export interface ConversionRequest {
  /** The new target; absent: the target stays. */
  readonly target?: string;
}

export interface Conversion {
  readonly text: string;
  /** The number of waves in the text. */
  readonly found: number;
  /** The waves that were converted. */
  readonly waves: readonly Pick<ParsedWave, 'name' | 'target' | 'phase'>[];
  readonly dropped: readonly DroppedSetting[];
  readonly targets: readonly TargetChange[];
  /** Whether the removal would have changed other values: then the text is unchanged. */
  readonly failed?: true;
}

/**
 * Removes from waves the settings that their new service does not have. The rest of the text stays byte for byte; the
 * result is parsed and compared with the original.
 * @param text the text of a well-formed file, without a byte order mark
 * @param requestFor returns the request for a wave; undefined: the wave is not converted
 */
export function convertText(
  text: string,
  file: string,
  requestOf: (wave: Pick<ParsedWave, 'name' | 'target'>) => ConversionRequest | undefined,
  to: ServiceDefinition,
): Conversion {
  const source = new Source(file, text);
  const comments = commentsOf(text);
  const all = findWaves(parseDocuments(text));
  const waves = all.flatMap((wave) => {
    const request = requestOf(wave);
    return request === undefined
      ? []
      : [{ wave, ...convertWave(text, source, comments, wave, { ...request, to }) }];
  });
  const edits = waves.flatMap((each) => each.edits).sort(byStart);
  const result = applyEdits(text, edits);
  const removals = waves.flatMap((each) => each.removals);
  const converted = waves.map(({ wave: { name, target, phase } }) => ({ name, target, phase }));
  if (!isSameExcept(text, result, removals))
    return { text, found: all.length, waves: converted, dropped: [], targets: [], failed: true };
  return {
    text: result,
    found: all.length,
    waves: converted,
    dropped: waves.flatMap((each) => each.dropped),
    targets: waves.flatMap((each) => each.targets),
  };
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const kept = edits.map(({ start, text: by }, index) => text.slice(edits[index - 1]?.end ?? 0, start) + by);
  return kept.join('') + text.slice(edits.at(-1)?.end ?? 0);
}

/** The entries of a mapping to remove, each with the reason. */
interface EntriesToRemove {
  readonly mapping: SettingsMapping;
  readonly reasons: ReadonlyMap<Entry, string>;
}

function convertWave(
  text: string,
  source: Source,
  comments: readonly Span[],
  wave: ParsedWave,
  { target, to }: ConversionRequest & { readonly to: ServiceDefinition },
): { edits: Edit[]; dropped: DroppedSetting[]; targets: TargetChange[]; removals: Removal[] } {
  const going = entriesToRemove(wave, to);
  // A mapping that has aliases is changed once.
  const once = [...new Map(going.map((each) => [each.mapping.map, each])).values()];
  const spans = once.flatMap((each) => spansToCut(text, wave, each, comments)).sort(byStart);
  const entries = once.flatMap(({ reasons }) => [...reasons.keys()]).sort(byStart);
  const lost = removedComments(text, entries, comments, spans);
  const retarget = target !== undefined && target !== wave.target;
  return {
    edits: [
      ...spans.map((span) => ({ ...span, text: '' })),
      ...moveAnchors(text, wave.document, entries, spans),
      ...(retarget ? setTarget(text, wave, target) : []),
    ],
    dropped: once.flatMap(({ mapping, reasons }) =>
      [...reasons].map(([entry, reason]) => ({
        place: source.place(entry.start),
        wave: wave.name,
        ...(mapping.vm !== undefined && { vm: mapping.vm }),
        setting: entry.key,
        text: shorten(text.slice(entry.start, entry.end)),
        reason,
        comments: lost.get(entry) ?? [],
      })),
    ),
    targets: retarget ? [retargetedWave(source, wave, target)] : [],
    removals: [
      ...going.flatMap(({ mapping, reasons }) =>
        [...reasons.keys()].map(({ key }) => ({ document: wave.index, path: [...mapping.path, key] })),
      ),
      ...(retarget ? [{ document: wave.index, path: ['spec', 'target'], now: target }] : []),
    ],
  };
}

function entriesToRemove(wave: ParsedWave, to: ServiceDefinition): EntriesToRemove[] {
  const names = new Map<string, number>();
  for (const { vm = '' } of wave.settingsMappings) names.set(vm, (names.get(vm) ?? 0) + 1);
  const isNameShared = (name: string) => (names.get(name) ?? 0) > 1;
  return wave.settingsMappings.map((mapping) => {
    const reasons = new Map<Entry, string>();
    for (const entry of mapping.entries) {
      const ofVm =
        mapping.vm === undefined
          ? undefined
          : identifierRemovalReason(entry, mapping.entries, isNameShared, to);
      const reason = settingRemovalReason(entry, to) ?? ofVm;
      if (reason !== undefined) reasons.set(entry, reason);
    }
    return { mapping, reasons };
  });
}

/** Finds the text to remove. If nothing is left of the defaults, not even a comment, this includes their key. */
function spansToCut(
  text: string,
  wave: ParsedWave,
  { mapping, reasons }: EntriesToRemove,
  comments: readonly Span[],
): Span[] {
  const spans = cutEntries(text, mapping.entries, new Set(reasons.keys()), mapping.map.flow === true);
  const defaults = wave.specEntries.find(({ key }) => key === 'defaults');
  const isEmptied = mapping.vm === undefined && reasons.size > 0 && reasons.size === mapping.entries.length;
  if (!isEmptied || defaults?.value !== mapping.map || mapping.map.anchor !== undefined) return spans;
  const whole = cutEntries(text, wave.specEntries, new Set([defaults]), wave.spec.flow === true);
  // A comment after the last setting is removed with it.
  const [isGone, isGoneAnyway] = [isWithinAny(whole), isWithinAny(spans)];
  const losesMore = comments.some(({ start }) => isGone(start) && !isGoneAnyway(start));
  return losesMore && mapping.map.flow !== true ? spans : whole;
}

/** Finds the comments that are removed, each with the entry before it; all of them are reported. */
function removedComments(
  text: string,
  entries: readonly Entry[],
  comments: readonly Span[],
  spans: readonly Span[],
): ReadonlyMap<Entry, string[]> {
  const lost = new Map<Entry, string[]>();
  const isGone = isWithinAny(spans);
  for (const { start, end } of comments.filter((comment) => isGone(comment.start))) {
    const entry = lastBefore(entries, start) ?? entries[0];
    if (entry !== undefined) lost.set(entry, [...(lost.get(entry) ?? []), text.slice(start, end)]);
  }
  return lost;
}

function retargetedWave(
  source: Source,
  { name, target, spec, specEntries }: ParsedWave,
  to: string,
): TargetChange {
  const there = specEntries.find(({ key }) => key === 'target') ?? specEntries[0];
  return {
    place: source.place(there?.start ?? spec.range?.[0] ?? 0),
    wave: name,
    ...(target !== undefined && { from: target }),
    to,
  };
}

/** A value that was removed from a document or changed. */
interface Removal {
  /** The index among the documents that are not empty. */
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly now?: string;
}

/** Whether two texts have the same values, apart from those that were removed. Defaults without settings count as absent. */
function isSameExcept(before: string, after: string, removals: readonly Removal[]): boolean {
  const [old, fresh] = [readYaml(before), readYaml(after)];
  if (old.problems.length > 0 || fresh.problems.length > 0) return false;
  const wanted = old.roots.map(toValue);
  for (const { document, path, now } of removals) {
    const root = wanted[document];
    if (now === undefined) removeAt(root, path);
    else if (isMap(root)) mapAt(root, 'spec')['target'] = now;
  }
  const found = fresh.roots.map(toValue);
  return canonicalJson(wanted.map(withoutEmptyDefaults)) === canonicalJson(found.map(withoutEmptyDefaults));
}

function withoutEmptyDefaults(root: Value): Value {
  if (!isMap(root)) return root;
  const spec = mapAt(root, 'spec');
  const { defaults } = spec;
  if (defaults === null || (isMap(defaults) && Object.keys(defaults).length === 0))
    removeAt(root, ['spec', 'defaults']);
  return root;
}
