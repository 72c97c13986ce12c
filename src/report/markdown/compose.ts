import { sizeInBytes } from '../text/escape.ts';
import { pluralize } from '../text/words.ts';
import { code } from './escape.ts';
import type { Section } from './section.ts';

/** The blocks above and below the sections, which are never cut; blank lines separate them. */
interface FixedBlocks {
  readonly head: readonly string[];
  readonly foot: readonly string[];
}

/**
 * A comment of at most `most` bytes: its frame in as much detail as leaves the sections half of the room, and of the
 * sections what fits. Ends in a newline.
 *
 * @param whole a sentence that says where to see what was cut of the sections
 * @param extras blocks that stand below the sections if there is room left: of each, the first of its texts that fits
 */
export function composeComment(
  frameIn: (detail: Detail) => FixedBlocks,
  sections: readonly Section[],
  most: number,
  whole: string,
  extras: readonly (readonly string[])[] = [],
): string {
  const [fullest, ...others] = DETAIL_LEVELS;
  const { head, foot } = others.reduce(
    (sofar, detail) => (totalBytes([...sofar.head, ...sofar.foot]) > most / 2 ? frameIn(detail) : sofar),
    frameIn(fullest),
  );
  const room = most - totalBytes([...head, ...foot]);
  const shown = fitSections(sections, room, most, whole);
  let left = room - totalBytes(shown);
  const more = extras.flatMap((texts) => {
    const text = texts.find((each) => totalBytes([each]) <= left);
    if (text === undefined) return [];
    left -= totalBytes([text]);
    return [text];
  });
  return `${[...head, ...shown, ...more, ...foot].join('\n\n')}\n`;
}

/** Bytes kept for the words that say what was cut. */
const NOTICE_BYTES = 1500;

/**
 * The sections that fit so many bytes, blank lines between them included, and below them what was cut. What loses
 * something is the last to be cut.
 *
 * @param whole a sentence that says where all of it is
 */
function fitSections(
  sections: readonly Section[],
  most: number,
  budget: number,
  whole: string,
): readonly string[] {
  const all = sections.map((section) => section.render());
  if (totalBytes(all) <= most) return all;

  const shown = new Map<Section, number>();
  let room = most - NOTICE_BYTES;
  const inTurn = [...sections].sort((a, b) => Number(b.isDestructive) - Number(a.isDestructive));
  for (const section of inTurn) {
    const isWhole = totalBytes([section.render()]) <= room;
    const lines = isWhole ? section.lines : section.linesThatFit(room - 2);
    if (lines === 0) continue;
    shown.set(section, lines);
    room -= totalBytes([section.render(lines)]);
  }
  const kept = sections.flatMap((section) => {
    const lines = shown.get(section);
    return lines === undefined ? [] : [section.render(lines)];
  });
  return [...kept, `${cutNotice(sections, shown, budget)} ${whole}`];
}

/** Bytes of blocks, each with the blank line before it. */
function totalBytes(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + sizeInBytes(block) + 2, 0);
}

function cutNotice(
  sections: readonly Section[],
  shown: ReadonlyMap<Section, number>,
  budget: number,
): string {
  const missing = sections.filter((section) => !shown.has(section));
  const partial = sections.filter((section) => (shown.get(section) ?? section.lines) < section.lines);
  const detail = { items: 5, text: 0, name: 80 };
  const parts = [
    ...(partial.length === 0
      ? []
      : [
          `a part of ${joinItems(partial, detail, (section) => {
            const left = section.lines - (shown.get(section) ?? 0);
            return `${code(section.wave, detail.name)} (${pluralize(left, 'line')})`;
          })}`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `all of ${joinItems(
            missing,
            detail,
            ({ wave, lines }) => `${code(wave, detail.name)} (${pluralize(lines, 'line')})`,
          )}`,
        ]),
  ];
  return `**Cut** to fit ${budget} bytes: ${parts.join(', and ')}.`;
}

/** How much a summary shows. Items that are left out are counted. */
export interface Detail {
  /** Items of a list that are shown. */
  readonly items: number;
  /** Bytes of a message or remedy. */
  readonly text: number;
  /** Bytes of a name. */
  readonly name: number;
}

/** From the most detail to the least, which fits the smallest budget. */
const DETAIL_LEVELS: readonly [Detail, ...Detail[]] = [
  { items: 100, text: 1000, name: 200 },
  { items: 30, text: 600, name: 160 },
  { items: 10, text: 400, name: 120 },
  { items: 3, text: 160, name: 80 },
];

/** The first items as `say` puts them, and how many more there are. */
export function joinItems<T>(items: readonly T[], { items: most }: Detail, say: (item: T) => string): string {
  const more = items.length - most;
  return [...items.slice(0, most).map(say), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
