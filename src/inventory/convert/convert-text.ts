import type { DroppedSetting, Retargeted } from '../../core/convert.ts';
import { shorten } from '../../manifest/shorten.ts';
import { Source } from '../../manifest/source.ts';
import { commentsOf } from './comments.ts';
import type { Edit, Entry, Span } from './entries.ts';
import { findWaves, type Holder, parseDocuments, type WaveText } from './find-waves.ts';
import { moveAnchors } from './move-anchors.ts';
import { setTarget } from './set-target.ts';
import { takeOut } from './take-out.ts';
import { isSameBut, type Removal } from './verify.ts';
import { byStart, lastBefore, within } from './within.ts';
import { whyGone, whyGoneFromVm } from './what-goes.ts';

/** What is to become of a wave. */
export interface Wish {
  /** The target that it is to name; absent: as it is. */
  readonly target?: string;
}

export interface Conversion {
  readonly text: string;
  /** How many waves there are. */
  readonly found: number;
  /** Those that were converted. */
  readonly waves: readonly Pick<WaveText, 'name' | 'target' | 'phase'>[];
  readonly dropped: readonly DroppedSetting[];
  readonly targets: readonly Retargeted[];
  /** It would not have said the same without what goes: nothing was changed. */
  readonly failed?: true;
}

/**
 * Takes out of waves of SMS what MGN does not have. Only that is cut from the text: what is not touched stays, byte for
 * byte, and the result is held against what was there.
 * @param text of a file that is well-formed, without a byte order mark
 * @param wishOf what is to become of a wave; undefined: nothing
 */
export function convertText(
  text: string,
  file: string,
  wishOf: (wave: Pick<WaveText, 'name' | 'target'>) => Wish | undefined,
): Conversion {
  const source = new Source(file, text);
  const comments = commentsOf(text);
  const all = findWaves(parseDocuments(text));
  const waves = all.flatMap((wave) => {
    const wish = wishOf(wave);
    return wish === undefined ? [] : [{ wave, ...convertWave(text, source, comments, wave, wish) }];
  });
  const edits = waves.flatMap((each) => each.edits).sort(byStart);
  const result = edited(text, edits);
  const removals = waves.flatMap((each) => each.removals);
  const converted = waves.map(({ wave: { name, target, phase } }) => ({ name, target, phase }));
  if (!isSameBut(text, result, removals))
    return { text, found: all.length, waves: converted, dropped: [], targets: [], failed: true };
  return {
    text: result,
    found: all.length,
    waves: converted,
    dropped: waves.flatMap((each) => each.dropped),
    targets: waves.flatMap((each) => each.targets),
  };
}

function edited(text: string, edits: readonly Edit[]): string {
  const kept = edits.map(({ start, text: by }, index) => text.slice(edits[index - 1]?.end ?? 0, start) + by);
  return kept.join('') + text.slice(edits.at(-1)?.end ?? 0);
}

/** Entries of one mapping that go, each with the reason. */
interface Going {
  readonly holder: Holder;
  readonly reasons: ReadonlyMap<Entry, string>;
}

function convertWave(
  text: string,
  source: Source,
  comments: readonly Span[],
  wave: WaveText,
  { target }: Wish,
): { edits: Edit[]; dropped: DroppedSetting[]; targets: Retargeted[]; removals: Removal[] } {
  const going = goingOf(wave);
  // A mapping that aliases repeat is cut once.
  const once = [...new Map(going.map((each) => [each.holder.map, each])).values()];
  const spans = once.flatMap((each) => spansOf(text, wave, each, comments)).sort(byStart);
  const entries = once.flatMap(({ reasons }) => [...reasons.keys()]).sort(byStart);
  const lost = lostComments(text, entries, comments, spans);
  const retarget = target !== undefined && target !== wave.target;
  return {
    edits: [
      ...spans.map((span) => ({ ...span, text: '' })),
      ...moveAnchors(text, wave.document, entries, spans),
      ...(retarget ? setTarget(text, wave, target) : []),
    ],
    dropped: once.flatMap(({ holder, reasons }) =>
      [...reasons].map(([entry, reason]) => ({
        place: source.place(entry.start),
        wave: wave.name,
        ...(holder.vm !== undefined && { vm: holder.vm }),
        setting: entry.key,
        text: shorten(text.slice(entry.start, entry.end)),
        reason,
        comments: lost.get(entry) ?? [],
      })),
    ),
    targets: retarget ? [retargeted(source, wave, target)] : [],
    removals: [
      ...going.flatMap(({ holder, reasons }) =>
        [...reasons.keys()].map(({ key }) => ({ document: wave.index, path: [...holder.path, key] })),
      ),
      ...(retarget ? [{ document: wave.index, path: ['spec', 'target'], now: target }] : []),
    ],
  };
}

function goingOf(wave: WaveText): Going[] {
  const names = new Map<string, number>();
  for (const { vm = '' } of wave.holders) names.set(vm, (names.get(vm) ?? 0) + 1);
  const isNameShared = (name: string) => (names.get(name) ?? 0) > 1;
  return wave.holders.map((holder) => {
    const reasons = new Map<Entry, string>();
    for (const entry of holder.entries) {
      const ofVm = holder.vm === undefined ? undefined : whyGoneFromVm(entry, holder.entries, isNameShared);
      const reason = whyGone(entry) ?? ofVm;
      if (reason !== undefined) reasons.set(entry, reason);
    }
    return { holder, reasons };
  });
}

/** What to cut; where nothing is left of the defaults, not even a comment, their key too. */
function spansOf(
  text: string,
  wave: WaveText,
  { holder, reasons }: Going,
  comments: readonly Span[],
): Span[] {
  const spans = takeOut(text, holder.entries, new Set(reasons.keys()), holder.map.flow === true);
  const defaults = wave.specEntries.find(({ key }) => key === 'defaults');
  const isEmptied = holder.vm === undefined && reasons.size > 0 && reasons.size === holder.entries.length;
  if (!isEmptied || defaults?.value !== holder.map || holder.map.anchor !== undefined) return spans;
  const whole = takeOut(text, wave.specEntries, new Set([defaults]), wave.spec.flow === true);
  // A comment behind the last of the settings went with it already.
  const [isGone, isGoneAnyway] = [within(whole), within(spans)];
  const losesMore = comments.some(({ start }) => isGone(start) && !isGoneAnyway(start));
  return losesMore && holder.map.flow !== true ? spans : whole;
}

/** The comments that are cut, each with the entry that it stands behind; none is lost without a word. */
function lostComments(
  text: string,
  entries: readonly Entry[],
  comments: readonly Span[],
  spans: readonly Span[],
): ReadonlyMap<Entry, string[]> {
  const lost = new Map<Entry, string[]>();
  const isGone = within(spans);
  for (const { start, end } of comments.filter((comment) => isGone(comment.start))) {
    const entry = lastBefore(entries, start) ?? entries[0];
    if (entry !== undefined) lost.set(entry, [...(lost.get(entry) ?? []), text.slice(start, end)]);
  }
  return lost;
}

function retargeted(source: Source, { name, target, spec, specEntries }: WaveText, to: string): Retargeted {
  const there = specEntries.find(({ key }) => key === 'target') ?? specEntries[0];
  return {
    place: source.place(there?.start ?? spec.range?.[0] ?? 0),
    wave: name,
    ...(target !== undefined && { from: target }),
    to,
  };
}
