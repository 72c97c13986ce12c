import { count } from '../count.ts';
import { bytes } from '../clip.ts';
import { listed } from './detail.ts';
import { code } from './escape.ts';
import type { Section } from './section.ts';

/** Bytes kept for the words that say what was cut. */
const NOTICE = 1500;

/**
 * The sections that fit so many bytes, blank lines between them included, and below them what was cut. What loses
 * something is the last to be cut.
 *
 * @param whole a sentence that says where all of it is
 */
export function fitSections(
  sections: readonly Section[],
  most: number,
  budget: number,
  whole: string,
): readonly string[] {
  const all = sections.map((section) => section.render());
  if (sizeOf(all) <= most) return all;

  const shown = new Map<Section, number>();
  let room = most - NOTICE;
  const inTurn = [...sections].sort((a, b) => Number(b.isGrave) - Number(a.isGrave));
  for (const section of inTurn) {
    const isWhole = sizeOf([section.render()]) <= room;
    const lines = isWhole ? section.lines : section.linesThatFit(room - 2);
    if (lines === 0) continue;
    shown.set(section, lines);
    room -= sizeOf([section.render(lines)]);
  }
  const kept = sections.flatMap((section) => {
    const lines = shown.get(section);
    return lines === undefined ? [] : [section.render(lines)];
  });
  return [...kept, `${notice(sections, shown, budget)} ${whole}`];
}

/** Bytes of blocks, each with the blank line before it. */
export function sizeOf(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + bytes(block) + 2, 0);
}

function notice(sections: readonly Section[], shown: ReadonlyMap<Section, number>, budget: number): string {
  const gone = sections.filter((section) => !shown.has(section));
  const partial = sections.filter((section) => (shown.get(section) ?? section.lines) < section.lines);
  const detail = { items: 5, text: 0, name: 80 };
  const parts = [
    ...(partial.length === 0
      ? []
      : [
          `a part of ${listed(partial, detail, (section) => {
            const left = section.lines - (shown.get(section) ?? 0);
            return `${code(section.wave, detail.name)} (${count(left, 'line')})`;
          })}`,
        ]),
    ...(gone.length === 0
      ? []
      : [
          `all of ${listed(
            gone,
            detail,
            ({ wave, lines }) => `${code(wave, detail.name)} (${count(lines, 'line')})`,
          )}`,
        ]),
  ];
  return `**Cut** to fit ${budget} bytes: ${parts.join(', and ')}.`;
}
