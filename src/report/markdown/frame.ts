import { DETAILS, type Detail } from './detail.ts';
import { fitSections, sizeOf } from './fit.ts';
import type { Section } from './section.ts';

/** GitHub takes 65,536 characters in a comment. */
export const DEFAULT_BYTES = 65_536;

/** The smallest budget, in bytes: the summary of any plan fits it, whatever its names are. */
export const FEWEST_BYTES = 10_000;

/** What stands above and below the sections, and is never cut: blocks, with blank lines between them. */
export interface Frame {
  readonly head: readonly string[];
  readonly foot: readonly string[];
}

/**
 * A comment of at most `most` bytes: its frame in as much detail as leaves the sections half of the room, and of the
 * sections what fits. Ends in a newline.
 *
 * @param whole a sentence that says where to see what was cut of the sections
 */
export function compose(
  frameIn: (detail: Detail) => Frame,
  sections: readonly Section[],
  most: number,
  whole: string,
): string {
  const [fullest, ...others] = DETAILS;
  const { head, foot } = others.reduce(
    (sofar, detail) => (sizeOf([...sofar.head, ...sofar.foot]) > most / 2 ? frameIn(detail) : sofar),
    frameIn(fullest),
  );
  const room = most - sizeOf([...head, ...foot]);
  return `${[...head, ...fitSections(sections, room, most, whole), ...foot].join('\n\n')}\n`;
}
